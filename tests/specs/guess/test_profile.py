"""What a column's values are."""

import datetime

import numpy as np
import pyarrow as pa
import pytest

from mtlkeras.specs._guess._profile import profile


def of(values, kind=None):
    """Profile of a column with these values."""
    return profile("x", pa.chunked_array([pa.array(values, kind)]))


@pytest.mark.parametrize(
    ("values", "kind", "missing"),
    [
        (["1", " 2 ", "-3", "+4"], "integer", ()),
        (["1.0", "2.0"], "integer", ()),
        (["1.5", "2", "1e-3", ".5"], "number", ()),
        (["1", "", "NA", "null"], "integer", ()),
        (["1", "?", "N/A"], "integer", ("?", "N/A")),
        (["1.5", "-", "None"], "number", ("-", "None")),
        (["app", "-", "None"], "string", ()),
        (["app", "?"], "string", ("?",)),
        (["007", "012"], "string", ()),
        (["12345678901234567890", "1"], "number", ()),
        (["True", "FALSE", ""], "boolean", ()),
        (["yes", "no"], "string", ()),
        (["2026-09-01", "2026-09-02"], "time", ()),
        (["2026-09-01 12:30:00", "2026-09-01T12:30:00.5Z"], "time", ()),
        (["2026-02-30"], "string", ()),
        (["01-09-2026"], "string", ()),
        (["", "NA"], "empty", ()),
        (["", "?"], "empty", ("?",)),
    ],
)
def test_strings(values, kind, missing):
    found = of(values)
    assert (found.kind, found.missing) == (kind, missing)
    assert found.is_text


@pytest.mark.parametrize(
    ("values", "type_", "kind"),
    [
        ([1, None], pa.int8(), "integer"),
        ([1.0, None], pa.float64(), "integer"),
        ([1.5, None], pa.float32(), "number"),
        ([float("nan"), None], pa.float64(), "empty"),
        ([float("inf"), 1.5], pa.float64(), "number"),
        ([None], pa.null(), "empty"),
        ([True, False], pa.bool_(), "boolean"),
        (["a"], pa.large_string(), "string"),
        (["a", "b"], pa.dictionary(pa.int8(), pa.string()), "string"),
        ([datetime.datetime(2026, 9, 1)], pa.timestamp("ns", "UTC"), "time"),
        ([datetime.date(2026, 9, 1)], pa.date32(), "time"),
        ([[1], []], pa.list_(pa.int64()), "list"),
        ([b"x"], pa.binary(), "binary"),
        ([{"a": 1}], pa.struct([("a", pa.int64())]), "other"),
    ],
)
def test_typed_columns(values, type_, kind):
    found = of(values, type_)
    assert found.kind == kind
    assert not found.is_text or kind == "string"


def test_figures():
    found = of(["3", "1", "", "3", "NA"])
    assert (found.rows, found.present, found.distinct) == (5, 3, 2)
    assert found.counts == {3: 2, 1: 1}
    np.testing.assert_array_equal(found.known, [3.0, 1.0, 3.0])
    np.testing.assert_array_equal(found.numbers, [3.0, 1.0, np.nan, 3.0, np.nan])


def test_skewness_is_the_third_standardised_moment():
    values = np.random.default_rng(0).exponential(size=1000)
    centred = values - values.mean()
    expected = np.mean(centred**3) / np.mean(centred**2) ** 1.5
    assert of(values).skew == pytest.approx(expected)
    assert of([2.5, 2.5]).skew == 0.0
    assert of([0.0, 0.0]).skew == 0.0
    assert of([-1e308, 1e308, 1e308, 1e308]).skew == pytest.approx(of([-1, 1, 1, 1]).skew)


def test_flags():
    assert of(["0", "1"]).is_flag
    assert of(["true", "false"]).is_flag
    assert not of(["1", "2"]).is_flag
    assert not of(["yes", "no"]).is_flag


def test_times_are_microseconds():
    assert of(["1970-01-02"]).numbers.tolist() == [86_400e6]
    days = of([datetime.date(1970, 1, 2)], pa.date32())
    assert days.numbers.tolist() == [86_400e6]
