"""The whole text of a guess."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mtlkeras.specs import DataSpec, SpecError, guess_spec


@pytest.fixture
def shop():
    """A small log of a shop."""
    random, rows = np.random.default_rng(0), 1000
    items = np.array([f"i{i}" for i in range(40)])
    click = random.random(rows) < 0.3
    buy = click & (random.random(rows) < 0.4)
    return pd.DataFrame(
        {
            "row": np.arange(rows),
            "user_id": random.integers(1000, 1150, rows),
            "item_id": random.choice(items, rows),
            "hist": ["|".join(random.choice(items, random.integers(1, 9))) for _ in range(rows)],
            "channel": np.resize(["app", "app", "web", "mini"], rows),
            "Price (EUR)": np.where(np.arange(rows) % 20, np.resize([1.5, 2.5, 9.0], rows), np.nan),
            "ts": pd.date_range("2026-01-01", periods=rows, freq="1h", unit="us"),
            "constant": 1,
            "click": click.astype(int),
            "buy": buy.astype(int),
            "qty": np.where(buy, np.resize([1, 2, 3], rows), 0),
            "paid": np.where(buy, np.resize([9.99, 4.99], rows), 0.0),
        }
    )


SHOP = """\
# Guessed from the 1,000 rows of a table. Read every line: the comment above it says why.
# Move a line between features and tasks, or delete it, as you know better;
# a feature must be known before what a task asks for has happened.
spec_version: 1
name: shop

# Training, validation and test by time: 79.2%, 9.6%, 11.2%.
split: {by: time, column: ts, validation_from: "2026-02-03", test_from: "2026-02-07"}
# Or, no user on both sides:
# split: {by: group, column: user_id, validation: 0.1, test: 0.1}
# Or, every row by chance:
# split: {by: random, validation: 0.1, test: 0.1}

# 3 values: app 50.0%, web 25.0%, mini 25.0%.
scenario: channel

features:
  # 149 distinct of 1,000 integers that repeat: an id
  user_id: {type: category, min_count: 2}
  # 40 distinct among 1,000 strings
  item_id: {type: category, table: item}
  # elements separated by '|', 40 distinct, median length 5, at most 8; 100% of them are values of
  # item_id
  hist: {type: sequence, separator: "|", max_length: 10, table: item}
  # 3 values: app 50.0%, web 25.0%, mini 25.0%
  channel: {type: category}
  # numbers from 1.5 to 9; 5.0% missing
  price_eur: {type: number, column: "Price (EUR)", missing: median, indicator: true}
  # times from 2026-01-01 to 2026-02-11
  ts: {type: timestamp, parts: [hour, weekday]}

# Left out:
# - row: numbers the rows
# - constant: always 1

tasks:
  # by its name a label; 0 or 1, 27.7% ones
  click: {type: binary}
  # by its name a label; 0 or 1, 12.0% ones; 1 only where click is 1
  buy: {type: binary, parent: click}
  # by its name a label; counts from 0 to 3, 88.0% zeros
  qty: {type: count}
  # by its name a label; amounts from 0 to 9.99, 88.0% zeros
  paid: {type: amount}
"""


def test_a_shop(shop):
    assert guess_spec(shop, name="shop") == SHOP


def test_what_is_guessed_can_be_read(shop):
    spec = DataSpec.from_text(SHOP)
    assert spec.scenario == "channel"
    assert spec.column_of("price_eur") == "Price (EUR)"
    assert spec.tasks["buy"].parent == "click"
    assert DataSpec.from_text(spec.to_yaml()) == spec


def test_leaks_are_left_out(shop):
    shop["vat"] = shop["paid"] * 0.19
    text = guess_spec(shop)
    assert "# - vat: tells buy almost exactly (AUC 1.000): probably known only afterwards\n" in text
    assert "vat" not in DataSpec.from_text(text).features


def test_a_unique_id_becomes_the_key(shop):
    shop["impression_id"] = [f"x{i}" for i in np.random.default_rng(0).permutation(len(shop))]
    text = guess_spec(shop)
    assert DataSpec.from_text(text).key == ["impression_id"]
    assert "# - impression_id: another string in every row\n" in text


def test_missing_values_are_found(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("age,city,click\n" + "?,Rome,0\n31,N/A,1\n45,Oslo,1\n" * 20)
    text = guess_spec(path)
    spec = DataSpec.from_text(text)
    assert spec.missing_values == ["", "NA", "null", "?", "N/A"]
    assert spec.features["age"].type == "number"
    assert 'missing_values: ["", NA, "null", "?", N/A]\n' in text


def test_names_that_would_collide():
    columns = {"Price": 1.5, "price (EUR)": 2.5, "price [EUR]": 3.5}
    frame = pd.DataFrame({k: np.arange(60) % 7 + v for k, v in columns.items()})
    frame["click"] = [0, 1, 1] * 20
    spec = DataSpec.from_text(guess_spec(frame))
    assert list(spec.features) == ["Price", "price_eur", "price_eur_2"]
    assert spec.column_of("price_eur_2") == "price [EUR]"


def test_a_column_without_a_name(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(",price,click\n" + "".join(f"{i * 7 % 5},{i % 9},{i % 2}\n" for i in range(60)))
    text = guess_spec(path)
    assert "# - the column without a name: has no name\n" in text
    assert list(DataSpec.from_text(text).features) == ["price"]


def test_no_label_is_an_error_that_says_what_to_do():
    frame = pd.DataFrame({"colour": ["red", "blue"] * 9, "price": np.arange(18)})
    with pytest.raises(SpecError) as caught:
        guess_spec(frame, name="shop")
    assert str(caught.value) == (
        "a table: 1 problem\n"
        "a table: labels: expected at least one column that is a label, one of colour, price, "
        "got none whose name says so; "
        'name the labels: guess_spec(path, labels=["..."]) or `mtlkeras init --label ...`'
    )
    spec = DataSpec.from_text(guess_spec(frame, labels=["colour"]))
    assert spec.tasks["colour"].positive == ["blue"]


def test_labels_that_cannot_be():
    times = pd.date_range("2026-01-01", periods=18)
    frame = pd.DataFrame({"clicks": [1, 2, 3] * 6, "same": 1, "ts": times})
    with pytest.raises(SpecError, match="expected a column, one of clicks, same, ts, got 'click'"):
        guess_spec(frame, labels=["click"])
    with pytest.raises(SpecError) as caught:
        guess_spec(frame, labels=["same", "ts"])
    assert [problem.received for problem in caught.value.problems] == [
        "'same', which is the same integer throughout",
        "'ts', which is a time",
    ]


def test_nothing_but_labels():
    with pytest.raises(SpecError, match="features: expected at least one column that can be a fea"):
        guess_spec(pd.DataFrame({"click": [0, 1], "rating": [1, 5]}))


def test_comments_cannot_be_left():
    frame = pd.DataFrame({"a": ["x\nname: y", "# z\r\x1b[31m"] * 30, "click": [0, 1, 1] * 20})
    text = guess_spec(frame, name="shop")
    assert DataSpec.from_text(text).name == "shop"
    assert "\x1b" not in text


cells = {
    "integer": st.integers(-(2**63), 2**63 - 1) | st.integers(0, 5),
    "number": st.floats(),
    "text": st.text(max_size=6) | st.sampled_from(["a", "b", "1", "x|y", "2026-01-01", "no", "-"]),
    "boolean": st.booleans(),
    "bytes": st.binary(max_size=5),
    "list": st.lists(st.text(max_size=3), max_size=3),
    "time": st.datetimes(),
}
names = st.sampled_from(["click", "rating", "user_id", "ts", "spend", "channel", "split", "y"])


@st.composite
def tables(draw):
    rows = draw(st.integers(1, 30))
    columns = {}
    for name in draw(st.lists(names | st.text(max_size=4), max_size=5, unique_by=str.strip)):
        cell = cells[draw(st.sampled_from(sorted(cells)))]
        values = draw(st.lists(st.none() | cell, min_size=rows, max_size=rows))
        columns[name] = pa.array(values)
    return pa.table(columns)


@settings(max_examples=200, deadline=None, database=None,
          suppress_health_check=[HealthCheck.too_slow])  # fmt: skip
@given(tables())
def test_any_table_gives_a_readable_spec_or_a_readable_error(table):
    try:
        text = guess_spec(table)
    except SpecError as error:
        refusal = str(error)
    else:
        spec = DataSpec.from_text(text)
        columns = {spec.column_of(name) for name in (*spec.features, *spec.tasks)}
        assert columns <= set(table.column_names)
        return
    assert "expected" in refusal
