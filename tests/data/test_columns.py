"""What source columns are used for, and whether files have them."""

import pytest

from mtlkeras.data._columns import column_uses, list_columns, positions
from mtlkeras.data._errors import DataError
from mtlkeras.specs import DataSpec

SPEC = DataSpec.from_dict(
    {
        "name": "shop",
        "key": ["order"],
        "split": {"by": "time", "column": "ts", "test_from": "2026-01-01"},
        "sample_weight": {"column": "w"},
        "features": {
            "user": {"type": "category", "column": "user_id"},
            "price": {"type": "number"},
            "prices": {"type": "sequence", "of": "number"},
            "widths": {"type": "sequence", "of": "number", "separator": "|"},
            "items": {"type": "sequence"},
            "photo": {"type": "image", "content": "bytes"},
            "sketch": {"type": "image"},
            "price_point": {"type": "category", "column": "price"},
        },
        "tasks": {
            "click": {"type": "binary"},
            "buy": {"type": "binary", "positive": ["yes"]},
            "quantity": {"type": "count", "column": "qty"},
            "spend": {"type": "amount"},
            "age": {"type": "regression"},
            "stars": {"type": "ordinal", "classes": [1, 2, 3]},
            "tags": {"type": "multilabel", "classes": ["a", "b"]},
        },
    }
)


def test_uses():
    uses = column_uses(SPEC)
    number = {"price", "prices", "qty", "spend", "age", "w"}
    assert {name for name, use in uses.items() if use == "number"} == number
    assert {name for name, use in uses.items() if use == "bytes"} == {"photo"}
    assert {name for name, use in uses.items() if use == "index"} == {"click"}
    others = {"order", "ts", "user_id", "widths", "items", "sketch", "buy", "stars", "tags"}
    assert {name for name, use in uses.items() if use == "other"} == others


def test_lists():
    assert list_columns(SPEC) == {"prices", "items", "tags"}


def test_positions():
    assert positions("a.csv", ["x", "y", "z", "z"], ["y", "x"]) == [1, 0]


def test_all_missing_columns_are_named_at_once_with_the_nearest_name():
    with pytest.raises(DataError) as caught:
        positions("a.csv", ["stars", "price"], ["star", "user", "price"], "Look again.")
    first, second = str(caught.value).splitlines()
    assert first == (
        "a.csv column star: expected a column of this name, got ['stars', 'price']. "
        "Did you mean 'stars'?"
    )
    assert second.startswith("a.csv column user: expected a column of this name")
    assert second.endswith("Look again.")


def test_a_column_that_occurs_twice_is_refused_where_it_is_wanted():
    message = r"a.csv column z: expected one column of this name.*all but one of the 2"
    with pytest.raises(DataError, match=message):
        positions("a.csv", ["x", "z", "z"], ["z"])
