"""The strict cast of columns."""

import datetime as dt
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest

from mtlkeras.data._conform import conform

FLOAT, INT, STRING, TIME = pa.float64(), pa.int64(), pa.string(), pa.timestamp("us")
MISSING = pa.array(["", "NA"])


def cast(values, target, **options):
    array = values if isinstance(values, pa.Array) else pa.array(values)
    result, mismatch = conform(array, target, MISSING, **options)
    assert result.type == target
    result.validate(full=True)
    return result.to_pylist(), mismatch


def test_strings_are_trimmed_if_asked_and_missing_values_are_null():
    values = [" app ", "NA", "", " NA ", None]
    assert cast(values, STRING, trim=True) == (["app", None, None, None, None], None)
    assert cast(values, STRING) == ([" app ", None, None, " NA ", None], None)


def test_strings_are_read_as_numbers():
    values = ["1", " 2.5 ", "1e3", "-4", "+5", "NA", "nan", "inf"]
    expected = [1.0, 2.5, 1000.0, -4.0, 5.0, None, None, float("inf")]
    assert cast(values, FLOAT, trim=True) == (expected, None)


def test_what_is_no_number_is_told_by_row_and_null():
    result, mismatch = cast(["1", "1,5", "2", "€3", "0x10"], FLOAT)
    assert result == [1.0, None, 2.0, None, None]
    assert mismatch.rows.tolist() == [1, 3, 4]
    assert mismatch.values == ["1,5", "€3", "0x10"]
    assert mismatch.expected == "a number"
    assert "missing_values" in mismatch.hint


def test_every_bad_row_of_many_is_found():
    values = np.arange(5000).astype(str).astype(object)
    values[[0, 77, 78, 4999]] = "x"
    _, mismatch = cast(pa.array(values), FLOAT)
    assert mismatch.rows.tolist() == [0, 77, 78, 4999]


def test_nan_is_null_and_infinity_stays():
    assert cast([1.0, float("nan"), float("-inf")], FLOAT)[0] == [1.0, None, float("-inf")]


@pytest.mark.parametrize(
    ("array", "expected"),
    [
        (pa.array([True, None]), [1.0, None]),
        (pa.array([Decimal("1.25")]), [1.25]),
        (pa.array([3], pa.uint8()), [3.0]),
        (pa.array([2**60 + 1]), [float(2**60)]),
        (pa.array([0.5], pa.float16()), [0.5]),
        (pa.array([None], pa.null()), [None]),
        (pa.array(["1"]).dictionary_encode(), [1.0]),
    ],
)
def test_numbers_of_any_type_become_floats(array, expected):
    assert cast(array, FLOAT) == (expected, None)


def test_whole_floats_become_integers_and_others_are_told():
    result, mismatch = cast([1.0, float("nan"), 2.5], INT)
    assert result == [1, None, None]
    assert (mismatch.rows.tolist(), mismatch.values) == ([2], [2.5])
    assert mismatch.expected == "a whole number"


def test_huge_integers_are_told_not_wrapped():
    result, mismatch = cast(pa.array([1, 2**63], pa.uint64()), INT)
    assert result == [1, None]
    assert mismatch.values == [2**63]
    assert "2**63" in mismatch.expected


def test_bytes_are_text_only_if_they_are_utf8():
    result, mismatch = cast(pa.array(["é".encode(), b"\xff"], pa.large_binary()), STRING)
    assert result == ["é", None]
    assert (mismatch.rows.tolist(), mismatch.values) == ([1], [b"\xff"])
    assert mismatch.expected == "UTF-8 text"


def test_image_bytes_stay_as_they_are():
    assert cast(pa.array([b"\xff\x00", None]), pa.binary()) == ([b"\xff\x00", None], None)


def test_times_become_microseconds_of_utc():
    moment = dt.datetime(2026, 1, 1, 12)
    berlin = pa.array([moment], pa.timestamp("ns")).cast(pa.timestamp("ns", "Europe/Berlin"))
    assert cast(berlin, TIME)[0] == [moment]
    assert cast([dt.date(2026, 1, 1)], TIME)[0] == [dt.datetime(2026, 1, 1)]
    assert cast(pa.array([dt.date(2026, 1, 1)], pa.date64()), pa.date32())[0] == [
        dt.date(2026, 1, 1)
    ]


def test_lists_are_cast_item_by_item_also_where_sliced():
    array = pa.array([["9"], ["1", "NA"], None, [], ["x", "2", "y"]])[1:]
    result, mismatch = cast(array, pa.list_(FLOAT))
    assert result == [[1.0, None], None, [], [None, 2.0, None]]
    assert (mismatch.rows.tolist(), mismatch.values) == ([3, 3], ["x", "y"])


def test_null_lists_that_hide_items_stay_empty():
    hidden = pa.ListArray.from_arrays(
        pa.array([0, 1, 3, 4]), pa.array([1, 2, 3, 4]), mask=pa.array([False, True, False])
    )
    assert cast(hidden, pa.list_(INT))[0] == [[1], None, [4]]


@pytest.mark.parametrize("kind", [pa.large_list(pa.int32()), pa.list_(pa.int32(), 2)])
def test_other_kinds_of_lists(kind):
    assert cast(pa.array([[1, 2], None], kind), pa.list_(INT))[0] == [[1, 2], None]


def test_a_column_of_nulls_takes_any_type():
    assert cast(pa.nulls(2), pa.list_(STRING))[0] == [None, None]
