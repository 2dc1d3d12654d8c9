"""Several steps in one graph."""

from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any

import keras
import tensorflow as tf

Step = Callable[[Any], Any]


class Ahead:
    """An iterator, of which a batch was taken to be looked at: it still comes first.

    Args:
        batch: The batch.
        rest: The iterator of all that follow it.
    """

    def __init__(self, batch: Any, rest: Iterator) -> None:
        self.batch, self.rest = batch, rest
        self._both = chain([batch], rest)

    def __iter__(self) -> Iterator:
        return self

    def __next__(self) -> Any:
        return next(self._both)


def in_one_graph(model: keras.Model, update: Step, run: Callable) -> Callable:
    """A function that runs as many steps as an execution has, on one device.

    How many is handed to the graph at each call: where a batch was taken ahead, the steps that
    are left run in the same graph, without tracing the model anew.

    Args:
        model: Compiled model.
        update: Trains or tests on a batch; what it returns is dropped.
        run: Takes over where the iterator is none of `tf.data`.

    Returns:
        A function of an iterator; it returns nothing.
    """

    def one(data):
        model.distribute_strategy.run(update, args=(data,))

    one = tf.function(one, reduce_retracing=True, jit_compile=model.jit_compile, autograph=False)

    def step(data):
        one(keras.tree.map_structure(without_optional, data))

    @tf.function(reduce_retracing=True, autograph=False)
    def several(iterator, count):
        def go_on(done, batch):
            return (done < count) & batch.has_value()

        def body(done, batch):
            step(batch.get_value())
            # Not one more than are trained on: it would be lost.
            following = tf.cond(done + 1 < count, iterator.get_next_as_optional, lambda: batch)
            return done + 1, following

        return tf.while_loop(go_on, body, (tf.constant(0), iterator.get_next_as_optional()))[0]

    def function(iterator):
        count = model.steps_per_execution
        if isinstance(iterator, Ahead) and isinstance(iterator.rest, tf.data.Iterator):
            step(iterator.batch)
            several(iterator.rest, tf.constant(count - 1))
        elif not isinstance(iterator, tf.data.Iterator):
            run(iterator)
        elif several(iterator, tf.constant(count)) == 0:
            raise StopIteration

    return function


def without_optional(value: Any) -> Any:
    """Keras hides None, such as a missing input, in an optional."""
    return None if isinstance(value, tf.experimental.Optional) else value
