"""Gradients aggregated over the shared dense weights."""

import math
from collections.abc import Sequence

import keras
import tensorflow as tf

from ..balancing import Aggregator, GramianWeighting, sum_over_replicas
from ._told import Gradient, Told, finite_or_nan, scaled

Columns = Sequence[Sequence[Gradient]]


def parameter_gradients(
    tape: tf.GradientTape,
    weighting: GramianWeighting | Aggregator,
    losses: Sequence[tf.Tensor],
    variables: Sequence[keras.Variable],
    told: Told,
    followed: dict[int, int],
) -> tuple[list[Gradient], tf.Tensor]:
    """Gradients whose part in shared weights is aggregated, by `K` passes through the model.

    - Dense weights that two or more tasks reach get `sum_k w_k g_k`, or what the aggregator
      makes of all `g_k`; the Gramian is taken over all of them, variable by variable.
    - Embedding tables that two or more tasks reach (their gradients are `tf.IndexedSlices`, of
      different rows for each task) get the gradient of `sum_k w_k L_k`, in one more pass; under
      an aggregator, which has no weights, that of the plain sum.
    - What one task reaches alone, such as its head, keeps that task's own gradient, times
      `head_weights`.

    Args:
        tape: Persistent tape that has recorded the losses.
        weighting: Aggregates.
        losses: Scalar losses of the tasks, loss weights and the optimizer's factor multiplied in.
        variables: Variables to differentiate for.
        told: What the weighting is told.
        followed: Variable, by `id`, to its place among those that the weighting follows.

    Returns:
        One gradient a variable, `None` where no task reaches it, and the weights of the tasks.

    Raises:
        ValueError: If the tasks share no dense weights.
    """
    # Inside a tf.function, what is not used of these (each task's own gradient of tables)
    # is pruned from the graph and costs nothing.
    by_task = [tape.gradient(loss, variables) for loss in losses]
    columns = list(zip(*by_task, strict=True))
    shared = shared_places(columns)
    tables = [i for i, c in enumerate(columns) if reached_twice(c) and i not in set(shared)]
    if not shared:
        raise ValueError(
            f"{type(weighting).__name__} weighs tasks by their gradients in shared dense weights, "
            "but no dense weight of this model reaches two tasks. Share a trunk between the "
            "tasks, or compile with a weighting of losses, such as Uncertainty."
        )
    heads = weighting.head_weights(told.losses)
    rows = sum_over_replicas([rows_of(columns[i]) / told.scale for i in shared])
    if isinstance(weighting, Aggregator):
        updates, weights = _aggregated(weighting, rows, told)
    else:
        rows = [
            weighting.tracked(followed[id(variables[i])], r, told.active)
            if id(variables[i]) in followed
            else r
            for i, r in zip(shared, rows, strict=True)
        ]
        gramian = tf.add_n([tf.matmul(r, r, transpose_b=True) for r in rows])
        weights = weighting(told.losses, gramian, active=told.active)
        updates = [tf.linalg.matvec(r, weights, transpose_a=True) for r in rows]

    gradients = [_own(column, heads) for column in columns]
    replicas = tf.distribute.get_strategy().num_replicas_in_sync
    for i, update in zip(shared, updates, strict=True):
        # The optimizer sums over replicas once more.
        gradients[i] = tf.reshape(update * told.scale / replicas, variables[i].shape)
    if tables:
        sources = [variables[i] for i in tables]
        starts = None if isinstance(weighting, Aggregator) else tf.unstack(weights)
        weighed = tape.gradient(losses, sources, output_gradients=starts)
        for i, gradient in zip(tables, weighed, strict=True):
            gradients[i] = gradient
    return gradients, weights


def shared_places(columns: Columns) -> list[int]:
    """Places of the dense weights that two or more tasks reach.

    Args:
        columns: For each variable the gradients of all tasks.
    """
    places = [i for i, column in enumerate(columns) if reached_twice(column)]
    return [i for i in places if not any(isinstance(g, tf.IndexedSlices) for g in columns[i])]


def _aggregated(
    weighting: Aggregator, rows: Sequence[tf.Tensor], told: Told
) -> tuple[list[tf.Tensor], tf.Tensor]:
    # Every method but these has weights, and needs no copy of all gradients side by side.
    update = weighting(told.losses, tf.concat(rows, axis=1), active=told.active)
    sizes = [math.prod(r.shape[1:]) for r in rows]
    return tf.split(update, sizes), finite_or_nan(told.active, [update], told.losses.dtype)


def _own(column: Sequence[Gradient], heads: tf.Tensor) -> Gradient:
    """The gradient of the one task that reaches a variable, if any does."""
    found = [k for k, gradient in enumerate(column) if gradient is not None]
    return scaled(column[found[0]], heads[found[0]]) if len(found) == 1 else None


def reached_twice(column: Sequence[Gradient]) -> bool:
    """Whether two or more tasks have a gradient."""
    return sum(gradient is not None for gradient in column) > 1


def rows_of(column: Sequence[Gradient]) -> tf.Tensor:
    """Gradients of one variable as rows `(tasks, size)`, zeros where a task does not reach it."""
    like = next(gradient for gradient in column if gradient is not None)
    return tf.stack([tf.reshape(tf.zeros_like(like) if g is None else g, (-1,)) for g in column])
