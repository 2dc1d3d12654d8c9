"""Sequences in the graph: split, cut, pad."""

import tensorflow as tf


def split_elements(texts: tf.Tensor, separator: str) -> tf.RaggedTensor:
    """Splits delimited strings `(batch,)`; blanks around elements do not count."""
    elements = tf.strings.split(texts, separator)
    return elements.with_values(tf.strings.strip(elements.values))


def to_dense(
    elements: tf.RaggedTensor, max_length: int, truncate: str, padding: int | float
) -> tf.Tensor:
    """Cuts sequences and pads them at the right.

    Args:
        elements: `(batch, None)`.
        max_length: Elements kept.
        truncate: `"left"` keeps the last elements, `"right"` the first.
        padding: Value beyond a sequence's end.

    Returns:
        `(batch, length)`, `length` being the longest kept sequence of the batch, at least 1.
    """
    kept = elements[:, -max_length:] if truncate == "left" else elements[:, :max_length]
    length = tf.reduce_max(tf.concat([kept.row_lengths(), [1]], 0))
    dense = kept.to_tensor(padding, shape=tf.stack([tf.constant(-1, tf.int64), length]))
    return tf.ensure_shape(dense, [None, None])
