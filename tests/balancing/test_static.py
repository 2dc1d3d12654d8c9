import numpy as np
import pytest
import tensorflow as tf

from mtlkeras.balancing import Static


def test_all_weights_are_1_where_left_out():
    np.testing.assert_array_equal(Static()(np.array([3.0, 0.1, 7.0])), [1.0, 1.0, 1.0])


def test_gradient_is_linear_in_the_weights():
    weighting = Static([2.0, 0.5])
    losses = tf.constant([3.0, 4.0])
    with tf.GradientTape() as tape:
        tape.watch(losses)
        total = tf.reduce_sum(weighting(losses) * losses) + weighting.penalty()
    assert float(total) == 8.0
    np.testing.assert_array_equal(tape.gradient(total, losses), [2.0, 0.5])


def test_refuses_weights_of_other_tasks():
    with pytest.raises(ValueError, match="Static: weights must have one number for each of the 3"):
        Static([1.0, 2.0])(np.ones(3))


@pytest.mark.parametrize("weights", [[-1.0, 1.0], [], 2.0, ("a", "b")])
def test_refuses_negative_weights_and_none_at_all(weights):
    with pytest.raises(ValueError, match="Static: weights must be a list of numbers of at least 0"):
        Static(weights)
