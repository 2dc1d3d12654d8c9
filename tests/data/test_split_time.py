"""Splits by time."""

import datetime as dt

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mtlkeras.data._split_time import boundary_problem, time_parts
from mtlkeras.specs import TimeSplit

DAYS = [dt.date(2026, 8, 31), dt.date(2026, 9, 1), dt.date(2026, 9, 14), dt.date(2026, 9, 15)]
SPLIT = TimeSplit(column="ts", validation_from="2026-09-01", test_from="2026-09-15")
EPOCH = dt.date(1970, 1, 1)
BOTH = {"validation", "test"}


@pytest.mark.parametrize(
    ("values", "unit"),
    [
        (pa.array(DAYS), None),
        (pa.array(DAYS).cast(pa.timestamp("us")), None),
        (pa.array([str(day) for day in DAYS]), None),
        (pa.array([f"{day}T00:00:00Z" for day in DAYS]), None),
        (pa.array([f"{day} 00:00:00" for day in DAYS]), None),
        (pa.array([(day - EPOCH).days for day in DAYS]), "D"),
        (pa.array([(day - EPOCH).days * 86_400 for day in DAYS]), "s"),
        (pa.array([(day - EPOCH).days * 86_400_000_000_000 for day in DAYS]), "ns"),
        (pa.array([str((day - EPOCH).days * 86_400) for day in DAYS]), "s"),
    ],
)
def test_boundaries_belong_to_the_later_split(values, unit):
    parts, bad = time_parts(SPLIT, BOTH, values, unit)
    assert parts.tolist() == [0, 1, 1, 2]
    assert bad == []


def test_utc_offsets_count():
    values = ["2026-09-01T01:59:59+02:00", "2026-09-01T02:00:00+02:00", "2026-08-31T23:00:00-01:00"]
    assert time_parts(SPLIT, BOTH, pa.array(values))[0].tolist() == [0, 1, 1]


def test_boundaries_with_a_time_of_day_and_offset():
    split = TimeSplit(column="ts", test_from="2026-09-01T12:00:00+02:00")
    values = pa.array(["2026-09-01 09:59:59.999", "2026-09-01 10:00", "2026-09-01"])
    assert time_parts(split, {"test"}, values)[0].tolist() == [0, 2, 0]


@pytest.mark.parametrize("values", [[1, 5, 9], [1.0, 5.0, 9.5], ["1", "5.0", "9"]])
@pytest.mark.parametrize("boundaries", [(5, 9), ("5", "9"), (4.5, 8.5)])
def test_numbers_against_numbers(values, boundaries):
    split = TimeSplit(column="week", validation_from=boundaries[0], test_from=boundaries[1])
    assert time_parts(split, BOTH, pa.array(values))[0].tolist() == [0, 1, 2]


def test_one_boundary_makes_two_splits():
    split = TimeSplit(column="ts", test_from="2026-09-01")
    assert time_parts(split, {"test"}, pa.array(DAYS))[0].tolist() == [0, 2, 2, 2]


def test_a_split_with_files_of_its_own_is_not_cut():
    assert time_parts(SPLIT, {"validation"}, pa.array(DAYS))[0].tolist() == [0, 1, 1, 1]


def test_strings_that_are_no_times_are_told():
    values = pa.array(["2026-09-01", "yesterday", None, "2026-13-01"])
    _, (bad,) = time_parts(SPLIT, BOTH, values)
    assert (bad.rows.tolist(), bad.values) == ([1, 3], ["yesterday", "2026-13-01"])
    assert "ISO 8601" in bad.hint
    _, (bad,) = time_parts(TimeSplit(column="week", test_from=3), {"test"}, pa.array(["4", "x"]))
    assert (bad.rows.tolist(), bad.expected) == ([1], "a number")


@settings(deadline=None, max_examples=50)
@given(
    st.lists(st.datetimes(dt.datetime(2026, 8, 1), dt.datetime(2026, 10, 1)), min_size=1),
    st.booleans(),
)
def test_no_split_begins_before_an_earlier_one_ends(moments, as_text):
    values = pa.array([m.isoformat() for m in moments] if as_text else moments)
    parts, bad = time_parts(SPLIT, BOTH, values)
    assert bad == []
    order = np.argsort(np.array(moments, "datetime64[us]"), kind="stable")
    assert (np.diff(parts[order]) >= 0).all()
    starts = [dt.datetime(2026, 9, 1), dt.datetime(2026, 9, 15)]
    assert parts.tolist() == [sum(m >= start for start in starts) for m in moments]


@pytest.mark.parametrize(
    ("start", "kind", "unit", "bad"),
    [
        ("2026-09-01", pa.date32(), None, False),
        ("2026-09-01", pa.string(), None, False),
        ("2026-09-01", pa.int64(), "s", False),
        ("2026-09-01", pa.int64(), None, True),
        (20260901, pa.int64(), None, False),
        (20260901, pa.date32(), None, False),
        (1.5, pa.timestamp("us"), None, True),
        ("September", pa.string(), None, True),
    ],
)
def test_boundaries_that_cannot_be_compared_are_found(start, kind, unit, bad):
    found = boundary_problem(TimeSplit(column="ts", test_from=start), kind, unit)
    assert found == (("test_from", start) if bad else None)
