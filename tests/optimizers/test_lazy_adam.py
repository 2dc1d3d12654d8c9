import keras
import numpy as np
import tensorflow as tf

from mtlkeras.optimizers import LazyAdam


def apply(optimizer, table, ids, values):
    optimizer.apply([tf.IndexedSlices(tf.constant(values), tf.constant(ids))], [table])


def test_a_row_used_at_some_steps_by_hand():
    table = keras.Variable(np.zeros((2, 1), "float32"))
    optimizer = LazyAdam(0.1, beta_1=0.5, beta_2=0.75, epsilon=1e-7)
    apply(optimizer, table, [0], [[2.0]])
    apply(optimizer, table, [1], [[1.0]])
    apply(optimizer, table, [0], [[4.0]])
    # Row 0: m = 1 then 2.5, v = 1 then 4.75, untouched at step 2; bias correction of steps 1, 3.
    first = 0.1 * np.sqrt(1 - 0.75) / (1 - 0.5) * 1 / np.sqrt(1)
    third = 0.1 * np.sqrt(1 - 0.75**3) / (1 - 0.5**3) * 2.5 / np.sqrt(4.75)
    # Row 1: m = 0.5, v = 0.25 at step 2.
    second = 0.1 * np.sqrt(1 - 0.75**2) / (1 - 0.5**2) * 0.5 / np.sqrt(0.25)
    np.testing.assert_allclose(table, [[-first - third], [-second]], rtol=1e-5)


def test_amsgrad_divides_by_the_largest_second_moment():
    def run(amsgrad):
        table = keras.Variable(np.zeros((2, 1), "float32"))
        optimizer = LazyAdam(0.1, beta_1=0.0, beta_2=0.0, amsgrad=amsgrad)
        for value in (4.0, 1.0):
            apply(optimizer, table, [0], [[value]])
        return table.numpy()[0, 0]

    # Without decay, v is the last squared gradient; its largest value is 16.
    np.testing.assert_allclose(run(False), -0.1 * (1 + 1), rtol=1e-5)
    np.testing.assert_allclose(run(True), -0.1 * (1 + 1 / 4), rtol=1e-5)
