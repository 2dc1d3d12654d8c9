"""The auxiliary loss of encoders that learn to tell the next element of a history."""

import keras
import tensorflow as tf

from .._layers import RESERVED
from ._nth_valid import counts, nth_valid
from ._table import Table


def next_element_loss(
    states: tf.Tensor, ids: tf.Tensor, table: Table, seed: keras.random.SeedGenerator
) -> tf.Tensor:
    """How badly states tell the element that follows from another one.

    `mean_t -log sigmoid(h_t . e_{t+1}) - log(1 - sigmoid(h_t . e'_{t+1}))`, over elements that
    another follows; `e'` is the vector of a value drawn evenly from all but the one that follows.

    Args:
        states: `(batch_size, length, table.dim)`.
        ids: `(batch_size, length)`, padded with 0.
        table: Their table.
        seed: Draws the other values.

    Returns:
        A scalar of at least float32; 0 where nothing follows anything.
    """
    mask = tf.not_equal(ids, 0)
    following = nth_valid(ids, mask, counts(mask) + 1)
    others = other_values(following, table.rows_count, seed)
    right, wrong = (_dots(states, table(chosen)) for chosen in (following, others))
    losses = tf.nn.softplus(-right) + tf.nn.softplus(wrong)
    return mean_where(mask & tf.not_equal(following, 0), losses)


def other_values(ids: tf.Tensor, rows: int, seed: keras.random.SeedGenerator) -> tf.Tensor:
    """Draws a value for each id, evenly from all but the one that it is.

    Args:
        ids: Integer tensor of any shape.
        rows: Number of ids of the table.
        seed: Draws.
    """
    values = rows - RESERVED
    steps = keras.random.randint(tf.shape(ids), 1, values, dtype=ids.dtype.name, seed=seed)
    return RESERVED + tf.math.floormod(ids - RESERVED + steps, values)


def mean_where(mask: tf.Tensor, values: tf.Tensor) -> tf.Tensor:
    """The mean of some of the values, 0 where there are none.

    Args:
        mask: Bool tensor.
        values: Float tensor of the same shape.
    """
    count = tf.reduce_sum(tf.cast(mask, values.dtype))
    return tf.reduce_sum(tf.where(mask, values, 0.0)) / tf.maximum(count, 1.0)


def need_two_values(owner: str, table: Table) -> None:
    """Raises where a table has no second value to tell the next element from."""
    if table.rows_count < RESERVED + 2:
        raise ValueError(
            f"{owner}: its auxiliary loss tells the next element from another value, so the table "
            f"must have two values or more beside the {RESERVED} reserved ids. Received: a table "
            f"of {table.rows_count} rows. Leave the loss out with auxiliary=0."
        )


def _dots(states, vectors):
    # A mean of many small losses needs more digits than bfloat16 has.
    exact = states.dtype if states.dtype == tf.float64 else tf.float32
    return tf.reduce_sum(tf.cast(states, exact) * tf.cast(vectors, exact), axis=-1)
