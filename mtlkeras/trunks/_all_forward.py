"""All-forward, task-specific backward gating: a level of experts that all read, few train."""

from collections.abc import Sequence

import keras
import numpy as np
from keras import ops

from .._layers import activation_config, masked_softmax, representation
from ._mixing import mix
from ._parallel import ParallelDense
from ._task_experts import TaskExperts


@keras.saving.register_keras_serializable("mtlkeras")
class AllForward(keras.layers.Layer):
    """A level of STEM: every task mixes all experts, and trains its own and the shared ones.

    Args:
        counts: Number of tasks, of experts of each task, and of shared experts.
        units: Widths of each expert's layers.
        activation: Activation of the experts' layers.
        dropout: Share of the outputs of each of the experts' layers that training drops.
        shared_stream: Whether one more gate mixes all experts, which it trains, for the next
            level.

    Call arguments:
        x: `(batch_size, features)`, what all experts read; or `(tasks + 1, batch_size,
            features)`, the shared stream last.

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
        # Which experts each stream trains, (streams, 1, experts).
        theirs = np.repeat(np.eye(tasks), own, axis=1)
        trained = np.concatenate([theirs, np.ones((tasks, shared))], axis=1)
        if shared_stream:
            trained = np.concatenate([trained, np.ones((1, tasks * own + shared))])
        self._trained = trained[:, None]
        policy = self.dtype_policy
        gate = {"units": tasks * own + shared, "use_bias": False, "dtype": policy}
        self.experts = TaskExperts(counts, units, activation, dropout, dtype=policy, name="experts")
        self.task_gates = ParallelDense((tasks,), name="task_gates", **gate)
        if shared_stream:
            self.shared_gate = ParallelDense((1,), name="shared_gate", **gate)

    def build(self, x_shape):
        self.experts.build(x_shape)
        self.task_gates.build(x_shape)
        if self.shared_stream:
            self.shared_gate.build(x_shape)

    def call(self, x, training=None):
        f = representation(self.experts(x, training=training))
        gates = self.gates(x)
        if self.shared_stream:
            of_shared = self.shared_gate(x if len(x.shape) == 2 else x[-1])
            gates = ops.concatenate([gates, masked_softmax(of_shared, None)])
        trained = ops.convert_to_tensor(self._trained, gates.dtype)
        return mix(gates * trained, f) + mix(gates * (1 - trained), ops.stop_gradient(f))

    def gates(self, x):
        """Each task's weights of all experts.

        Args:
            x: As in a call.

        Returns:
            `(tasks, batch_size, experts)`.
        """
        both = 2 * x if len(x.shape) == 2 else x[:-1] + x[-1:]
        return masked_softmax(self.task_gates(both), None)

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
