import numpy as np
import pytest
from sklearn import metrics as oracle

from mtlkeras.evaluation import multiclass


@pytest.fixture
def rows():
    rng = np.random.default_rng(1)
    y = rng.integers(0, 5, 400)
    p = rng.dirichlet(np.ones(5), 400)
    p[np.arange(400), y] += 0.3
    return y, p / p.sum(axis=1, keepdims=True), rng.integers(0, 3, 400).astype(float)


def test_equals_sklearn_with_weights(rows):
    y, p, weight = rows
    answer = p.argmax(axis=1)
    expected = {
        "accuracy": oracle.accuracy_score(y, answer, sample_weight=weight),
        "top_k": oracle.top_k_accuracy_score(y, p, k=3, sample_weight=weight),
        "macro_f1": oracle.f1_score(y, answer, average="macro", sample_weight=weight),
        "log_loss": oracle.log_loss(y, p, sample_weight=weight, labels=range(5)),
    }
    found = {name: metric(y, p, weight) for name, metric in multiclass.METRICS.items()}
    assert found == pytest.approx(expected, abs=1e-12)


def test_one_hot_labels_equal_class_numbers(rows):
    y, p, weight = rows
    for metric in multiclass.METRICS.values():
        assert metric(np.eye(5)[y], p, weight) == metric(y, p, weight)


def test_constant_scores_earn_their_share_of_top_k():
    p = np.full((4, 5), 0.2)
    assert multiclass.top_k([0, 1, 2, 4], p, k=3) == pytest.approx(0.6)


def test_macro_f1_leaves_out_classes_that_do_not_occur():
    # Class 0: precision 1/1, recall 1/2, F1 2/3; class 1: 1/2, 1/1, 2/3; class 2 nowhere.
    p = [[0.9, 0.1, 0.0], [0.4, 0.6, 0.0], [0.1, 0.9, 0.0]]
    assert multiclass.macro_f1([0, 0, 1], p) == pytest.approx(2 / 3)


@pytest.mark.parametrize("name", list(multiclass.METRICS))
def test_no_rows_are_undefined(name):
    assert np.isnan(multiclass.METRICS[name]([1], [[0.5, 0.5]], [0]))
    assert np.isnan(multiclass.METRICS[name](np.zeros(0), np.zeros((0, 3))))


def test_class_numbers_must_have_a_column():
    with pytest.raises(ValueError, match=r"class numbers from 0 to 1. Received 2"):
        multiclass.accuracy([0, 2], [[0.5, 0.5], [0.1, 0.9]])


def test_scores_must_have_a_column_a_class():
    with pytest.raises(ValueError, match=r"one column a class.*Received shape \(2,\)"):
        multiclass.accuracy([0, 1], [0.5, 0.5])
