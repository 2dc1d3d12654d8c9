import numpy as np
import pytest
from sklearn import metrics as oracle

from mtlkeras.evaluation import binary


@pytest.fixture(params=["untied", "tied"])
def rows(request):
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 500)
    p = 0.1 + 0.3 * y + rng.uniform(0, 0.5, 500)
    weight = rng.integers(0, 4, 500).astype(float)
    return y, (np.round(p, 1) if request.param == "tied" else p), weight


def test_auc_equals_sklearn_with_weights_and_ties(rows):
    y, p, weight = rows
    assert binary.auc(y, p) == pytest.approx(oracle.roc_auc_score(y, p), abs=1e-12)
    expected = oracle.roc_auc_score(y, p, sample_weight=weight)
    assert binary.auc(y, p, weight) == pytest.approx(expected, abs=1e-12)


def test_pr_auc_equals_sklearn_with_weights_and_ties(rows):
    y, p, weight = rows
    assert binary.pr_auc(y, p) == pytest.approx(oracle.average_precision_score(y, p), abs=1e-12)
    expected = oracle.average_precision_score(y, p, sample_weight=weight)
    assert binary.pr_auc(y, p, weight) == pytest.approx(expected, abs=1e-12)


def test_log_loss_and_accuracy_equal_sklearn(rows):
    y, p, weight = rows
    assert binary.log_loss(y, p, weight) == pytest.approx(
        oracle.log_loss(y, p, sample_weight=weight), abs=1e-12
    )
    assert binary.accuracy(y, p, weight) == pytest.approx(
        oracle.accuracy_score(y, p > 0.5, sample_weight=weight), abs=1e-12
    )


def test_a_constant_score_ranks_like_chance():
    assert binary.auc([0, 1, 0, 1], [0.3] * 4) == 0.5
    assert binary.pr_auc([0, 1, 0, 0], [0.3] * 4) == 0.25


def test_log_loss_is_finite_for_certain_and_wrong_predictions():
    assert binary.log_loss([1.0], np.float32([0.0])) == pytest.approx(-np.log(1e-7))
    assert binary.log_loss([0.0], np.float32([1.0])) == pytest.approx(-np.log(1e-7), rel=1e-6)


def test_calibration_is_mean_prediction_over_mean_label():
    assert binary.calibration([0, 1, 1], [0.5, 0.5, 0.25], [1, 1, 2]) == pytest.approx(0.5)


def test_ece_is_zero_for_a_calibrated_model_and_hand_computed_otherwise():
    p = np.repeat([0.25, 0.75], 4)
    y = [0, 0, 0, 1, 0, 1, 1, 1]
    assert binary.ece(y, p) == pytest.approx(0)
    # One bin: |0.5 - 0.6|; two bins of weights 1 and 3: (1 * 0.4 + 3 * 0.3) / 4.
    assert binary.ece([0, 1], [0.4, 0.8], bins=1) == pytest.approx(0.1)
    assert binary.ece([0, 1], [0.4, 0.7], [1, 3], bins=2) == pytest.approx(0.325)


@pytest.mark.parametrize("name", ["auc", "pr_auc", "calibration"])
def test_no_positive_is_undefined(name):
    assert np.isnan(binary.METRICS[name]([0, 0], [0.2, 0.4]))


def test_only_positives_leave_auc_undefined():
    assert np.isnan(binary.auc([1, 1], [0.2, 0.4]))


@pytest.mark.parametrize("name", list(binary.METRICS))
def test_rows_of_weight_0_do_not_count(name):
    metric = binary.METRICS[name]
    y, p = [0, 1, 1, 0, 1], [0.2, 0.4, 0.9, 0.3, 0.1]
    assert metric(y, p, [1, 1, 1, 1, 0]) == metric(y[:4], p[:4])
    assert metric(y, p, [1, 1, 1, 1, 1]) != metric(y[:4], p[:4])


@pytest.mark.parametrize("name", list(binary.METRICS))
def test_no_rows_are_undefined(name):
    assert np.isnan(binary.METRICS[name]([], []))
    assert np.isnan(binary.METRICS[name]([1.0], [0.5], [0.0]))


@pytest.mark.parametrize("name", list(binary.METRICS))
def test_a_column_is_as_good_as_a_vector(name):
    y, p = np.array([0, 1, 1, 0]), np.array([0.2, 0.4, 0.9, 0.5])
    assert binary.METRICS[name](y[:, None], p[:, None]) == binary.METRICS[name](y, p)


def test_numbers_of_rows_must_agree():
    with pytest.raises(ValueError, match=r"same number of rows. Received 2, 3 and 2"):
        binary.auc([0, 1], [0.1, 0.2, 0.3])


def test_negative_weights_are_refused():
    with pytest.raises(ValueError, match=r"finite and not negative.*Received -1.0"):
        binary.auc([0, 1], [0.1, 0.2], [1, -1])
