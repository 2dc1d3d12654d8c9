import numpy as np
import pyarrow as pa
import pytest

from mtlkeras.data._labels import valid_rows
from mtlkeras.data._leakage import find_leaks
from mtlkeras.specs import DataSpec

RNG = np.random.default_rng(0)
CLICK = RNG.integers(0, 2, 400).astype(np.float32)
STARS = RNG.integers(0, 5, 400).astype(np.float32)
SPEND = RNG.lognormal(size=400).astype(np.float32)


def leaks(values, kind="number", rows=400, **changed):
    tasks = {"click": {"type": "binary"}, "stars": {"type": "multiclass"}}
    tasks |= {"spend": {"type": "regression"}}
    spec = DataSpec.from_dict({"name": "t", "features": {"x": {"type": kind}}, "tasks": tasks})
    labels = {"click": CLICK, "stars": STARS, "spend": SPEND} | changed
    labels = {name: label[:rows] for name, label in labels.items()}
    array = pa.array(values, from_pandas=True)[:rows]
    found = find_leaks(spec, {"x": array}, labels, valid_rows(spec.tasks, labels))
    return [(leak.task, leak.how, leak.equal) for leak in found]


def test_honest_features_raise_no_alarm():
    assert leaks(RNG.normal(size=400)) == []
    assert leaks(CLICK + RNG.normal(size=400)) == []
    assert leaks(SPEND * RNG.normal(1, 0.01, 400)) == []
    assert leaks([str(i) for i in range(400)], "category") == []
    assert leaks(RNG.integers(0, 3, 400).astype(str), "category") == []
    assert leaks(np.full(400, 1.0)) == []


@pytest.mark.parametrize(("label", "task"), [(CLICK, "click"), (STARS, "stars"), (SPEND, "spend")])
def test_a_feature_that_equals_a_label(label, task):
    assert leaks(label.astype(np.float64)) == [(task, "equals", True)]


def test_missing_values_hide_no_equality():
    values = CLICK.astype(np.float64)
    values[::3] = np.nan
    label = CLICK.copy()
    label[1::3] = np.nan
    assert leaks(values, click=label) == [("click", "equals", True)]


def test_one_row_that_differs_is_no_equality():
    values = STARS.astype(np.float64)
    values[7] = 9.0
    assert leaks(values) == [("stars", "determines", False)]


def test_names_for_the_classes():
    names = np.array(["no", "yes"])[CLICK.astype(int)]
    assert leaks(names, "category") == [("click", "equals, but for the names,", True)]
    assert leaks(1 - CLICK) == [("click", "equals, but for the names,", True)]


def test_a_finer_category_determines():
    finer = [f"{int(s)}-{i % 2}" for i, s in enumerate(STARS)]
    assert leaks(finer, "category") == [("stars", "determines", False)]


def test_an_amount_that_is_there_only_for_positives_separates():
    spent = np.where(CLICK == 1, RNG.uniform(1, 9, 400), -RNG.uniform(0, 9, 400))
    assert leaks(spent) == [("click", "separates perfectly", False)]


def test_another_unit_is_a_linear_function():
    assert leaks(SPEND * 100.0 + 5) == [("spend", "is a linear function of", False)]


def test_being_missing_tells():
    values = np.where(CLICK == 1, RNG.normal(size=400), np.nan)
    assert leaks(values) == [("click", "tells, by being missing or not,", False)]


def test_few_rows_prove_nothing():
    label = np.zeros(400, np.float32)
    label[:4] = 1
    assert leaks(label.astype(np.float64), click=label) == []
    assert leaks(CLICK.astype(np.float64), rows=6) == []


def test_rows_whose_label_is_missing_do_not_count():
    label = np.where(np.arange(400) % 2, CLICK, np.nan).astype(np.float32)
    values = np.where(np.arange(400) % 2, CLICK, RNG.integers(5, 9, 400))
    assert leaks(values, click=label) == [("click", "equals", True)]
