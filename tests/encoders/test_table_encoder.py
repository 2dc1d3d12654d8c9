import numpy as np
import pytest

from mtlkeras.encoders import AttentionPooling, Category, EmbeddingTable


def test_a_builder_may_fill_the_table_in():
    asked = AttentionPooling(return_tokens=True)
    table = EmbeddingTable(rows=5, dim=3)
    copy = AttentionPooling.from_config({**asked.get_config(), "table": table})
    assert copy.table is table
    assert copy.return_tokens
    assert asked.table is None


def test_asks_for_a_table():
    with pytest.raises(ValueError, match=r"Category 'user' has no table.*build_model fill it in"):
        Category(name="user")(np.array([1]))


def test_refuses_what_is_no_table():
    with pytest.raises(TypeError, match=r"Category: table must be .*EmbeddingTable.*table=8"):
        Category(8)
