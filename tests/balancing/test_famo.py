import numpy as np
import pytest
import tensorflow as tf

from mtlkeras.balancing import FAMO


def test_weights_are_the_gradient_of_the_total_and_sum_to_1():
    weighting = FAMO(least=0.1, dtype="float64")
    weighting.build((3,))
    weighting.logits.assign([0.5, -1.0, 0.2])
    losses = tf.constant([0.4, 2.0, 9.0], "float64")
    z = tf.nn.softmax(tf.convert_to_tensor(weighting.logits))
    with tf.GradientTape() as tape:
        tape.watch(losses)
        scale = tf.stop_gradient(1 / tf.reduce_sum(z / (losses - 0.1)))
        total = scale * tf.reduce_sum(z * tf.math.log(losses - 0.1))
    weights = weighting(losses).numpy()
    np.testing.assert_allclose(weights, tape.gradient(total, losses), rtol=1e-6)
    np.testing.assert_allclose(weights.sum(), 1.0)


def test_tasks_may_have_floors_of_their_own():
    weighting = FAMO(least=[0.1, -2.0])
    weights = weighting(np.array([1.1, 2.0])).numpy()
    np.testing.assert_allclose(weights, [0.8, 0.2], rtol=1e-6)
    with pytest.raises(ValueError, match=r"FAMO: least must have one item for each of the 3 tasks"):
        FAMO(least=[0.1, -2.0])(np.ones(3))


def test_a_task_that_improved_faster_loses_weight():
    weighting = FAMO()
    for _ in range(3):
        weighting.update([1.0, 1.0, 1.0], [0.5, 0.9, 0.99])
    logits = weighting.logits.numpy()
    assert logits[0] < 0 < logits[1]
    assert logits[0] < 0 < logits[2]


def test_equal_improvement_moves_nothing():
    weighting = FAMO(decay=0.0, dtype="float64")
    weighting.update(np.array([2.0, 2.0]), np.array([1.0, 1.0]))
    np.testing.assert_array_equal(weighting.logits, 0.0)


def test_the_first_step_is_as_long_as_the_learning_rate():
    weighting = FAMO(learning_rate=0.025, decay=0.0, dtype="float64")
    weighting.update(np.array([2.0, 2.0, 1.0]), np.array([1.0, 1.9, 0.6]))
    # Logarithms fell by 0.69, 0.05 and 0.51: 0.42 on average.
    np.testing.assert_allclose(weighting.logits, [-0.025, 0.025, -0.025], rtol=1e-6)


def test_tasks_without_labels_are_left_out_of_the_update():
    active = np.array([True, False, True])
    three, two = FAMO(dtype="float64"), FAMO(dtype="float64")
    for _ in range(3):
        three.update(np.array([2.0, 0.0, 1.0]), np.array([1.0, 0.0, 0.9]), active)
        two.update(np.array([2.0, 1.0]), np.array([1.0, 0.9]))
    np.testing.assert_allclose(three.logits.numpy()[active], two.logits, rtol=1e-12)
    assert three.logits.numpy()[1] == 0


def test_refuses_wrong_options():
    with pytest.raises(ValueError, match=r"FAMO: learning_rate must be a number above 0. Received"):
        FAMO(learning_rate=-1.0)
    with pytest.raises(
        ValueError, match=r"FAMO: decay must be a number of at least 0. Received: d"
    ):
        FAMO(decay=-1.0)
