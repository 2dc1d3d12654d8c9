"""Which tasks each part of a functional model reaches, and where they part."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import keras
import tensorflow as tf

# Of each node, the numbers of the tensors that it reads and makes.
Edges = list[tuple[list[int], list[int]]]


@dataclass(frozen=True)
class Graph:
    """The nodes of a functional model, from its inputs to its outputs.

    Args:
        nodes: Nodes, as Keras executes them.
        edges: Of each, the tensors that it reads and makes, as numbers.
        tasks: Task to the number of its output.
        inputs: Numbers of the inputs.
    """

    nodes: list
    edges: Edges
    tasks: dict[str, int]
    inputs: list[int]

    def reached(self) -> dict[int, set[str]]:
        """Tensor to the tasks whose output it is a part of."""
        tasks: dict[int, set[str]] = {}
        for task, tensor in self.tasks.items():
            tasks.setdefault(tensor, set()).add(task)
        for read, made in reversed(self.edges):
            found = set().union(*(tasks.get(tensor, set()) for tensor in made))
            for tensor in read:
                tasks.setdefault(tensor, set()).update(found)
        return tasks

    def made_of(self) -> dict[int, set[int]]:
        """Tensor to the tensors that it is made of."""
        parts: dict[int, set[int]] = {tensor: set() for tensor in self.inputs}
        for read, made in self.edges:
            found = set(read).union(*(parts.get(tensor, set()) for tensor in read))
            for tensor in made:
                parts.setdefault(tensor, set()).update(found - {tensor})
        return parts


def nodes_of(model: keras.Model) -> list:
    """Nodes of a functional model, as Keras executes them, inputs left out."""
    depths = sorted(model._nodes_by_depth, reverse=True)
    nodes = [node for depth in depths for node in model._nodes_by_depth[depth]]
    return [node for node in nodes if node.operation and not node.is_input]


def graph_of(model: keras.Model, values: Mapping[int, tf.Tensor] | None = None) -> Graph:
    """The graph of a model.

    Args:
        model: Functional model with a dict of outputs.
        values: Symbolic tensor, by `id`, to what it was in a call. What is one tensor there is
            one here: a layer may give the same to every task.
    """

    def number(tensor) -> int:
        return id(tensor) if values is None else id(values[id(tensor)])

    nodes = nodes_of(model)
    edges = [([number(t) for t in n.input_tensors], [number(t) for t in n.outputs]) for n in nodes]
    tasks = {task: number(tensor) for task, tensor in model.output.items()}
    return Graph(nodes, edges, tasks, [number(tensor) for tensor in model.inputs])


def tasks_of_variables(graph: Graph) -> dict[int, set[str]]:
    """Variable, by `id`, to the tasks whose layers may read it.

    Args:
        graph: Graph of the model.
    """
    reached, tasks = graph.reached(), {}
    for node, (_, made) in zip(graph.nodes, graph.edges, strict=True):
        found = set().union(*(reached.get(tensor, set()) for tensor in made))
        for variable in getattr(node.operation, "trainable_variables", ()):
            tasks.setdefault(id(variable), set()).update(found)
    return tasks


def parting(graph: Graph, floating: set[int]) -> list[int]:
    """Numbers of the tensors from which the tasks go their own ways.

    They are the last that every task is made of: what reads them, or gives them out, is not part
    of every task. Where one of them is made of another, as behind a shortcut around a shared
    layer, what it is made from takes its place, until none is.

    Args:
        graph: Graph of the model.
        floating: Numbers of the tensors that have gradients.

    Returns:
        The numbers, none where the tasks share no tensor.
    """
    reached, parts, every = graph.reached(), graph.made_of(), set(graph.tasks)
    shared = {tensor for tensor in floating if reached.get(tensor) == every}
    found = {tensor for tensor in graph.tasks.values() if tensor in shared}
    for read, made in graph.edges:
        if any(reached.get(tensor, set()) != every for tensor in made):
            found.update(shared.intersection(read))
    while nested := [tensor for tensor in found if parts.get(tensor, set()) & found]:
        for read, made in graph.edges:
            if nested[0] in made and nested[0] not in read:
                found.update(shared.intersection(read))
        found.remove(nested[0])
    return sorted(found, key=_order(graph).index)


def _order(graph: Graph) -> Sequence[int]:
    """Tensors as they come."""
    return list(dict.fromkeys([*graph.inputs, *(t for _, made in graph.edges for t in made)]))
