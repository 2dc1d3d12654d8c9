import keras
import numpy as np
import pytest
import tensorflow as tf

from mtlkeras.balancing import RLW, GradDrop
from mtlkeras.balancing._draws import Draws, orders_as_they_come


def draws(seed=0):
    return Draws(keras.layers.Layer(), seed)


def test_normal_numbers_are_normal():
    stream = draws()
    drawn = np.concatenate([stream.normal(1000, "float32") for _ in range(20)])
    assert abs(drawn.mean()) < 0.03
    assert abs(drawn.std() - 1.0) < 0.03
    np.testing.assert_allclose(np.mean(np.abs(drawn) < 1.0), 0.6827, atol=0.01)
    assert np.isfinite(drawn).all()


def test_orders_hold_every_task_once_and_every_order_comes():
    stream = draws()
    orders = np.concatenate([stream.orders(3) for _ in range(100)])
    np.testing.assert_array_equal(np.sort(orders, axis=1), np.tile(np.arange(3), (300, 1)))
    counts = np.unique(orders, axis=0, return_counts=True)[1]
    assert len(counts) == 6
    assert counts.min() > 25


def test_a_stream_goes_on_where_its_counter_stands():
    one, two = draws(seed=4), draws(seed=4)
    first = [one.normal(2, "float64").numpy() for _ in range(3)]
    two.drawn.assign(2)
    np.testing.assert_array_equal(two.normal(2, "float64"), first[2])


def test_xla_draws_the_same():
    eager, compiled = draws(), draws()
    function = tf.function(lambda: (compiled.normal(3, "float32"), compiled.orders(3)))
    function = tf.function(function, jit_compile=True)
    numbers, orders = function()
    np.testing.assert_allclose(numbers, eager.normal(3, "float32"), rtol=1e-6)
    np.testing.assert_array_equal(orders, eager.orders(3))


def test_orders_as_they_come():
    np.testing.assert_array_equal(orders_as_they_come(2), [[0, 1], [0, 1]])


@pytest.mark.parametrize("kind", [RLW, GradDrop])
def test_seeds_are_whole_numbers(kind):
    with pytest.raises(ValueError, match=rf"{kind.__name__}: seed must be a whole number. Receive"):
        kind(seed=1.5)
