import numpy as np
import pytest
from sklearn import metrics as oracle

from mtlkeras.evaluation import regression


def test_equals_sklearn_with_weights():
    rng = np.random.default_rng(3)
    y = rng.normal(size=200)
    p = y + rng.normal(size=200)
    w = rng.integers(0, 3, 200).astype(float)
    expected = {
        "mae": oracle.mean_absolute_error(y, p, sample_weight=w),
        "rmse": oracle.root_mean_squared_error(y, p, sample_weight=w),
        "r2": oracle.r2_score(y, p, sample_weight=w),
    }
    found = {name: metric(y, p, w) for name, metric in regression.METRICS.items()}
    assert found == pytest.approx(expected, abs=1e-12)


def test_r2_of_a_constant_label_is_undefined():
    assert np.isnan(regression.r2([2, 2], [1, 3]))


@pytest.mark.parametrize("name", list(regression.METRICS))
def test_no_rows_are_undefined(name):
    assert np.isnan(regression.METRICS[name]([1], [1], [0]))
