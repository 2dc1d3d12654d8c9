"""What levels of task experts have in common."""

from abc import ABC, abstractmethod
from collections.abc import Sequence

import keras

from .._layers import activation_config
from ._parallel import ParallelDense
from ._task_experts import TaskExperts


class Level(keras.layers.Layer, ABC):
    """A level of own and shared experts, and gates that a subclass mixes them by.

    Args:
        counts: Number of tasks, of experts of each task, and of shared experts.
        units: Widths of each expert's layers.
        activation: Activation of the experts' layers.
        dropout: Share of the outputs of each of the experts' layers that training drops.
        shared_stream: Whether there is one more stream than tasks, for the next level.

    Call arguments:
        x: `(batch_size, features)`, or the streams of the level below.

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
        policy = self.dtype_policy
        self.experts = TaskExperts(counts, units, activation, dropout, dtype=policy, name="experts")
        self.make_gates()

    @abstractmethod
    def make_gates(self) -> None:
        """Makes the gates, after the experts."""

    def gate(self, name: str, streams: int, width: int) -> ParallelDense:
        """Scores of experts for several streams.

        Args:
            name: Name of the layer.
            streams: Number of streams.
            width: Number of experts that are scored.
        """
        policy = self.dtype_policy
        return ParallelDense((streams,), width, use_bias=False, dtype=policy, name=name)

    def add_gates(self, width: int) -> None:
        """Makes a gate for each task and, where there is a shared stream, one of all experts.

        Args:
            width: Number of experts that a task's gate scores.
        """
        tasks, own, shared = self.counts
        self.task_gates = self.gate("task_gates", tasks, width)
        if self.shared_stream:
            self.shared_gate = self.gate("shared_gate", 1, tasks * own + shared)

    def build(self, x_shape):
        self.experts.build(x_shape)
        self.task_gates.build(x_shape)
        if self.shared_stream:
            self.shared_gate.build(x_shape)

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
