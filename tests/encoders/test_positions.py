import numpy as np
import tensorflow as tf

from mtlkeras.encoders._positions import Positions

MASK = np.array([[1, 1, 1, 0, 0], [0, 0, 1, 1, 0], [0, 0, 0, 0, 0]], bool)


def added(from_end):
    layer = Positions(max_length=2, from_end=from_end)
    layer.build((None, None, 1))
    layer.positions.assign([[10.0], [20.0]])
    return layer(np.zeros((3, 5, 1), "float32"), mask=MASK)[..., 0].numpy()


def test_counts_valid_tokens_from_the_first():
    np.testing.assert_array_equal(added(False)[MASK], [10, 20, 20, 10, 20])


def test_counts_valid_tokens_from_the_last():
    np.testing.assert_array_equal(added(True)[MASK], [20, 20, 10, 20, 10])


def test_gradient_is_dense():
    layer = Positions(max_length=2)
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(layer(np.zeros((3, 5, 1), "float32"), mask=MASK))
    assert isinstance(tape.gradient(loss, layer.positions), tf.Tensor)
