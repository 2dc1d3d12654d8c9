"""Reductions over the valid elements of a padded axis; none ever gives NaN."""

import keras
import tensorflow as tf
from keras import ops

# Far below any logit or activation, yet finite: an infinity would turn 0 * inf into NaN.
LARGE = 1e9


def masked_softmax(logits, mask, axis: int = -1):
    """Softmax over valid entries; a slice without any gives zeros instead of NaN.

    Computed in float32 where `logits` are of lower precision.

    Args:
        logits: Float tensor of any shape.
        mask: Bool tensor that broadcasts to `logits`; `None` where all entries are valid.
        axis: The axis whose weights sum to 1.

    Returns:
        Weights of the shape and dtype of `logits`, exactly 0 where the mask is False.
    """
    dtype = keras.backend.standardize_dtype(logits.dtype)
    if dtype in ("bfloat16", "float16"):
        logits = ops.cast(logits, "float32")
    # Not Keras' softmax, which warns of an axis of size 1: a history may be that short.
    if mask is None:
        return ops.cast(tf.nn.softmax(logits, axis=axis), dtype)
    weights = tf.nn.softmax(ops.where(mask, logits, -LARGE), axis=axis)
    return ops.cast(ops.where(mask, weights, 0.0), dtype)


def masked_mean(x, mask):
    """Mean over the valid elements of axis 1; a row without any gives zeros.

    Args:
        x: Float tensor `(batch_size, length, dim)`.
        mask: Bool tensor `(batch_size, length)`.

    Returns:
        `(batch_size, dim)`.
    """
    weights = ops.cast(mask, x.dtype)
    total = ops.sum(ops.where(mask[..., None], x, 0.0), axis=1)
    return total / ops.maximum(ops.sum(weights, axis=1, keepdims=True), 1.0)


def masked_max(x, mask):
    """Largest valid element of axis 1, per channel; a row without any gives zeros.

    Args:
        x: Float tensor `(batch_size, length, dim)`.
        mask: Bool tensor `(batch_size, length)`.

    Returns:
        `(batch_size, dim)`.
    """
    # Not Keras' max, which refuses a batch without rows.
    largest = tf.reduce_max(ops.where(mask[..., None], x, -LARGE), axis=1)
    return ops.where(ops.any(mask, axis=1, keepdims=True), largest, 0.0)
