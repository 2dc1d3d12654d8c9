import numpy as np
import pytest

from mtlkeras.evaluation import amount


@pytest.fixture
def mixtures():
    return np.array([[0.9, 1.0, 0.5], [0.6, 0.0, 1.0], [0.3, 2.0, 0.7], [1.0, -1.0, 0.2]])


def test_mean_and_median_equal_those_of_a_large_sample(mixtures):
    rng = np.random.default_rng(6)
    for p, mean, median in zip(
        mixtures,
        amount.expected_amount(mixtures),
        amount.median_amount(mixtures),
        strict=True,
    ):
        sample = np.exp(rng.normal(p[1], p[2], 400_000)) * (rng.random(400_000) < p[0])
        assert mean == pytest.approx(sample.mean(), rel=0.02)
        assert median == pytest.approx(np.median(sample), rel=0.02, abs=1e-9)


def test_mean_and_median_in_closed_form():
    certain = [[1.0, 2.0, 0.5]]
    assert amount.expected_amount(certain) == pytest.approx(np.exp(2.125))
    assert amount.median_amount(certain) == pytest.approx(np.exp(2.0))
    # (0.75 - 0.5) / 0.75 = 1/3, and Phi^-1(1/3) = -0.430727.
    assert amount.median_amount([[0.75, 0.0, 1.0]]) == pytest.approx(np.exp(-0.430727), rel=1e-5)


def test_metrics_take_amounts_as_well():
    y, p = np.array([0.0, 3.0, 5.0]), np.array([1.0, 3.0, 3.0])
    found = {name: metric(y, p, [1, 1, 2]) for name, metric in amount.METRICS.items()}
    assert found == pytest.approx(
        {
            "mae": 5 / 4,
            "rmse": (9 / 4) ** 0.5,
            "log_mae": (np.log(2) + 2 * np.log(6 / 4)) / 4,
            "calibration": 10 / 13,
        }
    )


def test_absolute_errors_judge_the_median_and_the_others_the_mean(mixtures):
    y = np.array([2.0, 1.0, 0.0, 0.3])
    median, mean = amount.median_amount(mixtures), amount.expected_amount(mixtures)
    assert amount.log_mae(y, mixtures) == pytest.approx(
        np.abs(np.log1p(median) - np.log1p(y)).mean()
    )
    assert amount.calibration(y, mixtures) == pytest.approx(mean.sum() / y.sum())
    assert amount.mae(y, mixtures) == pytest.approx(np.abs(median - y).mean())
    assert amount.rmse(y, mixtures) == pytest.approx(((mean - y) ** 2).mean() ** 0.5)


def test_amounts_beyond_all_bounds_stay_finite():
    wild = [[1.0, 900.0, 1.0]]
    assert amount.expected_amount(wild) == amount.median_amount(wild) == pytest.approx(np.exp(40))


@pytest.mark.parametrize("name", list(amount.METRICS))
def test_no_rows_are_undefined(name):
    assert np.isnan(amount.METRICS[name]([1], [[0.5, 1.0, 1.0]], [0]))


def test_a_mixture_has_three_columns():
    with pytest.raises(ValueError, match=r"\(rows, 3\): probability, mu.*Received shape \(1, 2\)"):
        amount.mae([1.0], [[0.5, 1.0]])
