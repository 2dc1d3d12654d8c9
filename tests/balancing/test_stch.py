import numpy as np
import pytest
import tensorflow as tf

from mtlkeras.balancing import STCH


def test_weights_are_the_gradient_of_the_total():
    p, z, mu = np.array([0.5, 0.2, 0.3]), np.array([0.1, 0.0, 1.0]), 0.4
    losses = tf.constant([0.9, 2.0, 1.5], "float64")
    with tf.GradientTape() as tape:
        tape.watch(losses)
        total = mu * tf.reduce_logsumexp(p * (losses - z) / mu)
    weights = STCH(mu, preferences=p.tolist(), ideal=z.tolist())(losses)
    np.testing.assert_allclose(weights, tape.gradient(total, losses))


def test_trains_the_largest_loss_alone_where_it_is_hardly_smooth():
    weights = STCH(mu=1e-4)(np.array([1.0, 1.2, 0.3], "float32"))
    np.testing.assert_allclose(weights, [0.0, 1 / 3, 0.0], atol=1e-7)


def test_tasks_without_labels_are_left_out():
    active = np.array([True, False, True])
    ours = STCH()(np.array([1.0, 9.0, 1.1]), active=active).numpy()
    np.testing.assert_allclose(ours[active], STCH()(np.array([1.0, 1.1])))
    assert ours[1] == 0


def test_refuses_wrong_options():
    with pytest.raises(ValueError, match=r"STCH: mu must be a number above 0. Received: mu=0"):
        STCH(mu=0)
    with pytest.raises(ValueError, match=r"STCH: ideal must be a list of numbers, one a task. Re"):
        STCH(ideal=0.5)
    for preferences in ([1.0, 0.0], [], 1.0):
        with pytest.raises(
            ValueError, match=r"STCH: preferences must be a list of numbers above 0"
        ):
            STCH(preferences=preferences)
    for option in ("preferences", "ideal"):
        with pytest.raises(
            ValueError, match=rf"STCH: {option} must have one item for each of the 3 tasks. Receiv"
        ):
            STCH(**{option: [1.0, 2.0]})(np.ones(3))
