"""DataFrames."""

import datetime as dt

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from mtlkeras.data._errors import DataError
from mtlkeras.data._frame import Frame


def read(frame, names, batch_rows=1000):
    table = pa.Table.from_batches([c.batch for c in Frame(frame).chunks(names, batch_rows)])
    return table.to_pydict()


def test_rows_come_by_position_whatever_the_index():
    frame = pd.DataFrame({"a": [1, 2, 3]}, index=[7, 7, 0])
    first, second = Frame(frame).chunks(["a"], 2)
    assert (first.path, first.first_row, first.batch.to_pydict()) == (
        "DataFrame",
        1,
        {"a": [1, 2]},
    )
    assert (second.first_row, second.batch.to_pydict()) == (3, {"a": [3]})


def test_columns_of_all_kinds():
    frame = pd.DataFrame(
        {
            "float": [1.5, np.nan],
            "text": ["x", None],
            "category": pd.Categorical(["u", "v"]),
            "nullable": pd.array([1, None], dtype="Int64"),
            "time": pd.to_datetime(["2026-01-01", None]),
            "objects": pd.Series(["x", np.nan], dtype=object),
            "lists": pd.Series([[1, 2], None], dtype=object),
            "arrays": pd.Series([np.array(["a", "b"], dtype=object), np.array([])], dtype=object),
        }
    )
    assert read(frame, list(frame)) == {
        "float": [1.5, None],
        "text": ["x", None],
        "category": ["u", "v"],
        "nullable": [1, None],
        "time": [dt.datetime(2026, 1, 1), None],
        "objects": ["x", None],
        "lists": [[1, 2], None],
        "arrays": [["a", "b"], []],
    }


def test_the_type_of_an_object_column_is_that_of_all_its_rows():
    frame = pd.DataFrame({"a": pd.Series([None, None, 1, 2.5], dtype=object)})
    assert Frame(frame).schema(["a"]).field("a").type == pa.float64()
    assert read(frame, ["a"], batch_rows=2) == {"a": [None, None, 1.0, 2.5]}


def test_column_names_that_are_no_strings():
    frame = pd.DataFrame(np.arange(4).reshape(2, 2))
    assert Frame(frame).names() == ["0", "1"]
    assert read(frame, ["1"]) == {"1": [1, 3]}


def test_a_column_of_mixed_types_is_told_with_the_first_odd_row():
    frame = pd.DataFrame({"a": pd.Series([1, None, "x", 2], dtype=object)})
    message = r"DataFrame row 3 column a: expected int as in the rows before, got 'x'.*astype"
    with pytest.raises(DataError, match=message):
        Frame(frame).schema(["a"])


def test_objects_that_are_no_data_are_told():
    frame = pd.DataFrame({"a": pd.Series([1, object()], dtype=object)})
    with pytest.raises(DataError, match="row 2 column a: expected a number, string, date or list"):
        Frame(frame).schema(["a"])


def test_rows():
    assert Frame(pd.DataFrame({"a": [1, 2, 3]})).rows() == 3
