import keras
import numpy as np
import pytest
import tensorflow as tf

from mtlkeras.balancing import MGDA, MoCo


def test_constant_gradients_lead_to_the_shortest_update(update, matrices):
    jacobian = matrices["conflict3"]
    weighting, tracked = MoCo(gamma=0.1, beta=0.2, dtype="float64"), np.zeros_like(jacobian)
    for _ in range(200):
        tracked = weighting.track(tracked, jacobian)
        d = update(weighting, tracked)
    np.testing.assert_allclose(d, update(MGDA(), jacobian), atol=1e-6)


def test_tracked_gradients_average_noise_away():
    rng, weighting = np.random.default_rng(0), MoCo(beta=0.01)
    gradient, tracked = np.array([[1.0, -2.0]]), np.zeros((1, 2))
    for _ in range(2000):
        tracked = weighting.track(tracked, gradient + rng.normal(size=(1, 2)))
    np.testing.assert_allclose(tracked, gradient, atol=0.3)


def test_regularisation_draws_the_shares_together(update):
    jacobian = np.diag([1.0, 3.0])
    shares = []
    for rho in (0.0, 10.0, 1000.0):
        weighting = MoCo(gamma=0.5 / (9 + rho), rho=rho)
        for _ in range(100):
            update(weighting, jacobian)
        shares.append(float(weighting.shares[0]))
    # a_1 + rho a_1 = 9 a_2 + rho a_2.
    np.testing.assert_allclose(shares, [9 / 10, 19 / 30, 1009 / 2010], rtol=1e-4)
    assert shares[0] > shares[1] > shares[2]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"gamma": 0.0}, "MoCo: gamma must be a number above 0. Received: gamma=0.0"),
        ({"rho": -1.0}, "MoCo: rho must be a number of at least 0. Received: rho=-1.0"),
        ({"beta": 0.0}, "MoCo: beta must be a number above 0 and at most 1. Received: beta=0.0"),
    ],
)
def test_refuses_wrong_options(options, message):
    with pytest.raises(ValueError, match=message):
        MoCo(**options)


def test_keeps_the_tracked_gradients_of_each_variable_by_task():
    weighting = MoCo(beta=0.25)
    weighting.build((2,))
    weighting.follow([keras.Variable(np.zeros((1, 3))), keras.Variable(np.zeros(2))], tasks=2)
    rows, both = np.ones((2, 3), "float32"), tf.constant([True, True])
    np.testing.assert_allclose(weighting.tracked(0, rows, both), 0.25 * rows)
    found = weighting.tracked(0, rows, tf.constant([True, False]))
    np.testing.assert_allclose(found, [[0.4375] * 3, [0.0] * 3])
    found = weighting.tracked(0, rows, both)
    np.testing.assert_allclose(found[1], 0.4375)
    np.testing.assert_allclose(weighting.tracked(1, np.ones((2, 2), "float32"), both), 0.25)


def test_refuses_to_follow_another_model():
    weighting = MoCo()
    for _ in range(2):
        weighting.follow([keras.Variable(np.zeros(3))], tasks=2)
    with pytest.raises(ValueError, match=r"MoCo: it has tracked the gradients of another model"):
        weighting.follow([keras.Variable(np.zeros(4))], tasks=2)
