"""What a weighting is told of a step: losses of the whole batch, and which count in it."""

from collections.abc import Sequence
from dataclasses import dataclass

import tensorflow as tf

from ..balancing import sum_over_replicas

Gradient = tf.Tensor | tf.IndexedSlices | None


@dataclass(frozen=True)
class Told:
    """Losses and gradients of a step, with the factor of the optimizer taken out of them.

    Args:
        losses: Losses of the whole batch, `(tasks,)`.
        active: Whether each counts anywhere in it, `(tasks,)`.
        scale: Factor by which the optimizer scales losses; the weighting does not see it.
    """

    losses: tf.Tensor
    active: tf.Tensor
    scale: tf.Tensor | float = 1.0


def tell(
    losses: Sequence[tf.Tensor], active: Sequence[tf.Tensor], scale: tf.Tensor | float = 1.0
) -> Told:
    """What is told of the losses of this replica and all others.

    Args:
        losses: Scalar losses of the tasks.
        active: Whether each counts.
        scale: Factor by which the optimizer scales losses.
    """
    losses = tf.stop_gradient(tf.stack(losses))
    counts = tf.cast(tf.stack(active), losses.dtype)
    losses, counts = sum_over_replicas([losses, counts])
    return Told(losses, counts > 0, scale)


def finite_or_nan(active: tf.Tensor, updates: Sequence[tf.Tensor], dtype: tf.DType) -> tf.Tensor:
    """Weights 1 of active tasks, NaN where an aggregator's update is not finite.

    Args:
        active: Whether each task counts, `(tasks,)`.
        updates: What was made of the gradients.
        dtype: Type of the weights.
    """
    fit = tf.math.is_finite(tf.add_n([tf.reduce_sum(update) for update in updates]))
    return tf.where(fit, tf.cast(active, dtype), tf.constant(float("nan"), dtype))


def add_gradients(first: Gradient, second: Gradient) -> Gradient:
    """Sum of two gradients, each of which may be missing or of embedding rows."""
    if first is None or second is None:
        return second if first is None else first
    return tf.convert_to_tensor(first) + tf.convert_to_tensor(second)


def scaled(gradient: Gradient, factor: tf.Tensor) -> Gradient:
    """A gradient times a number; it may be missing or of embedding rows."""
    if gradient is None:
        return None
    factor = tf.cast(factor, gradient.dtype)
    if isinstance(gradient, tf.IndexedSlices):
        values = gradient.values * factor
        return tf.IndexedSlices(values, gradient.indices, gradient.dense_shape)
    return gradient * factor
