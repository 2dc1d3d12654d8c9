"""Gradients aggregated where the tasks part: small passes for each, and one through the rest."""

from collections.abc import Sequence
from dataclasses import dataclass

import keras
import tensorflow as tf

from ..balancing import Aggregator, GramianWeighting, sum_over_replicas
from ._reach import Graph, graph_of, parting, tasks_of_variables
from ._recording import Recording
from ._told import Gradient, Told, finite_or_nan, scaled


@dataclass(frozen=True)
class Cut:
    """A step of a model, cut where the tasks part.

    Args:
        tensors: The representation: the tensors there, of all rows of the batch.
        own: For each task the places of the variables that it reaches alone.
        below: Places of shared variables of which the representation is made.
        above: Places of shared variables that work on the representation, or beside it.
        rows: Number of rows of the batch.
    """

    tensors: list[tf.Tensor]
    own: list[list[int]]
    below: list[int]
    above: list[int]
    rows: tf.Tensor


def cut(
    recording: Recording,
    tasks: Sequence[str],
    variables: Sequence[keras.Variable],
    weighting: GramianWeighting | Aggregator,
) -> Cut:
    """Cuts a model where its tasks part.

    Where the last layer that all tasks go through told of a tensor within (`representation`), it
    is cut there. Aggregators, whose update goes on from the cut, need one that nothing goes
    around: for them it is cut before that layer.

    Args:
        recording: What the model's tensors were.
        tasks: Names of the tasks.
        variables: Variables of the model.
        weighting: For whom.

    Raises:
        ValueError: If there is nothing that all tasks share.
    """
    graph = graph_of(recording.model, recording.values)
    values = {id(x): x for x in recording.values.values() if x is not None}
    found = parting(graph, {number for number, x in values.items() if x.dtype.is_floating})
    reached = tasks_of_variables(graph)
    places = [reached.get(id(variable), set()) for variable in variables]
    shared = [i for i, each in enumerate(places) if len(each) > 1]
    if not found or not shared:
        what = "part of it works for two tasks" if found else "tensor of it is part of all tasks"
        raise ValueError(
            f"{type(weighting).__name__} weighs tasks by their gradients in what this model shares "
            f"between them, but no {what}. Share a trunk between the tasks, give the weighting "
            'scope="parameters" where some of them share weights, or compile with a weighting of '
            "losses, such as Uncertainty."
        )
    parts = graph.made_of()
    under = set(found).union(*(parts.get(number, set()) for number in found))
    later = {
        id(variable)
        for node, (_, made) in zip(graph.nodes, graph.edges, strict=True)
        if not under.issuperset(made)
        for variable in getattr(node.operation, "trainable_variables", ())
    }
    below = [i for i in shared if id(variables[i]) not in later]
    above = [i for i in shared if id(variables[i]) in later]
    own = [[i for i, each in enumerate(places) if each == {task}] for task in tasks]
    marked = [] if isinstance(weighting, Aggregator) else _marked(recording, graph)
    rows = tf.shape(recording.values[id(recording.model.inputs[0])])[0]
    return Cut(marked or [values[number] for number in found], own, below, above, rows)


def _marked(recording: Recording, graph: Graph) -> list[tf.Tensor]:
    """What the last of the layers that told of a representation told, if it is for all tasks."""
    reached, every = graph.reached(), set(graph.tasks)
    found = []
    for (_, made), marks in zip(graph.edges, recording.marks, strict=True):
        if marks and set().union(*(reached.get(tensor, set()) for tensor in made)) == every:
            found = marks
    return found


def representation_gradients(
    tape: tf.GradientTape,
    weighting: GramianWeighting | Aggregator,
    losses: Sequence[tf.Tensor],
    variables: Sequence[keras.Variable],
    told: Told,
    where: Cut,
) -> tuple[list[Gradient], tf.Tensor]:
    """Gradients aggregated at the representation, by one full pass through the model.

    - The Gramian is the mean over rows of the products of their gradients with respect to the
      representation, so that it does not depend on the size of the batch.
    - All that two or more tasks reach, tables too, gets the gradient of `sum_k w_k L_k`; an
      aggregator's update goes down to what the representation is made of, and what works on it
      gets the gradient of the plain sum.
    - What one task reaches alone, such as its head, keeps that task's own gradient, times
      `head_weights`.

    Args:
        tape: Persistent tape that has recorded the losses and the representation.
        weighting: Aggregates.
        losses: Scalar losses of the tasks, loss weights and the optimizer's factor multiplied in.
        variables: Variables to differentiate for.
        told: What the weighting is told.
        where: Where the model is cut.

    Returns:
        One gradient a variable, `None` where no task reaches it, and the weights of the tasks.
    """
    heads = weighting.head_weights(told.losses)
    gradients: list[Gradient] = [None] * len(variables)
    by_task = []
    for k, (loss, own) in enumerate(zip(losses, where.own, strict=True)):
        found = tape.gradient(loss, [*where.tensors, *(variables[i] for i in own)])
        by_task.append(found[: len(where.tensors)])
        for i, gradient in zip(own, found[len(where.tensors) :], strict=True):
            gradients[i] = scaled(gradient, heads[k])
    jacobians = [
        _rows(column, tensor, told.losses.dtype) / told.scale
        for column, tensor in zip(zip(*by_task, strict=True), where.tensors, strict=True)
    ]
    if isinstance(weighting, Aggregator):
        updates = weighting.aggregate_rows(told.losses, jacobians, where.tensors, told.active)
        weights = finite_or_nan(told.active, updates, told.losses.dtype)
        starts = [
            tf.cast(update * told.scale, tensor.dtype)
            for update, tensor in zip(updates, where.tensors, strict=True)
        ]
        passes = [(where.tensors, where.below, starts), (losses, where.above, None)]
    else:
        weights = weighting(told.losses, _gramian(jacobians, where.rows), active=told.active)
        passes = [(losses, [*where.below, *where.above], tf.unstack(weights))]
    for targets, places, starts in passes:
        if places:
            sources = [variables[i] for i in places]
            found = tape.gradient(targets, sources, output_gradients=starts)
            for i, gradient in zip(places, found, strict=True):
                gradients[i] = gradient
    return gradients, weights


def _rows(column: Sequence[Gradient], tensor: tf.Tensor, dtype: tf.DType) -> tf.Tensor:
    """Gradients of one tensor, `(tasks, *shape)`, zeros where a task does not reach it."""
    found = [tf.zeros_like(tensor) if g is None else tf.convert_to_tensor(g) for g in column]
    return tf.cast(tf.stack(found), dtype)


def _gramian(jacobians: Sequence[tf.Tensor], rows: tf.Tensor) -> tf.Tensor:
    """Products of the gradients of rows, in the mean over rows: each loss is such a mean."""
    tasks = jacobians[0].shape[0]
    flat = [tf.reshape(j, (tasks, -1)) for j in jacobians]
    products = tf.add_n([tf.matmul(j, j, transpose_b=True) for j in flat])
    products, count = sum_over_replicas([products, tf.cast(rows, products.dtype)])
    return products * count
