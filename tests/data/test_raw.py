import datetime

import numpy as np
import pyarrow as pa
import pytest

from mtlkeras.data import DataError
from mtlkeras.data._raw import INT_MISSING, RawColumn, clean_batch, plan_columns
from mtlkeras.specs import DataSpec


def plan(features, **columns):
    spec = DataSpec.from_dict(
        {"name": "t", "features": features, "tasks": {"label": {"type": "binary"}}}
    )
    return plan_columns(spec, pa.schema([pa.field(n, t) for n, t in columns.items()]))


@pytest.mark.parametrize(
    ("feature", "kind", "expected"),
    [
        ({"type": "number"}, pa.float64(), ("float32", False, None)),
        ({"type": "number"}, pa.int64(), ("float32", False, None)),
        ({"type": "category"}, pa.int64(), ("int64", False, None)),
        ({"type": "category"}, pa.string(), ("string", False, None)),
        ({"type": "category"}, pa.float64(), ("string", False, None)),
        ({"type": "category"}, pa.bool_(), ("string", False, None)),
        ({"type": "sequence", "separator": ","}, pa.string(), ("string", False, None)),
        ({"type": "sequence"}, pa.list_(pa.int64()), ("int64", True, None)),
        ({"type": "sequence"}, pa.list_(pa.string()), ("string", True, None)),
        ({"type": "sequence", "of": "number"}, pa.list_(pa.float64()), ("float32", True, None)),
        (
            {"type": "sequence", "of": "number", "separator": " "},
            pa.string(),
            ("string", False, None),
        ),
        ({"type": "text"}, pa.string(), ("string", False, None)),
        ({"type": "image", "content": "bytes"}, pa.binary(), ("string", False, None)),
        ({"type": "timestamp", "unit": "ms"}, pa.int64(), ("int64", False, "ms")),
        ({"type": "timestamp"}, pa.timestamp("us"), ("int64", False, "s")),
        ({"type": "timestamp", "unit": "D"}, pa.date32(), ("int64", False, "D")),
        ({"type": "timestamp"}, pa.string(), ("string", False, None)),
    ],
)
def test_dtype_follows_use_and_arrow_type(feature, kind, expected):
    column = plan({"x": feature}, x=kind)["x"]
    assert (column.dtype, column.is_list, column.unit) == expected


def test_a_column_of_two_uses_arrives_once_in_the_richer_type():
    features = {
        "price": {"type": "number"},
        "price_id": {"type": "category", "column": "price"},
    }
    assert plan(features, price=pa.int64())["price"].dtype == "int64"
    assert plan(features, price=pa.string())["price"].dtype == "string"


def test_all_missing_columns_are_named_with_the_nearest_name():
    features = {"prise": {"type": "number"}, "zzz": {"type": "number"}}
    with pytest.raises(DataError, match=r"(?s)column prise.*Did you mean 'price'.*column zzz"):
        plan(features, price=pa.float64())


def test_lists_need_a_sequence_and_sequences_lists():
    with pytest.raises(DataError, match=r"column x: expected one value a row \(category\)"):
        plan({"x": {"type": "category"}}, x=pa.list_(pa.string()))
    with pytest.raises(DataError, match=r"expected a column of lists.*separator"):
        plan({"x": {"type": "sequence"}}, x=pa.string())


@pytest.mark.parametrize(
    ("column", "array", "expected"),
    [
        (RawColumn("x", "float32"), pa.array([1, None]), [1.0, np.nan]),
        (RawColumn("x", "int64"), pa.array([5, None]), [5, INT_MISSING]),
        (RawColumn("x", "string"), pa.array(["é", None, ""]), ["é".encode(), b"", b""]),
        (RawColumn("x", "string"), pa.array([3.0, None]), [b"3", b""]),
        (
            RawColumn("x", "int64", unit="s"),
            pa.array([datetime.datetime(1970, 1, 2), None]),
            [86_400, INT_MISSING],
        ),
    ],
)
def test_values(column, array, expected):
    cleaned, failed = column.clean(array)
    assert failed is None
    dense = column.to_numpy(cleaned)
    np.testing.assert_array_equal(dense, np.array(expected, dense.dtype))
    assert dense.dtype == (object if column.dtype == "string" else column.dtype)


@pytest.mark.parametrize(
    ("dtype", "lists", "expected"),
    [
        (
            "float32",
            [[1.0, 2.0], None, [], [3.0]],
            [[1, 2], [np.nan] * 2, [np.nan] * 2, [3, np.nan]],
        ),
        ("int64", [[1], [2, 3]], [[1, INT_MISSING], [2, 3]]),
        ("string", [["a", None], []], [[b"a", b""], [b"", b""]]),
    ],
)
def test_lists_are_padded_with_what_is_missing(dtype, lists, expected):
    column = RawColumn("x", dtype, is_list=True)
    array = pa.array([None, *lists]).slice(1)  # An offset, as slices of files have it.
    dense = column.to_numpy(column.clean(array)[0])
    np.testing.assert_array_equal(dense, np.array(expected, dense.dtype))


def test_lists_are_at_least_one_long():
    column = RawColumn("x", "int64", is_list=True)
    cleaned, _ = column.clean(pa.array([[], None], pa.list_(pa.int64())))
    assert column.to_numpy(cleaned).tolist() == [[INT_MISSING], [INT_MISSING]]


def test_failed_rows_are_told():
    columns = {
        "n": RawColumn("n", "float32"),
        "l": RawColumn("l", "int64", is_list=True),
        "s": RawColumn("s", "string"),
    }
    batch = pa.RecordBatch.from_pydict(
        {"n": ["1", "x", None], "l": [["1"], None, ["2", "y"]], "s": ["a", "b", "c"]}
    )
    cleaned, failed = clean_batch(columns, batch)
    assert {name: rows.tolist() for name, rows in failed.items()} == {
        "n": [False, True, False],
        "l": [False, False, True],
    }
    assert cleaned["n"].to_pylist() == [1.0, None, None]


def test_a_list_in_place_of_a_value_fails_and_so_does_a_value_in_place_of_a_list():
    assert RawColumn("x", "int64").clean(pa.array([[1], [2]]))[1].all()
    failed = RawColumn("x", "int64", is_list=True).clean(pa.array([1, None]))[1]
    assert failed.tolist() == [True, False]
