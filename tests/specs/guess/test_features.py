"""What feature a column is taken for."""

import numpy as np
import pyarrow as pa
import pytest

from mtlkeras.specs._guess._features import guess_feature
from mtlkeras.specs._guess._profile import profile

RANDOM = np.random.default_rng(0)
MANY = 400


def guess(name, values, kind=None):
    return guess_feature(profile(name, pa.chunked_array([pa.array(values, kind)])))


def ids(number, rows=MANY):
    return RANDOM.integers(0, number, rows)


@pytest.mark.parametrize(
    ("name", "values", "entry"),
    [
        ("price", [1.5, 2.5, 9.0] * 9, {"type": "number"}),
        ("price", RANDOM.lognormal(0, 2, MANY), {"type": "number", "transform": "log1p"}),
        ("age", ids(60) + 18, {"type": "number"}),
        ("age", ids(6), {"type": "number"}),
        ("season", ids(4), {"type": "category"}),
        ("mens", ids(2), {"type": "number"}),
        ("is_new", [True, False] * 9, {"type": "number"}),
        ("Weekend", ["TRUE", "FALSE"] * 9, {"type": "category"}),
        ("user_id", ids(50) * 7919, {"type": "category"}),
        ("user_id", ids(150), {"type": "category", "min_count": 2}),
        ("user_id", ids(20_000, 30_000), {"type": "category", "min_count": 2}),
        ("user_id", ids(150, 4_000), {"type": "category", "min_count": 5}),
        ("channel", ["app", "web", "mini"] * 9, {"type": "category"}),
        ("zip", ["007", "012", "100"] * 9, {"type": "category"}),
        ("code", [f"c{i}" for i in ids(300)], {"type": "category", "min_count": 2}),
        ("city", ["New York", "San Francisco Bay"] * 99, {"type": "category"}),
        ("picture", [f"a/{i}.JPG" for i in range(30)], {"type": "image"}),
        (
            "title",
            [
                " ".join(RANDOM.choice(["red", "wide", "shoe", "hat", "wool"], 5))
                for _ in range(MANY)
            ],
            {"type": "text", "max_length": 8},
        ),
        (
            "review",
            [f"I like it, {i} times, and {i * 7} more; really" for i in range(MANY)],
            {"type": "text", "max_length": 16},
        ),
        (
            "hist",
            ["|".join(f"i{j}" for j in ids(50, 1 + i % 15)) for i in range(MANY)],
            {"type": "sequence", "separator": "|", "max_length": 20},
        ),
        (
            "hist",
            [",".join(str(j) for j in ids(50, 1 + i % 8)) for i in range(MANY)],
            {"type": "sequence", "separator": ",", "max_length": 10},
        ),
        (
            "hist",
            [" ".join(str(j) for j in ids(50, 1 + i % 8)) for i in range(MANY)],
            {"type": "sequence", "separator": " ", "max_length": 10},
        ),
        (
            "prices",
            ["|".join(f"{j / 8:.3f}" for j in ids(50, 4)) for i in range(MANY)],
            {"type": "sequence", "separator": "|", "of": "number", "max_length": 10},
        ),
        (
            "hist",
            [[f"i{j}" for j in ids(50, i % 15)] for i in range(MANY)],
            {"type": "sequence", "max_length": 20},
        ),
        ("vector", [[0.5, 1.5]] * 9, {"type": "sequence", "of": "number", "max_length": 10}),
        (
            "ts",
            [f"2026-{m:02d}-{d:02d} {h:02d}:30:00" for m in (1, 5) for d in (1, 2) for h in (1, 9)],
            {"type": "timestamp", "parts": ["hour", "weekday"]},
        ),
        (
            "day",
            ["2025-01-01", "2026-05-02", "2026-05-03"],
            {"type": "timestamp", "parts": ["weekday", "month"]},
        ),
        (
            "time_ms",
            1_650_812_741_436 + 3_600_000 * np.arange(99),
            {"type": "timestamp", "parts": ["hour", "weekday"], "unit": "ms"},
        ),
        (
            "ts",
            1_650_812_741 + 7_000 * np.arange(99),
            {"type": "timestamp", "parts": ["hour", "weekday"]},
        ),
        (
            "photo",
            [b"\x89PNG" + bytes(9), b"\xff\xd8\xff\xe0" + bytes(9)],
            {"type": "image", "content": "bytes"},
        ),
    ],
)
def test_features(name, values, entry):
    assert guess(name, values).entry == entry


@pytest.mark.parametrize(
    ("name", "values", "reason"),
    [
        ("a", ["", "NA"], "empty"),
        ("a", [None, None], "empty"),
        ("a", [3, 3, 3], "always 3"),
        ("a", ["x", "x"], "always 'x'"),
        ("instant", list(range(1, 40)), "numbers the rows"),
        ("order_id", RANDOM.permutation(40), "another id in every row"),
        ("hash", [f"h{i}" for i in range(40)], "another string in every row"),
        ("date", [20260901, 20260902] * 9, "days written like 20260901; a model cannot know new"),
        ("day", [f"{i % 28 + 1:02d}-01-2026" for i in range(40)], "dates, but not ISO 8601"),
        ("picture", [f"https://x.org/{i}.jpg" for i in range(40)], "addresses of pictures"),
        ("hist", [f"[1, {i}]" for i in range(40)], "lists written as text"),
        ("ts", ["2026-09-01"] * 3 + ["2026-09-08"], "one point in time, 2026-09-01"),
        ("vector", [[], []], "lists, all of them empty"),
        ("nested", [[[1]], [[2]]], "lists of list<item: int64>, which no feature type takes"),
        ("photo", [b"abcd"], "bytes that are no pictures"),
        ("record", [{"a": 1}], "holds struct<a: int64>, which no feature type takes"),
    ],
)
def test_left_out(name, values, reason):
    found = guess(name, values)
    assert found.entry is None
    assert found.reason.startswith(reason)


def test_missing_numbers():
    values = [float(i) + 0.5 for i in range(999)]
    assert guess("price", [None, *values]).entry == {"type": "number", "missing": "median"}
    found = guess("price", [None] * 100 + values)
    assert found.entry == {"type": "number", "missing": "median", "indicator": True}
    assert found.reason == "numbers from 0.5 to 998.5; 9.1% missing"


def test_reasons():
    assert guess("Clothing ID", [5, 9, 5, 7] * 100).reason == (
        "3 distinct of 400 integers that repeat: an id"
    )
    assert guess("channel", ["app", "app", "web", None]).reason == (
        "2 values: app 66.7%, web 33.3%; 25.0% missing"
    )
    assert guess("season", [1, 2, 2, 4]).reason == (
        "3 different integers, rather codes than amounts: 2 50.0%, 1 25.0%, 4 25.0%"
    )
    assert guess("flag", [0, 1, 1, 1]).reason == "0 or 1, 75.0% ones"
    hist = guess("hist", [["a", "b"], ["c"]])
    assert hist.reason == "lists of string, median length 2, at most 2"


def test_very_many_ids_are_hashed():
    values = np.concatenate([np.arange(31_000) * 3, np.arange(100)])
    assert guess("user_id", values).entry == {"type": "category", "hash": 200_000}


def test_times_that_no_calendar_has():
    values = pa.array([2**62, 2**62 + 10**15]).cast(pa.timestamp("us"))
    assert guess("ts", values).reason == "times that no calendar has"
