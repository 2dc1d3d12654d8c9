import numpy as np
import pytest

from mtlkeras.encoders import Bins, Category, EmbeddingTable


@pytest.mark.parametrize("encoder", [Category, Bins])
def test_gives_the_rows_of_the_table(encoder):
    table = EmbeddingTable(rows=5, dim=3)
    np.testing.assert_array_equal(encoder(table)(np.array([4, 0, 1])), table.rows([4, 0, 1]))
