"""A level of adaptive task-to-task fusion."""

import keras
from keras import ops

from .._layers import masked_softmax, representation
from ._level import Level
from ._mixing import mix, own_columns, spread


@keras.saving.register_keras_serializable("mtlkeras")
class Fusion(Level):
    """Every stream mixes all experts by a gate, and adds its own experts once more.

    Args:
        counts: Number of tasks, of experts of each task, and of shared experts.
        units: Widths of each expert's layers.
        activation: Activation of the experts' layers.
        dropout: Share of the outputs of each of the experts' layers that training drops.
        shared_stream: Whether the shared experts have a stream, for the next level.

    Call arguments:
        x: `(batch_size, features)`, or the streams of the level below.

    Returns:
        `(streams, batch_size, units[-1])`: a stream for each task, then the shared one.
    """

    def make_gates(self) -> None:
        tasks, own, shared = self.counts
        self.gates = self.gate("gates", tasks + self.shared_stream, tasks * own + shared)

    def build(self, x_shape):
        tasks, own, shared = self.counts
        self.experts.build(x_shape)
        self.gates.build(x_shape)
        # A single expert is added as it is.
        self.task_residual = self._residual("task_residual", (tasks, own), own > 1)
        self.shared_residual = self._residual(
            "shared_residual", (1, shared), self.shared_stream and shared > 1
        )

    def _residual(self, name, shape, needed):
        if not needed:
            return None
        limit = shape[-1] ** -0.5
        uniform = keras.initializers.RandomUniform(-limit, limit)
        return self.add_weight(name=name, shape=shape, initializer=uniform)

    def call(self, x, training=None):
        tasks, own, shared = self.counts
        streams, count = tasks + self.shared_stream, tasks * own + shared
        gates = masked_softmax(self.gates(x if len(x.shape) == 2 else x[:streams]), None)
        residual = _weights(self.task_residual, (tasks, own), gates.dtype)
        residual = spread(residual, own_columns(tasks, own), count)
        if self.shared_stream:
            of_shared = _weights(self.shared_residual, (1, shared), gates.dtype)
            of_shared = spread(of_shared, own_columns(1, shared) + tasks * own, count)
            residual = ops.concatenate([residual, of_shared])
        return mix(gates + residual, representation(self.experts(x, training=training)))


def _weights(variable, shape, dtype):
    """Weights of own experts for all rows, `(streams, 1, experts)`."""
    weights = ops.ones(shape) if variable is None else variable
    return ops.cast(weights, dtype)[:, None]
