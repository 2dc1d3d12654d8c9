"""DSelect-k: a differentiable choice of k experts."""

from collections.abc import Sequence

import keras
from keras import ops

from .._layers import activation_config, representation
from ._experts import Experts
from ._mixing import mix
from ._selectors import Selectors, entropy, unreachable
from ._tasks import check_count, check_dropout, check_number, check_tasks, check_units, need_tasks


@keras.saving.register_keras_serializable("mtlkeras")
class DSelectK(keras.layers.Layer):
    """Gates that come to select k experts by gradients alone (DSelect-k, Hazimeh et al., 2021).

    Each task has `k` selectors, which write the number of an expert in binary with bits from a
    smooth step `S`: 0 up to `-1/2`, 1 from `1/2`, `S(z) = -2 z^3 + 3/2 z + 1/2` between:

    `r_ie = prod_b (S(z_ib) if bit b of e else 1 - S(z_ib))`,
    `h_t = sum_e (sum_i softmax(w)_i r_ie) f_e(x)`.

    Once all bits are 0 or 1, at most `k` experts have a weight. Training adds `entropy` times
    the entropy of the selectors, which sharpens them, and, where the number of experts is no
    power of 2, `sum_i (1 / sum_e r_ie - 1)`, which keeps selectors off numbers that no expert
    has; until then a task's weights may sum to less than 1. Both are sums over tasks and
    selectors, and means over rows; the entropy's weight is constant, as in the authors' code by
    default. Hazimeh et al., "DSelect-k: Differentiable Selection in the Mixture of Experts with
    Applications to Multi-Task Learning" (2021).

    Use it where there are many experts and each task should settle on a few: which ones it chose
    can be read from the gates.

    Args:
        num_experts: Number of experts.
        num_selected: How many of them a task settles on, `k`.
        units: Widths of each expert's layers.
        activation: Activation of the experts' layers.
        dropout: Share of the outputs of each of the experts' layers that training drops.
        entropy: Weight of the selectors' entropy.
        per_row: Whether `z` and `w` are linear in `x` rather than the same for all rows.
        tasks: Task names; `None` where a builder fills them in.

    Call arguments:
        x: `(batch_size, features)`.

    Returns:
        A dict `{task: (batch_size, units[-1])}`.

    Example:
        >>> trunk = DSelectK(num_experts=5, num_selected=2, units=(8,), tasks=["click", "buy"])
        >>> trunk(keras.ops.ones((2, 5)))["buy"].shape
        TensorShape([2, 8])
    """

    takes = "vector"

    def __init__(
        self,
        num_experts: int = 8,
        num_selected: int = 2,
        units: Sequence[int] = (128, 64),
        activation="relu",
        dropout: float = 0.0,
        entropy: float = 1e-6,
        per_row: bool = False,
        tasks: Sequence[str] | None = None,
        **kwargs,
    ) -> None:
        super().__init__(**kwargs)
        self.num_experts = check_count("DSelectK", "num_experts", num_experts)
        self.num_selected = check_count("DSelectK", "num_selected", num_selected)
        if num_selected > num_experts:
            raise ValueError(
                "DSelectK: num_selected must be at most num_experts. Received: "
                f"num_selected={num_selected}, num_experts={num_experts}."
            )
        self.units = check_units("DSelectK", units)
        self.activation = activation
        self.dropout = check_dropout("DSelectK", dropout)
        self.entropy = check_number("DSelectK", "entropy", entropy)
        self.per_row = per_row
        self.tasks = check_tasks("DSelectK", tasks)
        self.experts = Experts(
            num_experts, units, activation, dropout, dtype=self.dtype_policy, name="experts"
        )

    def build(self, x_shape):
        tasks = need_tasks("DSelectK", self.tasks)
        self.experts.build(x_shape)
        self.selectors = Selectors(
            len(tasks),
            self.num_experts,
            self.num_selected,
            self.per_row,
            dtype=self.dtype_policy,
            name="selectors",
        )
        self.selectors.build(x_shape)

    def call(self, x, training=None):
        selectors, weights = self.selectors(x)
        if training and self.entropy:
            self.add_loss(self.entropy * entropy(selectors))
        if training and self.num_experts & (self.num_experts - 1):
            self.add_loss(unreachable(selectors))
        experts = representation(self.experts(x, training=training))
        gates = ops.cast(ops.sum(weights[..., None] * selectors, axis=2), experts.dtype)
        if self.per_row:
            h = mix(ops.transpose(gates, (1, 0, 2)), experts)
        else:
            h = ops.einsum("te,ebu->tbu", gates[0], experts)
        return dict(zip(self.tasks, ops.unstack(h, len(self.tasks)), strict=True))

    def gates(self, x) -> dict:
        """Weights of the experts, for watching which ones a task has selected.

        Args:
            x: `(batch_size, features)`, as in a call.

        Returns:
            A dict `{task: (rows, num_experts)}`; `rows` is 1 where all have the same weights.
        """
        selectors, weights = self.selectors(ops.cast(x, self.compute_dtype))
        gates = ops.sum(weights[..., None] * selectors, axis=2)
        return dict(zip(self.tasks, ops.unstack(gates, len(self.tasks), axis=1), strict=True))

    def compute_output_shape(self, x_shape):
        return dict.fromkeys(self.tasks, (*x_shape[:-1], self.units[-1]))

    def get_config(self):
        return {
            **super().get_config(),
            "num_experts": self.num_experts,
            "num_selected": self.num_selected,
            "units": self.units,
            "activation": activation_config(self.activation),
            "dropout": self.dropout,
            "entropy": self.entropy,
            "per_row": self.per_row,
            "tasks": self.tasks,
        }
