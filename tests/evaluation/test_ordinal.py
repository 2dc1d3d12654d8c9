import numpy as np
import pytest
from sklearn import metrics as oracle

from mtlkeras.evaluation import ordinal


def test_the_median_class_is_where_half_of_the_probability_is_reached():
    p = [[0.5, 0.5, 0.0], [0.49, 0.02, 0.49], [0.4, 0.0, 0.6]]
    assert ordinal.median_class(p).tolist() == [0, 1, 2]


def test_rounding_never_leaves_a_row_without_a_class():
    assert ordinal.median_class(np.float32([[0.1, 0.1, 0.2]])).tolist() == [2]


def test_equals_sklearn_on_the_median_class():
    rng = np.random.default_rng(5)
    y = rng.integers(0, 5, 300)
    p = rng.dirichlet(np.ones(5), 300)
    w = rng.integers(0, 3, 300).astype(float)
    answer = ordinal.median_class(p)
    expected = {
        "accuracy": oracle.accuracy_score(y, answer, sample_weight=w),
        "mae": oracle.mean_absolute_error(y, answer, sample_weight=w),
        "rmse": oracle.root_mean_squared_error(y, answer, sample_weight=w),
        "log_loss": oracle.log_loss(y, p, sample_weight=w, labels=range(5)),
    }
    found = {name: metric(y, p, w) for name, metric in ordinal.METRICS.items()}
    assert found == pytest.approx(expected, abs=1e-12)


def test_the_median_is_not_the_most_probable_class():
    # Most probable is class 0, half of the probability is reached at class 1.
    assert ordinal.mae([1], [[0.4, 0.3, 0.3]]) == 0
    assert ordinal.accuracy([0], [[0.4, 0.3, 0.3]]) == 0


@pytest.mark.parametrize("name", list(ordinal.METRICS))
def test_no_rows_are_undefined(name):
    assert np.isnan(ordinal.METRICS[name]([1], [[0.5, 0.5]], [0]))
