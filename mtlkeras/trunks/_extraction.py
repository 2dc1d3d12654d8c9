"""Customized gate control: a level of own and shared experts and the gates over them."""

from collections.abc import Sequence

import keras
import numpy as np
from keras import ops

from .._layers import activation_config, masked_softmax, representation
from ._mixing import mix, own_columns, spread
from ._parallel import ParallelDense
from ._task_experts import TaskExperts


@keras.saving.register_keras_serializable("mtlkeras")
class Extraction(keras.layers.Layer):
    """A level of CGC or PLE: every task mixes its own and the shared experts.

    Args:
        counts: Number of tasks, of experts of each task, and of shared experts.
        units: Widths of each expert's layers.
        activation: Activation of the experts' layers.
        dropout: Share of the outputs of each of the experts' layers that training drops.
        shared_stream: Whether one more gate mixes all experts, for the next level.

    Call arguments:
        x: `(batch_size, features)`, or `(tasks + 1, batch_size, features)` from the level below,
            the shared stream last.
        extra: As of `TaskExperts`.

    Returns:
        `(streams, batch_size, units[-1])`: a stream for each task, then the shared one.
    """

    def __init__(
        self,
        counts: Sequence[int],
        units: Sequence[int],
        activation="relu",
        dropout: float = 0.0,
        shared_stream: bool = False,
        **kwargs,
    ) -> None:
        super().__init__(**kwargs)
        self.counts = tuple(counts)
        self.units = tuple(units)
        self.activation = activation
        self.dropout = dropout
        self.shared_stream = shared_stream
        tasks, own, shared = self.counts
        policy = self.dtype_policy
        of_all = np.tile(np.arange(shared) + tasks * own, (tasks, 1))
        self._columns = np.concatenate([own_columns(tasks, own), of_all], axis=1)
        self.experts = TaskExperts(counts, units, activation, dropout, dtype=policy, name="experts")
        self.task_gates = ParallelDense(
            (tasks,), own + shared, use_bias=False, dtype=policy, name="task_gates"
        )
        if shared_stream:
            self.shared_gate = ParallelDense(
                (1,), tasks * own + shared, use_bias=False, dtype=policy, name="shared_gate"
            )

    def build(self, x_shape):
        self.experts.build(x_shape)
        self.task_gates.build(x_shape)
        if self.shared_stream:
            self.shared_gate.build(x_shape)

    def call(self, x, extra=None, training=None):
        tasks, own, shared = self.counts
        weights = spread(self.gates(x), self._columns, tasks * own + shared)
        if self.shared_stream:
            gate = self.shared_gate(x if len(x.shape) == 2 else x[tasks:])
            weights = ops.concatenate([weights, masked_softmax(gate, None)])
        return mix(weights, representation(self.experts(x, extra=extra, training=training)))

    def gates(self, x):
        """Each task's weights of its own experts and of the shared ones.

        Args:
            x: As in a call.

        Returns:
            `(tasks, batch_size, task_experts + shared_experts)`.
        """
        tasks = self.counts[0]
        return masked_softmax(self.task_gates(x if len(x.shape) == 2 else x[:tasks]), None)

    def compute_output_shape(self, x_shape):
        return (self.counts[0] + self.shared_stream, x_shape[-2], self.units[-1])

    def get_config(self):
        return {
            **super().get_config(),
            "counts": self.counts,
            "units": self.units,
            "activation": activation_config(self.activation),
            "dropout": self.dropout,
            "shared_stream": self.shared_stream,
        }
