import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from mtlkeras.data._times import iso_parts


def test_equals_pandas_for_every_day_of_two_centuries():
    days = pd.date_range("1900-01-01", "2100-12-31", freq="D")
    fine, parts = iso_parts(pa.array(days.strftime("%Y-%m-%d")))
    assert fine.all()
    np.testing.assert_array_equal(parts["days"], days.to_numpy().astype("datetime64[D]").view(int))


def test_seconds_of_the_day():
    texts = ["2024-02-29T23:59:58", "2024-02-29 00:01", "2024-02-29T12:00:00.25Z", "2024-02-29"]
    fine, parts = iso_parts(pa.array([*texts, "2024-02-29T12:00:00+05:30"]))
    assert fine.all()
    # An offset is not applied: parts are those of the clock that wrote the time.
    assert parts["seconds"].tolist() == [86_398, 60, 43_200, 0, 43_200]
    assert set(parts["days"].tolist()) == {19_782}


@pytest.mark.parametrize(
    "text",
    ["2023-02-29", "1900-02-29", "2021-04-31", "2021-13-01", "2021-1-1", "2021-01-01T24:00", "x"],
)
def test_refuses_what_is_no_time(text):
    assert not iso_parts(pa.array([text]))[0].any()


def test_null_is_no_time():
    assert iso_parts(pa.array([None, "2000-02-29"]))[0].tolist() == [False, True]
