import numpy as np
import pytest
from sklearn import metrics as oracle

from mtlkeras.evaluation import count


def test_equals_sklearn_with_weights():
    rng = np.random.default_rng(4)
    y = rng.poisson(1.5, 200)
    p = rng.gamma(2.0, 1.0, 200)
    w = rng.integers(0, 3, 200).astype(float)
    expected = {
        "mae": oracle.mean_absolute_error(y, p, sample_weight=w),
        "rmse": oracle.root_mean_squared_error(y, p, sample_weight=w),
        "poisson_deviance": oracle.mean_poisson_deviance(y, p, sample_weight=w),
        "calibration": np.average(p, weights=w) / np.average(y, weights=w),
    }
    found = {name: metric(y, p, w) for name, metric in count.METRICS.items()}
    assert found == pytest.approx(expected, abs=1e-12)


def test_a_rate_of_0_is_not_an_infinite_deviance():
    assert count.poisson_deviance([1.0], [0.0]) == pytest.approx(2 * (np.log(1e7) - 1 + 1e-7))


@pytest.mark.parametrize("name", list(count.METRICS))
def test_no_rows_are_undefined(name):
    assert np.isnan(count.METRICS[name]([1], [1], [0]))
