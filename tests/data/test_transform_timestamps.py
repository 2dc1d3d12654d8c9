import numpy as np
import pandas as pd
import pytest
import tensorflow as tf

from mtlkeras.data._transform_timestamps import PARTS, timestamp

ALL = tuple(PARTS)


def expected(times: pd.DatetimeIndex) -> np.ndarray:
    columns = {
        "hour": times.hour,
        "weekday": times.weekday,
        "day": times.day - 1,
        "week": times.isocalendar().week.to_numpy(int) - 1,
        "month": times.month - 1,
        "quarter": times.quarter - 1,
        "is_weekend": times.weekday >= 5,
    }
    return 3 + np.stack([np.asarray(columns[part], int) for part in ALL], axis=1)


@pytest.fixture(scope="module")
def times() -> pd.DatetimeIndex:
    """Every day of two centuries, at odd times."""
    days = pd.date_range("1900-01-01", "2100-12-31", freq="D")
    seconds = np.random.default_rng(0).integers(0, 86_400, len(days))
    return days + pd.to_timedelta(seconds, unit="s")


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_ticks_equal_pandas(times, unit):
    ticks = times.to_numpy().astype(f"datetime64[{unit}]").astype(np.int64)
    output = timestamp(tf.constant(ticks), ALL, unit)
    assert output.dtype == tf.int32
    np.testing.assert_array_equal(output, expected(times))


def test_days_equal_pandas(times):
    days = times.to_numpy().astype("datetime64[D]").astype(np.int64)
    np.testing.assert_array_equal(
        timestamp(tf.constant(days), ALL, "D"), expected(times.floor("D"))
    )


@pytest.mark.parametrize("form", ["%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S.125Z"])
def test_strings_equal_pandas(times, form):
    texts = tf.constant(times.strftime(form).to_numpy(dtype=object))
    np.testing.assert_array_equal(timestamp(texts, ALL, "s"), expected(times))


def test_dates_have_the_hour_zero(times):
    texts = tf.constant(times.strftime("%Y-%m-%d").to_numpy(dtype=object))
    np.testing.assert_array_equal(timestamp(texts, ALL, "s"), expected(times.floor("D")))


def test_ticks_in_strings():
    values = tf.constant(["86400", "-1", "1970-01-02"])
    assert timestamp(values, ("hour", "day"), "s").numpy().tolist() == [[3, 4], [26, 33], [3, 4]]


def test_missing_and_unreadable_times():
    assert (
        timestamp(tf.constant(["", "soon"]), ("hour", "day"), "s").numpy().tolist() == [[2, 2]] * 2
    )
    least = np.iinfo(np.int64).min
    assert timestamp(tf.constant([least, 0]), ("hour",), "ns").numpy().tolist() == [[2], [3]]


def test_every_part_has_as_many_values_as_it_says(times):
    output = expected(times)
    assert [int(column.max()) - 2 for column in output.T] == list(PARTS.values())
