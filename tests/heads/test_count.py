from types import SimpleNamespace

import numpy as np
import pytest
import tensorflow as tf
from sklearn import metrics as sk

from mtlkeras.heads import Count
from mtlkeras.heads._poisson import PoissonLoss


def linear(bias=0.0):
    head = Count(tower=(), name="quantity")
    head.build((None, 1))
    head.out.set_weights([np.ones((1, 1), "float32"), np.array([bias], "float32")])
    return head


def test_untrained_head_answers_the_mean():
    np.testing.assert_allclose(Count(mean=1.7)(np.zeros((1, 4), "float32")), [[1.7]], rtol=1e-6)


def test_loss_is_the_likelihood_less_its_smallest_value():
    y, rate = np.array([0.0, 3.0, 2.0]), np.array([[0.5], [2.0], [9.0]])
    loss = PoissonLoss()(y, rate, sample_weight=np.array([1.0, 2.0, 0.0]))
    each = [0.5, 2.0 - 3.0 + 3.0 * np.log(1.5)]
    np.testing.assert_allclose(loss, (each[0] + 2 * each[1]) / 3, rtol=1e-6)


@pytest.mark.parametrize("score", [-2.0, 0.5, 3.0])
def test_gradient_of_the_score_is_rate_minus_count(score):
    head = linear()
    h = tf.constant([[score], [score]])
    with tf.GradientTape() as tape:
        tape.watch(h)
        loss = head.loss()(tf.constant([4.0, 0.0]), head(h))
    expected = (np.exp(score) - np.array([[4.0], [0.0]])) / 2
    np.testing.assert_allclose(tape.gradient(loss, h), expected, rtol=1e-5)


@pytest.mark.parametrize("score", [-500.0, 500.0])
@pytest.mark.parametrize("label", [0.0, 7.0])
def test_extreme_scores_stay_finite_and_can_come_back(score, label):
    head = linear()
    h = tf.constant([[score]])
    with tf.GradientTape() as tape:
        tape.watch(h)
        rate = head(h)
        loss = head.loss()(tf.constant([label]), rate)
    gradient = float(tape.gradient(loss, h)[0, 0])
    assert np.isfinite([float(loss), float(rate[0, 0]), gradient]).all()
    if score > 0 or label > 0:
        assert np.sign(gradient) == np.sign(score)


def test_metrics_agree_with_scikit_learn():
    rng = np.random.default_rng(0)
    rate = rng.uniform(0.2, 4.0, 200).astype("float32")
    y = rng.poisson(rate).astype("float32")
    w = rng.choice([0.0, 1.0, 2.0], 200).astype("float32")
    results = {}
    for metric in Count().weighted_metrics():
        for part in np.array_split(np.arange(200), 2):
            metric.update_state(y[part], rate[part, None], sample_weight=w[part])
        results[metric.name] = float(metric.result())
    assert results == {
        "poisson_deviance": pytest.approx(
            sk.mean_poisson_deviance(y, rate, sample_weight=w), rel=1e-4
        ),
        "mae": pytest.approx(sk.mean_absolute_error(y, rate, sample_weight=w), rel=1e-5),
        "rmse": pytest.approx(sk.root_mean_squared_error(y, rate, sample_weight=w), rel=1e-5),
        "calibration": pytest.approx(np.dot(w, rate) / np.dot(w, y), rel=1e-5),
    }


def test_is_made_from_a_task_and_its_labels():
    assert Count.for_task("quantity", None, SimpleNamespace(mean=2.5)).mean == 2.5
    assert Count.for_task("quantity", None, SimpleNamespace(mean=0.0)).mean == 1e-6


def test_refuses_a_mean_of_0():
    with pytest.raises(ValueError, match=r"Count: mean must be above 0\. Received: mean=0"):
        Count(mean=0)


def test_serves_one_rate_a_row():
    served = Count(name="quantity").served(tf.constant([[1.0], [2.0]]))
    np.testing.assert_array_equal(served["quantity"], [1.0, 2.0])
