"""Towers of scenarios that read each other's answers."""

from collections.abc import Sequence

import keras
from keras import ops

from .._layers import activation_config, masked_softmax, representation
from ._experts import Experts
from ._mixing import mix
from ._parallel import ParallelDense, ParallelMLP
from ._scenario_dense import ScenarioDense
from ._scenarios import check_scenarios, need_scenarios, one_hot_scenarios
from ._tasks import check_count, check_dropout, check_tasks, check_units, need_tasks


@keras.saving.register_keras_serializable("mtlkeras")
class HMoE(keras.layers.Layer):
    """Towers of all scenarios, mixed into an answer for each (HMoE, Li et al., 2020).

    Scenarios share experts `f_e`, as in `MMoE`, and each has for every task `t` a gate, a tower
    and a mixture of the towers of all. In scenario `s`

    `h_ti = g_ti(sum_e softmax(W_ti x)_e f_e(x))`, for all scenarios `i`;
    `h_t = v_s h_ts + sum_i v_i stop(h_ti)`, over `i != s`, with `v = softmax(V_ts x)`.

    What other scenarios' towers answer is read, yet not trained by rows of `s`. The paper mixes
    scores, and one task's; here the layers below them are mixed, so that heads of all kinds
    follow: where a head is linear, that is the same. One scenario alone is `MMoE` with a tower.
    Li et al., "Improving Multi-Scenario Learning to Rank in E-commerce by Exploiting Task
    Relationships in the Label Space" (2020).

    Use it where scenarios have users and items in common, and a small one is to lean on what
    large ones know.

    Args:
        num_experts: Number of experts.
        units: Widths of each expert's layers.
        tower_units: Widths of the layers of each scenario's towers.
        activation: Activation of experts and towers.
        dropout: Share of the outputs of each of their layers that training drops.
        tasks: Task names; `None` where a builder fills them in.
        num_scenarios: Number of scenarios; `None` where a builder fills it in.

    Call arguments:
        x: `(batch_size, features)`.
        scenario: Integers `(batch_size,)`.

    Returns:
        A dict `{task: (batch_size, tower_units[-1])}`.

    A scenario unseen in training:
        It gets a mixture of all known scenarios' towers, by the mean of their `V_t`. Its rows
        train nothing of the trunk.

    Example:
        >>> trunk = HMoE(tower_units=(8,), tasks=["click", "buy"], num_scenarios=2)
        >>> scenario = keras.ops.convert_to_tensor([0, 1])
        >>> trunk(keras.ops.ones((2, 5)), scenario=scenario)["buy"].shape
        TensorShape([2, 8])
    """

    takes = "vector"
    takes_scenario = True

    def __init__(
        self,
        num_experts: int = 8,
        units: Sequence[int] = (128, 64),
        tower_units: Sequence[int] = (32,),
        activation="relu",
        dropout: float = 0.0,
        tasks: Sequence[str] | None = None,
        num_scenarios: int | None = None,
        **kwargs,
    ) -> None:
        super().__init__(**kwargs)
        self.num_experts = check_count("HMoE", "num_experts", num_experts)
        self.units = check_units("HMoE", units)
        self.tower_units = check_units("HMoE", tower_units, "tower_units")
        self.activation = activation
        self.dropout = check_dropout("HMoE", dropout)
        self.tasks = check_tasks("HMoE", tasks)
        self.num_scenarios = check_scenarios("HMoE", num_scenarios)
        self.experts = Experts(
            num_experts, units, activation, dropout, dtype=self.dtype_policy, name="experts"
        )

    def build(self, x_shape):
        tasks, policy = len(need_tasks("HMoE", self.tasks)), self.dtype_policy
        num = need_scenarios("HMoE", self.num_scenarios)
        options = (self.tower_units, self.activation, self.dropout)
        self.gates = ParallelDense(
            (tasks, num), self.num_experts, use_bias=False, dtype=policy, name="gates"
        )
        self.towers = ParallelMLP((tasks, num), *options, dtype=policy, name="towers")
        self.experts.build(x_shape)
        self.gates.build(x_shape)
        self.towers.build((tasks, num, None, self.units[-1]))
        for variable in (*self.gates.variables, *self.towers.variables):
            variable.scenario_axis = 1
        if num > 1:
            self.relation = ScenarioDense(
                tasks, num, num, use_bias=False, dtype=policy, name="relation"
            )
            self.relation.build(x_shape)

    def call(self, x, scenario=None, training=None):
        tasks, num = len(self.tasks), self.num_scenarios
        experts = representation(self.experts(x, training=training))
        gates = ops.reshape(self.gates(x), (tasks * num, -1, self.num_experts))
        h = mix(masked_softmax(gates, None), experts)
        h = ops.reshape(h, (tasks, num, -1, self.units[-1]))
        h = self.towers(h, training=training)
        own = ops.transpose(one_hot_scenarios(scenario, num, "bool"))[..., None]
        h = ops.where(own, h, ops.stop_gradient(h))
        if num == 1:
            h = h[:, 0]
        else:
            weights = masked_softmax(self.relation(x, scenario), None)
            h = ops.sum(ops.transpose(weights, (0, 2, 1))[..., None] * h, axis=1)
        return dict(zip(self.tasks, ops.unstack(h, tasks), strict=True))

    def compute_output_shape(self, x_shape):
        return dict.fromkeys(self.tasks, (*x_shape[:-1], self.tower_units[-1]))

    def get_config(self):
        return {
            **super().get_config(),
            "num_experts": self.num_experts,
            "units": self.units,
            "tower_units": self.tower_units,
            "activation": activation_config(self.activation),
            "dropout": self.dropout,
            "tasks": self.tasks,
            "num_scenarios": self.num_scenarios,
        }
