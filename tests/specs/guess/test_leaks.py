"""Columns that tell a label."""

import numpy as np
import pyarrow as pa
import pytest
from sklearn.metrics import roc_auc_score

from mtlkeras.specs._guess._guess import Guess
from mtlkeras.specs._guess._leaks import _rank_correlation, _ranks, _separation, leak
from mtlkeras.specs._guess._profile import profile

RANDOM = np.random.default_rng(0)
ROWS = 2000


def column(name, values):
    return profile(name, pa.chunked_array([pa.array(values)]))


def task(name, values, entry):
    return Guess(column(name, values), entry, "")


def test_separation_is_the_area_under_the_curve():
    label = RANDOM.integers(0, 2, ROWS).astype(float)
    values = np.round(RANDOM.normal(size=ROWS) + label, 1)
    expected = roc_auc_score(label, values)
    assert _separation(values, label) == pytest.approx(expected)
    assert _separation(-values, label) == pytest.approx(expected)
    values[:500] = np.nan
    assert _separation(values, label) == pytest.approx(roc_auc_score(label[500:], values[500:]))


def test_too_few_rows_say_nothing():
    assert _separation(np.arange(100.0), (np.arange(100) < 19).astype(float)) is None
    assert _separation(np.arange(100.0), (np.arange(100) < 20).astype(float)) == 1.0


def test_ranks_share_ties():
    assert _ranks(np.array([5.0, 1.0, 5.0, 2.0])).tolist() == [2.5, 0.0, 2.5, 1.0]


def test_rank_correlation():
    values = RANDOM.normal(size=100)
    assert _rank_correlation(values, np.exp(values)) == pytest.approx(1.0)
    assert _rank_correlation(values, -values) == pytest.approx(-1.0)
    assert _rank_correlation(values, np.zeros(100)) == 0.0
    assert abs(_rank_correlation(values, RANDOM.normal(size=100))) < 0.3


def test_a_number_that_separates_a_binary_label():
    bought = RANDOM.integers(0, 2, ROWS)
    paid = np.where(bought == 1, RANDOM.exponential(size=ROWS) + 1, 0.0)
    buy = task("buy", bought, {"type": "binary"})
    assert leak(column("paid", paid), [buy]) == "tells buy almost exactly (AUC 1.000)"
    assert leak(column("price", RANDOM.normal(size=ROWS) + bought), [buy]) is None


def test_a_label_of_two_words():
    income = np.where(RANDOM.integers(0, 2, ROWS) == 1, ">50K", "<=50K")
    entry = {"type": "binary", "positive": [">50K"]}
    tax = np.where(income == ">50K", 2.5, 0.5) + RANDOM.random(ROWS)
    assert "AUC 1.000" in leak(column("tax", tax), [task("income", income, entry)])


def test_a_number_that_orders_another():
    total = RANDOM.poisson(50, ROWS).astype(float)
    count = task("cnt", total, {"type": "count"})
    near = leak(column("registered", total + RANDOM.normal(size=ROWS) * 0.1), [count])
    assert near.startswith("goes with cnt almost exactly (rank correlation 0.99")
    assert leak(column("temperature", total + RANDOM.normal(size=ROWS) * 10), [count]) is None


def test_a_category_that_names_a_class():
    classes = RANDOM.choice(["dress", "knit", "jean", "coat"], ROWS)
    department = np.where(np.isin(classes, ["dress", "coat"]), "a", "b")
    label = task("department", department, {"type": "multiclass"})
    assert leak(column("class", classes), [label]) == (
        "names department almost always (100.0% of the rows)"
    )
    other = task("class", classes, {"type": "multiclass"})
    assert leak(column("department", department), [other]) is None


def test_nothing_is_said_of_a_label_that_is_nearly_constant():
    label = task("label", ["no"] * 1990 + ["yes"] * 10, {"type": "multiclass"})
    assert leak(column("shop", RANDOM.choice(["a", "b"], ROWS)), [label]) is None
