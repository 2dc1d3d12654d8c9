import datetime
import decimal

import numpy as np
import pyarrow as pa
import pytest

from mtlkeras.data._convert import plain, to_floats, to_integers, to_strings, to_ticks


def test_floats_of_strings_name_the_rows_that_are_none():
    array = pa.array(["1", " -2.5 ", "+3e2", ".5", None, "1,5", "nan", "0x10"])
    values, failed = to_floats(array)
    assert values.to_pylist() == [1.0, -2.5, 300.0, 0.5, None, None, None, None]
    assert np.flatnonzero(failed).tolist() == [5, 6, 7]


@pytest.mark.parametrize(
    ("array", "expected"),
    [
        (pa.array([1, None], pa.int32()), [1.0, None]),
        (pa.array([1.5, float("nan")]), [1.5, None]),
        (pa.array([True, False]), [1.0, 0.0]),
        (pa.array([decimal.Decimal("2.50")]), [2.5]),
    ],
)
def test_floats_of_numbers(array, expected):
    values, failed = to_floats(array)
    assert values.to_pylist() == expected
    assert failed is None


def test_times_are_no_numbers():
    values, failed = to_floats(pa.array([datetime.datetime(2024, 1, 1), None]))
    assert values.to_pylist() == [None, None]
    assert failed.tolist() == [True, False]


def test_integers_take_no_detour_over_floats():
    big = 2**53 + 1
    for array in (pa.array([big]), pa.array([big], pa.uint64()), pa.array([str(big)])):
        assert to_integers(array)[0].to_pylist() == [big]


def test_integers_refuse_fractions_and_what_is_too_large():
    values, failed = to_integers(pa.array([3.0, 3.5, None, 1e300]))
    assert values.to_pylist() == [3, None, None, None]
    assert failed.tolist() == [False, True, False, True]
    values, failed = to_integers(pa.array([5, 2**63], pa.uint64()))
    assert values.to_pylist() == [5, None]
    assert failed.tolist() == [False, True]


@pytest.mark.parametrize(
    ("array", "expected"),
    [
        (pa.array([7, None]), ["7", None]),
        (pa.array([7.0, -1.0, None]), ["7", "-1", None]),
        (pa.array([7.0, 0.5]), ["7", "0.5"]),
        (pa.array([True, False]), ["true", "false"]),
        (pa.array([datetime.date(2024, 2, 29)]), ["2024-02-29"]),
        (pa.array([b"\xff\xd8"]), [b"\xff\xd8"]),
    ],
)
def test_strings(array, expected):
    assert to_strings(array)[0].to_pylist() == expected


@pytest.mark.parametrize(
    ("unit", "expected"), [("D", -1), ("s", -2), ("ms", -1500), ("us", -1_500_000)]
)
def test_ticks_are_rounded_down_also_before_1970(unit, expected):
    moment = pa.array([-1_500_000, None], pa.timestamp("us"))
    assert to_ticks(moment, unit)[0].to_pylist() == [expected, None]


def test_ticks_of_other_types():
    day = datetime.date(1970, 1, 3)
    assert to_ticks(pa.array([day]), "s")[0].to_pylist() == [172_800]
    assert to_ticks(pa.array([5, None]), "ms")[0].to_pylist() == [5, None]
    assert to_ticks(pa.array([5.0]), "s")[0].to_pylist() == [5]
    texts = pa.array(["1970-01-02T00:00:01", "77", "never", None])
    values, failed = to_ticks(texts, "s")
    assert values.to_pylist() == [86_401, 77, None, None]
    assert failed.tolist() == [False, False, True, False]


def test_plain_undoes_dictionaries_chunks_and_nulls():
    chunked = pa.chunked_array([["a", "b"], ["a"]]).dictionary_encode()
    assert plain(chunked).equals(pa.array(["a", "b", "a"]))
    assert plain(pa.nulls(2)).type == pa.string()
