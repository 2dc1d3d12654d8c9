from types import SimpleNamespace

import numpy as np
import pytest
import tensorflow as tf

from mtlkeras.heads import Amount
from mtlkeras.heads._amount import MIN_SIGMA
from mtlkeras.heads._zero_inflated import (
    ZeroInflatedLogNormalLoss,
    expected_amount,
    median_amount,
)


def linear(weights, **kwargs):
    head = Amount(tower=(), name="spend", **kwargs)
    head.build((None, 1))
    head.out.set_weights([np.array([weights], "float32"), np.zeros(3, "float32")])
    return head


def test_untrained_head_answers_the_statistics_of_the_labels():
    head = Amount(positive_rate=0.1, log_mean=1.2, log_std=0.8)
    output = head(np.zeros((1, 4), "float32"))
    np.testing.assert_allclose(output, [[0.1, 1.2, 0.8]], rtol=1e-5)


def test_outputs_are_a_probability_a_location_and_a_positive_scale():
    head = linear([1.0, 2.0, 3.0], log_mean=1.0, log_std=0.5)
    p, mu, sigma = head(np.array([[1.0]], "float32")).numpy()[0]
    assert p == pytest.approx(1 / (1 + np.exp(-1)), rel=1e-5)
    assert mu == pytest.approx(1.0 + 0.5 * 2.0, rel=1e-5)
    assert sigma == pytest.approx(0.5 * (MIN_SIGMA + np.log1p(np.exp(3.0))), rel=1e-5)


def test_sigma_has_a_floor():
    sigma = linear([0.0, 0.0, -1e4], log_std=0.5)(np.array([[1.0]], "float32"))[0, 2]
    assert float(sigma) == pytest.approx(0.5 * MIN_SIGMA)


def test_loss_is_the_likelihood_of_the_mixture():
    output = np.array([[0.3, 0.5, 0.7], [0.3, 0.5, 0.7], [0.9, 2.0, 1.0]])
    y = np.array([0.0, 4.0, 1.0])
    density = np.exp(-((np.log(4.0) - 0.5) ** 2) / (2 * 0.49)) / (4.0 * 0.7 * np.sqrt(2 * np.pi))
    expected = (-np.log(0.7) - 2 * np.log(0.3 * density)) / 3
    loss = ZeroInflatedLogNormalLoss()(y, output, sample_weight=np.array([1.0, 2.0, 0.0]))
    np.testing.assert_allclose(loss, expected, rtol=1e-5)


@pytest.mark.parametrize("score", [-400.0, 400.0])
@pytest.mark.parametrize("label", [0.0, 12.5])
def test_extreme_scores_stay_finite_and_can_come_back(score, label):
    head = linear([1.0, 0.0, 0.0])
    h = tf.constant([[score]])
    with tf.GradientTape() as tape:
        tape.watch(h)
        loss = head.loss()(tf.constant([label]), head(h))
    gradient = float(tape.gradient(loss, h)[0, 0])
    assert np.isfinite(float(loss))
    wrong = (score > 0) != (label > 0)
    assert gradient == pytest.approx(np.sign(score) if wrong else 0.0, abs=0.2)


def test_zero_labels_give_no_gradient_to_location_and_scale():
    head = linear([0.0, 1.0, 1.0])
    h = tf.constant([[30.0]])
    with tf.GradientTape() as tape:
        tape.watch(h)
        loss = head.loss()(tf.constant([0.0]), head(h))
    assert float(tape.gradient(loss, h)[0, 0]) == 0.0


def test_always_positive_labels_make_it_a_log_normal():
    head = Amount(positive_rate=1.0, log_mean=2.0, log_std=0.5, name="spend")
    output = head(np.zeros((1, 4), "float32"))
    served = head.served(output)
    np.testing.assert_allclose(served["spend"], [np.exp(2.0 + 0.125)], rtol=1e-4)
    np.testing.assert_allclose(served["spend_median"], [np.exp(2.0)], rtol=1e-4)
    y = np.array([9.0], "float32")
    log_normal = (np.log(9.0) - 2.0) ** 2 / 0.5 + np.log(9.0 * 0.5 * np.sqrt(2 * np.pi))
    np.testing.assert_allclose(head.loss()(y, output), log_normal, rtol=1e-4)


def test_mean_and_median_are_those_of_a_large_sample():
    rng = np.random.default_rng(0)
    p, mu, sigma = 0.8, 1.0, 0.6
    sample = np.exp(rng.normal(mu, sigma, 400_000)) * (rng.uniform(size=400_000) < p)
    output = np.array([[p, mu, sigma]], "float32")
    assert float(expected_amount(output)[0]) == pytest.approx(sample.mean(), rel=0.01)
    assert float(median_amount(output)[0]) == pytest.approx(np.median(sample), rel=0.01)


@pytest.mark.parametrize(
    ("p", "expected"), [(0.0, 0.0), (0.3, 0.0), (0.5, 0.0), (0.5000001, 0.0), (1.0, np.exp(1.0))]
)
def test_median_is_0_where_zero_is_more_likely_than_not(p, expected):
    median = float(median_amount(np.array([[p, 1.0, 1.0]], "float32"))[0])
    assert median == pytest.approx(expected, abs=0.02)


def test_expected_amount_never_overflows():
    amount = expected_amount(np.array([[1.0, 90.0, 30.0]], "float32"))
    assert np.isfinite(amount).all()


def test_metrics():
    rng = np.random.default_rng(0)
    output = np.stack(
        [rng.uniform(0.2, 1.0, 100), rng.normal(1.0, 0.5, 100), rng.uniform(0.3, 1.0, 100)], axis=1
    ).astype("float32")
    y = (np.exp(rng.normal(1.0, 1.0, 100)) * rng.integers(0, 2, 100)).astype("float32")
    w = rng.choice([0.0, 1.0, 2.0], 100).astype("float32")
    results = {}
    for metric in Amount().weighted_metrics():
        for part in np.array_split(np.arange(100), 2):
            metric.update_state(y[part], output[part], sample_weight=w[part])
        results[metric.name] = float(metric.result())
    mean, median = expected_amount(output).numpy(), median_amount(output).numpy()
    error = np.abs(np.log1p(median) - np.log1p(y))
    assert results == {
        "log_mae": pytest.approx(np.average(error, weights=w), rel=1e-5),
        "mae": pytest.approx(np.average(np.abs(median - y), weights=w), rel=1e-5),
        "rmse": pytest.approx(np.average((mean - y) ** 2, weights=w) ** 0.5, rel=1e-5),
        "calibration": pytest.approx(np.dot(w, mean) / np.dot(w, y), rel=1e-5),
    }


def test_serves_the_mean_the_median_and_the_probability():
    served = Amount(name="spend").served(tf.constant([[0.8, 0.0, 1.0]]))
    assert list(served) == ["spend", "spend_median", "spend_probability"]
    np.testing.assert_allclose(served["spend"], [0.8 * np.exp(0.5)], rtol=1e-6)
    # The median is the quantile (0.8 - 0.5) / 0.8 = 0.375 of a standard normal: -0.31864.
    np.testing.assert_allclose(served["spend_median"], [np.exp(-0.31863936)], rtol=1e-5)
    np.testing.assert_allclose(served["spend_probability"], [0.8])


def test_is_made_from_a_task_and_its_labels():
    labels = SimpleNamespace(mean=0.2, log_mean=1.5, log_std=0.7)
    head = Amount.for_task("spend", None, labels)
    assert (head.positive_rate, head.log_mean, head.log_std) == (0.2, 1.5, 0.7)


def test_refuses_wrong_options():
    with pytest.raises(ValueError, match="Amount: positive_rate must lie between 0 and 1"):
        Amount(positive_rate=3)
    with pytest.raises(ValueError, match=r"Amount: log_std must be above 0\. Received: log_std=0"):
        Amount(log_std=0)
