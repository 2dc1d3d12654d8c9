"""Class names as tensors, for what serving shows."""

from collections.abc import Sequence

import tensorflow as tf


def names_beside(classes: Sequence[str | int], scores) -> tf.Tensor:
    """Class names in the shape of their scores.

    Args:
        classes: Class names.
        scores: `(batch_size, classes)`.

    Returns:
        Strings `(batch_size, classes)`: every output of a served model has the batch first.
    """
    names = tf.constant([str(name) for name in classes])
    return tf.broadcast_to(names, tf.shape(scores))


def names_of(classes: Sequence[str | int], ids) -> tf.Tensor:
    """Class names of class ids `(batch_size,)`."""
    return tf.gather(tf.constant([str(name) for name in classes]), ids)
