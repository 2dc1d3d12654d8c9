"""Multi-gate mixture of experts."""

from collections.abc import Sequence

import keras
from keras import ops

from .._layers import activation_config, masked_softmax, representation
from ._experts import Experts
from ._tasks import check_count, check_dropout, check_tasks, check_units, need_tasks


@keras.saving.register_keras_serializable("mtlkeras")
class MMoE(keras.layers.Layer):
    """Experts that all tasks share, mixed by a gate of each task's own (MMoE, Ma et al., 2018).

    `h_t = sum_e softmax(W_t x)_e f_e(x)` with experts `f_e`, stacks of dense layers; Ma et al.,
    "Modeling Task Relationships in Multi-task Learning with Multi-gate Mixture-of-Experts"
    (2018). All experts are computed in one product a layer and all gates in one. Dropout is
    applied within the experts, never to gates: their weights sum to 1.

    Use it first where tasks are related but not alike: there is little more to tune than in a
    shared bottom.

    Args:
        num_experts: Number of experts.
        units: Widths of each expert's layers.
        activation: Activation of the experts' layers.
        dropout: Share of the outputs of each of the experts' layers that training drops.
        tasks: Task names; `None` where a builder fills them in.

    Call arguments:
        x: `(batch_size, features)`.

    Returns:
        A dict `{task: (batch_size, units[-1])}`.

    Example:
        >>> trunk = MMoE(num_experts=3, units=(8,), tasks=["click", "buy"])
        >>> trunk(keras.ops.ones((2, 5)))["buy"].shape
        TensorShape([2, 8])
    """

    takes = "vector"

    def __init__(
        self,
        num_experts: int = 8,
        units: Sequence[int] = (128, 64),
        activation="relu",
        dropout: float = 0.0,
        tasks: Sequence[str] | None = None,
        **kwargs,
    ) -> None:
        super().__init__(**kwargs)
        self.num_experts = check_count("MMoE", "num_experts", num_experts)
        self.units = check_units("MMoE", units)
        self.activation = activation
        self.dropout = check_dropout("MMoE", dropout)
        self.tasks = check_tasks("MMoE", tasks)
        self.experts = Experts(
            num_experts, units, activation, dropout, dtype=self.dtype_policy, name="experts"
        )

    def build(self, x_shape):
        tasks = need_tasks("MMoE", self.tasks)
        self.experts.build(x_shape)
        # As glorot_uniform draws the gate of a single task.
        limit = (6 / (x_shape[-1] + self.num_experts)) ** 0.5
        self.gate_kernel = self.add_weight(
            name="gate_kernel",
            shape=(x_shape[-1], len(tasks) * self.num_experts),
            initializer=keras.initializers.RandomUniform(-limit, limit),
        )

    def call(self, x, training=None):
        experts = representation(self.experts(x, training=training))
        experts = ops.transpose(experts, (1, 0, 2))
        mixed = ops.matmul(self._gates(x), experts)
        return dict(zip(self.tasks, ops.unstack(mixed, axis=1), strict=True))

    def _gates(self, x):
        logits = ops.reshape(
            ops.matmul(x, self.gate_kernel), (-1, len(self.tasks), self.num_experts)
        )
        return masked_softmax(logits, None)

    def gates(self, x) -> dict:
        """Weights of the experts, for watching how tasks share them.

        Args:
            x: `(batch_size, features)`, as in a call.

        Returns:
            A dict `{task: (batch_size, num_experts)}`; each row sums to 1.
        """
        gates = self._gates(ops.cast(x, self.compute_dtype))
        return dict(zip(self.tasks, ops.unstack(gates, axis=1), strict=True))

    def compute_output_shape(self, x_shape):
        return dict.fromkeys(self.tasks, (*x_shape[:-1], self.units[-1]))

    def get_config(self):
        return {
            **super().get_config(),
            "num_experts": self.num_experts,
            "units": self.units,
            "activation": activation_config(self.activation),
            "dropout": self.dropout,
            "tasks": self.tasks,
        }
