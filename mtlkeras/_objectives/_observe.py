"""What a training step sees of its tasks, while nothing is trained."""

from typing import Any, NamedTuple

import keras
import numpy as np
import tensorflow as tf

from ..balancing import Aggregator, sum_over_replicas
from ._by_parameters import rows_of, shared_places
from ._one_graph import without_optional


class Observation(NamedTuple):
    """What a step on one batch sees.

    Args:
        weights: Factor of each task's loss in what the step trains, `(tasks,)`: `loss_weights`,
            times the pace of the task, times the weights of the weighting; NaN where a method
            has no weights.
        gramian: `g_i . g_j` of the losses, `loss_weights` multiplied in, in all dense weights
            that two or more tasks reach, `(tasks, tasks)`.
    """

    weights: Any
    gramian: Any


def observe(model: keras.Model, data: Any) -> Observation:
    """Returns what a training step on this batch would see; changes nothing.

    Weights are computed as the step computes them, from the same state of the weighting, the
    same random numbers and the same losses, so that they are those of a step on this batch that
    follows. What is assigned meanwhile is dropped: metrics, moving means, seeds, and what the
    weighting learns.

    Args:
        model: Compiled `MultiTaskModel`.
        data: Batch of features, labels and weights, as a step takes it.

    Raises:
        ValueError: If no dense weight reaches two tasks.
    """
    data = keras.tree.map_structure(without_optional, data)
    x, y, sample_weight = keras.utils.unpack_x_y_sample_weight(data)
    gramian = _gramian(model, x, y, sample_weight)
    return Observation(_weights(model, x, y, sample_weight), gramian)


def _gramian(model: keras.Model, x, y, sample_weight) -> tf.Tensor:
    scale = model.optimizer.scale_loss(tf.ones(()))
    variables = model.trainable_variables
    with keras.StatelessScope():
        y, sample_weight = model._task_losses.select(y, sample_weight)
        with tf.GradientTape(persistent=True) as tape:
            y_pred = model(x, training=True)
            losses, _ = model._task_losses(y, y_pred, sample_weight)
            losses = [loss * scale for loss in losses]
        columns = list(zip(*(tape.gradient(loss, variables) for loss in losses), strict=True))
    shared = shared_places(columns)
    if not shared:
        raise ValueError(
            "Gradients of tasks are compared in the dense weights that they share, but no dense "
            "weight of this model reaches two tasks. Share a trunk between the tasks, or leave "
            "`monitor_gradients` out."
        )
    rows = sum_over_replicas([tf.cast(rows_of(columns[i]), "float32") / scale for i in shared])
    return tf.add_n([tf.matmul(part, part, transpose_b=True) for part in rows])


def _weights(model: keras.Model, x, y, sample_weight) -> tf.Tensor:
    losses = model._task_losses
    paces = losses.pace.values()
    factors = tf.stack([w * pace for w, pace in zip(losses.weights, paces, strict=True)])
    if model.weighting is None:
        return factors
    if isinstance(model.weighting, Aggregator):
        return factors * np.nan
    # A scope of its own: random numbers are drawn as if nothing had been drawn before.
    with keras.StatelessScope():
        weighed = model._weighted.gradients(x, *losses.select(y, sample_weight))
    return factors * tf.cast(weighed.weights, "float32")
