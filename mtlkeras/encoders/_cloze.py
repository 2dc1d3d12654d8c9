"""The auxiliary loss of an encoder that learns to tell masked elements of a history."""

import keras
import tensorflow as tf

from .._layers import RESERVED
from ._next_element import mean_where
from ._table import Table


def cloze_loss(
    states: tf.Tensor,
    ids: tf.Tensor,
    masked: tf.Tensor,
    table: Table,
    negatives: int,
    seed: keras.random.SeedGenerator,
) -> tf.Tensor:
    """How badly states tell the elements that were masked from other values.

    `mean_t -log(exp(h_t . e_t) / (exp(h_t . e_t) + sum_n exp(h_t . e'_n)))`, over masked elements;
    `e'` are the vectors of values drawn evenly, the same for the whole batch, without the element
    itself.

    Args:
        states: `(batch_size, length, table.dim)`.
        ids: What the elements are, `(batch_size, length)`.
        masked: Bool `(batch_size, length)`, True where an element was masked.
        table: Table of the ids.
        negatives: Number of values drawn.
        seed: Draws them.

    Returns:
        A scalar of at least float32; 0 where nothing was masked.
    """
    values = max(table.rows_count - RESERVED, 1)
    drawn = keras.random.randint((negatives,), 0, values, dtype=ids.dtype.name, seed=seed)
    drawn = tf.minimum(drawn + RESERVED, table.rows_count - 1)
    exact = states.dtype if states.dtype == tf.float64 else tf.float32
    states = tf.cast(states, exact)
    right = tf.reduce_sum(states * tf.cast(table(ids), exact), axis=-1, keepdims=True)
    wrong = tf.matmul(states, tf.cast(table(drawn), exact), transpose_b=True)
    wrong = tf.where(tf.equal(ids[..., tf.newaxis], drawn), wrong.dtype.min, wrong)
    logits = tf.concat([right, wrong], axis=-1)
    return mean_where(masked, tf.reduce_logsumexp(logits, axis=-1) - right[..., 0])
