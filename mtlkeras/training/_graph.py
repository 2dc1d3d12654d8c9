"""The graph of a model as one wants to see it: inputs, layers and tasks at the top."""

import re

import keras
import tensorflow as tf
from tensorflow.core.framework.graph_pb2 import GraphDef

from ._tags import task_names

# TensorBoard scatters a wider model all over the place.
MOST_INPUTS = 8


def forward_graph(model: keras.Model) -> GraphDef:
    """Returns the graph of a model's forward pass, without that of losses and optimizer.

    TensorFlow puts all of it into a scope of the model and numbers the layers anew; here inputs,
    layers and outputs bear their own names and stand at the top. Many inputs, and the layers
    that take nothing but inputs, are folded into one node `features`.

    Args:
        model: A functional model.
    """
    specs = keras.tree.map_structure(
        lambda tensor: tf.TensorSpec(tensor.shape, tensor.dtype, name=tensor.name), model.input
    )
    forward = tf.function(lambda inputs: model(inputs, training=False))
    concrete = forward.get_concrete_function(specs)
    graph = concrete.graph.as_graph_def()
    names = _layer_names(model, [node.name for node in graph.node])
    for task, output in zip(sorted(task_names(model)), concrete.outputs, strict=True):
        names[output.op.name] = f"outputs/{task}"
    if len(set(names.values())) == len(names):
        _rename(graph, names)
        if len(model.inputs) > MOST_INPUTS:
            inputs = {tensor.name for tensor in model.inputs}
            folded = inputs | _encoders(graph, inputs)
            new = (f"features/{n}" if n.split("/")[0] in folded else n for n in names.values())
            _rename(graph, dict(zip(names.values(), new, strict=True)))
    return graph


def _layer_names(model: keras.Model, nodes: list[str]) -> dict[str, str]:
    """Returns node to name without the model's scope and the numbers behind layers' names."""
    layers = {layer.name for layer in model._flatten_layers()}
    scope = re.compile(rf"{re.escape(model.name)}(_\d+)?/")
    taken: dict[tuple[str, ...], str] = {}
    names = {}
    for node in nodes:
        path: tuple[str, ...] = ()
        for part in scope.sub("", node, count=1).split("/"):
            plain = re.sub(r"_\d+$", "", part)
            # The first scope of a name is the layer's; another one must not be mixed with it.
            mine = plain in layers and taken.setdefault((*path, plain), part) == part
            path = (*path, plain if mine else part)
        names[node] = "/".join(path)
    return names


def _encoders(graph: GraphDef, inputs: set[str]) -> set[str]:
    """Returns the layers that take nothing but inputs of the model."""
    # A table that two layers share stands in one of them.
    tables = {
        node.name for node in graph.node if node.attr["dtype"].type == tf.resource.as_datatype_enum
    }
    sources: dict[str, set[str]] = {}
    for node in graph.node:
        layer = node.name.split("/")[0]
        edges = {edge.split(":")[0] for edge in node.input} - tables
        sources.setdefault(layer, set()).update({e.split("/")[0] for e in edges} - {layer})
    return {layer for layer, found in sources.items() if found and found <= inputs}


def _rename(graph: GraphDef, names: dict[str, str]) -> None:
    """Renames nodes, and drops the edges that only order execution."""
    for node in graph.node:
        node.name = names[node.name]
        inputs = [edge for edge in node.input if not edge.startswith("^")]
        del node.input[:]
        for edge in inputs:
            source, colon, port = edge.partition(":")
            node.input.append(names[source] + colon + port)
    kept = [node for node in graph.node if node.op != "NoOp"]
    del graph.node[:]
    graph.node.extend(kept)
