import keras
import numpy as np
import tensorflow as tf

from mtlkeras.optimizers import Adagrad


def test_accumulates_squares_of_summed_gradients():
    table = keras.Variable(np.zeros((2, 1), "float32"))
    optimizer = Adagrad(1.0, initial_accumulator_value=7.0, epsilon=0.0)
    for ids, values in (([0, 0], [[1.0], [2.0]]), ([1], [[3.0]]), ([0, 0], [[2.0], [1.0]])):
        optimizer.apply([tf.IndexedSlices(tf.constant(values), tf.constant(ids))], [table])
    # Row 0: 3 / sqrt(7 + 9), then 3 / sqrt(16 + 9); row 1: 3 / sqrt(7 + 9).
    np.testing.assert_allclose(table, [[-(0.75 + 0.6)], [-0.75]], rtol=1e-6)
