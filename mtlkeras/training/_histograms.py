"""Histograms of weights and gates."""

import inspect
from collections.abc import Mapping
from typing import Any

import keras

from ._projector import embedding_tables


def histograms(model: keras.Model, sample: Any) -> dict[str, Any]:
    """Returns names of histograms to their values: weights without embedding tables, and gates.

    Args:
        model: The model.
        sample: Features of some rows, for the gates of mixtures of experts; None for no gates.
    """
    skipped = {w.path for table in embedding_tables(model) for w in table.weights}
    weights = [w for w in model.trainable_weights if w.path not in skipped]
    found = {f"weights/{w.path}": w for w in weights}
    if sample is not None:
        for layer in model.layers:
            # Some trunks have a layer of that name, which gives no weights.
            if inspect.ismethod(getattr(layer, "gates", None)):
                found |= {f"gates/{t}": gate for t, gate in _gates(model, layer, sample).items()}
    return found


def _gates(model: keras.Model, layer: keras.layers.Layer, sample: Any) -> dict[str, Any]:
    """Returns the gates of a trunk, of each task or of all, when a sample goes into the model."""
    call = layer._inbound_nodes[0].arguments
    taken = inspect.signature(layer.gates).parameters
    read = {key: x for key, x in call.kwargs.items() if key in taken and x is not None}
    x, read = keras.Model(model.input, [call.args[0], read])(sample, training=False)
    gates = layer.gates(x, **read)
    return gates if isinstance(gates, Mapping) else {"all_tasks": gates}
