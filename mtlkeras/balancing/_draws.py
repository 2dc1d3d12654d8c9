"""Seeded randomness that resumes where it stopped."""

import keras
import tensorflow as tf
from keras import ops

from ._state import add_state, read


class Draws:
    """A stream of random numbers; how many were drawn is saved with the weighting.

    Keras does not save the state of a `SeedGenerator`.

    Args:
        layer: The weighting, which gets the counter.
        seed: Seed of the stream.

    Raises:
        ValueError: If the seed is no whole number.
    """

    def __init__(self, layer: keras.layers.Layer, seed: int) -> None:
        if not isinstance(seed, int) or isinstance(seed, bool):
            raise ValueError(
                f"{type(layer).__name__}: seed must be a whole number. Received: seed={seed!r}."
            )
        self.seed = seed
        self.drawn = add_state(layer, "drawn", dtype="int64")

    def orders(self, tasks: int) -> tf.Tensor:
        """A random order of the tasks for each task, int32 `(tasks, tasks)`."""
        return ops.cast(ops.argsort(self._integers((tasks, tasks)), axis=1), "int32")

    def normal(self, tasks: int, dtype: str) -> tf.Tensor:
        """A normal number for each task, `(tasks,)`."""
        shares = (tf.cast(self._integers((tasks,)), "float64") + 0.5) / 2.0**32 + 0.5
        return tf.cast(tf.math.ndtri(shares), dtype)

    def uniform(self, shape: tuple[int, ...] | tf.Tensor, dtype: str) -> tf.Tensor:
        """Numbers strictly between 0 and 1, of any shape."""
        # Of 23 bits: in float32 a number of more could round to 1.
        shares = tf.cast(tf.bitwise.right_shift(self._integers(shape), 9) & 0x7FFFFF, dtype)
        return (shares + 0.5) / 2.0**23

    def _integers(self, shape: tuple[int, ...] | tf.Tensor) -> tf.Tensor:
        """Any int32, equally likely."""
        seed = tf.stack([tf.constant(self.seed, "int64"), read(self.drawn)])
        self.drawn.assign_add(1)
        # Of a named algorithm, and no floats: then XLA draws the same.
        return tf.random.stateless_uniform(
            shape, seed, minval=None, maxval=None, dtype="int32", alg="philox"
        )


def orders_as_they_come(tasks: int) -> tf.Tensor:
    """Every task meets the others in the order in which they come, int32 `(tasks, tasks)`."""
    return ops.tile(ops.arange(tasks)[None], (tasks, 1))
