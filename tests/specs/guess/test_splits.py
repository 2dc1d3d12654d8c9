"""Split and scenario."""

import numpy as np
import pandas as pd
import pytest

from mtlkeras.specs import DataSpec, guess_spec

RANDOM = np.random.default_rng(0)
ROWS = 1000


def frame(**columns):
    base = {"price": RANDOM.random(ROWS), "click": RANDOM.integers(0, 2, ROWS)}
    return pd.DataFrame({**base, **columns})


def spec_of(**columns):
    return DataSpec.from_text(guess_spec(frame(**columns)))


def test_by_chance_where_nothing_is_known():
    text = guess_spec(frame())
    assert "# Every row by chance, for no column of times was found.\nsplit: {by: random," in text
    assert DataSpec.from_text(text).split.by == "random"


@pytest.mark.parametrize("kind", ["datetime", "string", "epoch", "days"])
def test_by_time(kind):
    times = pd.date_range("2026-01-01", periods=ROWS, freq="2h", unit="us")
    values = {
        "datetime": times,
        "string": times.strftime("%Y-%m-%d %H:%M:%S"),
        "epoch": times.astype("int64") // 10**3,
        "days": times.strftime("%Y%m%d").astype(int),
    }[kind]
    split = spec_of(event_time=RANDOM.permutation(values)).split
    # 80 % of the rows end on 8 March at 14:24, 90 % on 16 March at 22:12.
    if kind == "days":
        assert (split.validation_from, split.test_from) == (20260308, 20260316)
    else:
        assert (split.validation_from, split.test_from) == ("2026-03-09", "2026-03-17")


def test_a_log_of_two_days_is_cut_at_hours():
    times = pd.date_range("2026-01-01", periods=ROWS, freq="3min", unit="us")
    split = spec_of(ts=times).split
    assert (split.validation_from, split.test_from) == (
        "2026-01-02T16:00:00",
        "2026-01-02T21:00:00",
    )


def test_the_whole_file_counts_not_only_its_beginning(tmp_path):
    rows = 60_000
    times = pd.date_range("2026-01-01", periods=rows, freq="min", unit="us")
    data = pd.DataFrame({"ts": times, "price": RANDOM.random(rows)})
    data["click"] = RANDOM.integers(0, 2, rows)
    data.to_csv(tmp_path / "a.csv", index=False)
    data.to_parquet(tmp_path / "a.parquet")
    for source in (data, tmp_path / "a.csv", tmp_path / "a.parquet"):
        split = DataSpec.from_text(guess_spec(source)).split
        assert (split.validation_from, split.test_from) == ("2026-02-03", "2026-02-07")


def test_times_of_something_else_do_not_split():
    times = pd.date_range("2026-01-01", periods=ROWS, freq="2h")
    assert spec_of(signup_date=times).split.by == "random"


def test_rows_at_three_times_cannot_be_cut():
    times = pd.to_datetime(RANDOM.choice(["2026-01-01", "2026-02-01", "2026-03-02"], ROWS))
    assert spec_of(ts=times).split.by == "random"


def test_ids_that_pass_are_no_features_where_training_comes_first():
    times = pd.date_range("2026-01-01", periods=ROWS, freq="2h", unit="us")
    order = RANDOM.permutation(ROWS)
    columns = {
        "ts": times[order],
        "invoice_no": np.array([f"{i // 3}" for i in range(ROWS)])[order],
        "user_id": RANDOM.integers(0, 100, ROWS),
    }
    text = guess_spec(frame(**columns))
    spec = DataSpec.from_text(text)
    assert "# - invoice_no: its values do not come back later, as numbers of invoices\n" in text
    assert list(spec.features) == ["price", "ts", "user_id"]
    del columns["ts"]
    assert "invoice_no" in DataSpec.from_text(guess_spec(frame(**columns))).features


def test_by_a_column():
    part = RANDOM.choice(["train", "val", "test", "oos_train", "other"], ROWS)
    text = guess_spec(frame(split=part))
    spec = DataSpec.from_text(text)
    assert spec.split.by == "column"
    assert spec.split.train == ["oos_train", "train"]
    assert spec.split.validation == ["val"]
    assert spec.split.test == ["test"]
    assert spec.split.ignore == ["other"]
    assert "split" not in spec.features
    assert "# - split: says which split a row belongs to\n" in text


def test_by_group_is_offered():
    text = guess_spec(frame(user_id=RANDOM.integers(0, 100, ROWS)))
    other = "# split: {by: group, column: user_id, validation: 0.1, test: 0.1}\n"
    assert f"# Or, no user on both sides:\n{other}" in text
    lines = [line for line in text.splitlines() if not line.startswith("split:")]
    changed = "\n".join(lines).replace(other[:-1], other[2:-1])
    assert DataSpec.from_text(changed).split.by == "group"


@pytest.mark.parametrize(
    ("columns", "scenario"),
    [
        ({"channel": ["app", "web"] * 500}, "channel"),
        ({"tab": np.arange(ROWS) % 15}, "tab"),
        ({"country": ["de", "fr"] * 500, "Device Type": ["a", "b"] * 500}, "device_type"),
        ({"channel": ["app"] * ROWS}, None),
        ({"channel": [f"c{i}" for i in range(ROWS)]}, None),
        ({"colour": ["red", "blue"] * 500}, None),
    ],
)
def test_scenario(columns, scenario):
    spec = spec_of(**columns)
    assert spec.scenario == scenario
    if scenario:
        assert spec.features[scenario].type == "category"
