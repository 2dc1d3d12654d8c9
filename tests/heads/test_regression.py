from types import SimpleNamespace

import keras
import numpy as np
import pytest
import tensorflow as tf
from sklearn import metrics as sk

from mtlkeras.heads import Regression
from mtlkeras.heads._standardized_error import StandardizedError
from mtlkeras.specs import RegressionTask


def linear(bias=0.0, **kwargs):
    head = Regression(tower=(), name="price", **kwargs)
    head.build((None, 1))
    head.out.set_weights([np.ones((1, 1), "float32"), np.array([bias], "float32")])
    return head


def test_answers_in_the_unit_of_the_label():
    head = linear(mean=40.0, std=12.0)
    np.testing.assert_allclose(head(np.array([[0.5]], "float32")), [[46.0]])


def test_log1p_answers_in_the_unit_of_the_label():
    head = linear(mean=2.0, std=0.5, transform="log1p")
    np.testing.assert_allclose(head(np.array([[0.5]], "float32")), [[np.exp(2.25) - 1]], rtol=1e-6)


@pytest.mark.parametrize(
    ("error", "expected"),
    [("mse", (0.25 + 9.0) / 2), ("mae", (0.5 + 3.0) / 2), ("huber", (0.125 + 2.5) / 2)],
)
def test_loss_is_of_the_standardised_error(error, expected):
    loss = StandardizedError(error, std=4.0)
    y, p = np.array([10.0, 10.0, 0.0]), np.array([[12.0], [-2.0], [1e6]])
    value = loss(y.astype("float32"), p.astype("float32"), sample_weight=np.array([1.0, 1.0, 0.0]))
    np.testing.assert_allclose(value, expected, rtol=1e-6)


def test_loss_on_the_log_scale():
    loss = StandardizedError("mae", std=0.5, transform="log1p")
    value = loss(np.array([np.e - 1], "float32"), np.array([[np.e**3 - 1]], "float32"))
    np.testing.assert_allclose(value, 4.0, rtol=1e-5)


def test_gradient_of_the_score_does_not_depend_on_the_unit():
    gradients = []
    for mean, std in ((0.0, 1.0), (5000.0, 1000.0)):
        head = linear(mean=mean, std=std)
        h = tf.constant([[0.5]])
        with tf.GradientTape() as tape:
            tape.watch(h)
            loss = head.loss()(tf.constant([mean + 2 * std]), head(h))
        gradients.append(float(tape.gradient(loss, h)[0, 0]))
    np.testing.assert_allclose(gradients, [-3.0, -3.0], rtol=1e-4)


@pytest.mark.parametrize("score", [-300.0, 300.0])
def test_log_scale_stays_finite_and_keeps_its_gradient(score):
    head = linear(transform="log1p", error="mae")
    h = tf.constant([[score]])
    with tf.GradientTape() as tape:
        tape.watch(h)
        p = head(h)
        loss = head.loss()(tf.constant([3.0]), p)
    assert np.isfinite(p).all()
    assert np.isfinite(np.square(p)).all()
    np.testing.assert_allclose(tape.gradient(loss, h), [[np.sign(score)]], rtol=0.2)


def test_metrics_agree_with_scikit_learn():
    rng = np.random.default_rng(0)
    y, p = rng.normal(size=(2, 100)).astype("float32")
    w = rng.choice([0.0, 1.0, 2.0], 100).astype("float32")
    results = {}
    for metric in Regression().weighted_metrics():
        metric.update_state(y, p[:, None], sample_weight=w)
        results[metric.name] = float(metric.result())
    assert results == {
        "mae": pytest.approx(sk.mean_absolute_error(y, p, sample_weight=w), rel=1e-5),
        "rmse": pytest.approx(sk.root_mean_squared_error(y, p, sample_weight=w), rel=1e-5),
    }


def test_is_made_from_a_task_and_its_labels():
    labels = SimpleNamespace(mean=3.0, std=2.0)
    task = RegressionTask(type="regression", loss="huber", transform="log1p")
    head = Regression.for_task("price", task, labels)
    assert (head.mean, head.std, head.error, head.transform) == (3.0, 2.0, "huber", "log1p")
    task = RegressionTask(type="regression", standardize=False)
    assert Regression.for_task("price", task, labels).std == 1.0


def test_serves_one_value_a_row():
    served = Regression(name="price").served(tf.constant([[1.0], [2.0]]))
    np.testing.assert_array_equal(served["price"], [1.0, 2.0])


@pytest.mark.parametrize(
    ("kwargs", "message"),
    [
        ({"std": 0.0}, "Regression: std must be above 0. Received: std=0.0"),
        ({"error": "l2"}, "Regression: error must be one of 'mse', 'mae', 'huber'. .*error='l2'"),
        ({"transform": "log"}, "Regression: transform must be one of 'none', 'log1p'"),
    ],
)
def test_refuses_wrong_options(kwargs, message):
    with pytest.raises(ValueError, match=message):
        Regression(**kwargs)


def test_loss_config_round_trip():
    loss = StandardizedError("huber", std=2.0, transform="log1p")
    copy = keras.losses.deserialize(keras.losses.serialize(loss))
    assert copy.get_config() == loss.get_config()
