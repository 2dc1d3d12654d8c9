"""Customized gate control: a level of own and shared experts and the gates over them."""

import keras
import numpy as np
from keras import ops

from .._layers import masked_softmax, representation
from ._level import Level
from ._mixing import mix, own_columns, spread


@keras.saving.register_keras_serializable("mtlkeras")
class Extraction(Level):
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

    def make_gates(self) -> None:
        tasks, own, shared = self.counts
        of_all = np.tile(np.arange(shared) + tasks * own, (tasks, 1))
        self._columns = np.concatenate([own_columns(tasks, own), of_all], axis=1)
        self.add_gates(own + shared)

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
