import numpy as np
import pytest

from mtlkeras.encoders import Timestamp


def test_each_part_has_rows_of_its_own():
    encoder = Timestamp(sizes=(3, 2, 4), dim=1)
    encoder.build((None, 3))
    encoder.table.embeddings.assign(np.arange(9.0)[:, None])
    # Offsets 0, 3, 5.
    ids = np.array([[1, 1, 1], [2, 1, 3], [0, 0, 0]])
    np.testing.assert_array_equal(encoder(ids), [[1, 4, 6], [2, 4, 8], [0, 0, 0]])


def test_parts_lie_side_by_side():
    encoder = Timestamp(sizes=(3, 2), dim=2)
    h = encoder(np.array([[2, 1]])).numpy()
    np.testing.assert_array_equal(h, encoder.table.rows([2, 4]).reshape(1, 4))


@pytest.mark.parametrize("sizes", [(), (3, 0)])
def test_refuses_bad_sizes(sizes):
    with pytest.raises(ValueError, match=r"sizes must name the number of ids of one calendar part"):
        Timestamp(sizes=sizes)
