"""All-forward, task-specific backward gating: a level of experts that all read, few train."""

import keras
import numpy as np
from keras import ops

from .._layers import masked_softmax, representation
from ._level import Level
from ._mixing import mix


@keras.saving.register_keras_serializable("mtlkeras")
class AllForward(Level):
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

    def make_gates(self) -> None:
        tasks, own, shared = self.counts
        # Which experts each stream trains, (streams, 1, experts).
        theirs = np.repeat(np.eye(tasks), own, axis=1)
        trained = np.concatenate([theirs, np.ones((tasks, shared))], axis=1)
        if self.shared_stream:
            trained = np.concatenate([trained, np.ones((1, tasks * own + shared))])
        self._trained = trained[:, None]
        self.add_gates(tasks * own + shared)

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
