"""Shared experts, scenarios' experts and tasks' experts, balanced."""

from collections.abc import Sequence

import keras
from keras import ops

from .._layers import MLP, activation_config, masked_softmax, representation
from ._balance import balance
from ._experts import Experts
from ._mixing import mix
from ._scenario_dense import ScenarioDense
from ._scenarios import check_scenarios, need_scenarios, one_hot_scenarios
from ._star_dense import StarDense
from ._tasks import check_count, check_dropout, check_tasks, check_units, need_tasks


@keras.saving.register_keras_serializable("mtlkeras")
class M3oE(keras.layers.Layer):
    """Experts of all, of each scenario and of each task, balanced (M3oE, Zhang et al., 2024).

    A star layer tells scenarios apart: `z = f(A (x (W_s * W) + b_s + b)) + f(B x)`, with
    element-wise `*`. In scenario `s`, task `t` reads shared experts `f_e`, scenarios' `d_i` and
    tasks' `k_j`, then a tower of its own for every pair of scenario and task:

    `h_t = g_ts(sum_e softmax(V_ts stop(z))_e f_e(z) + a_d D_s + a_t K_t)`,
    `D_s = b_d d_s(z) + (1 - b_d) / (S - 1) sum_i d_i(z)`, over the scenarios `i != s`,
    `K_t = b_t k_t(z) + (1 - b_t) / (T - 1) sum_j k_j(z)`, over the tasks `j != t`,

    with four scalars `a_d`, `a_t`, `b_d`, `b_t` between 0 and 1, sigmoids of learned ones. The
    paper finds these by AutoML; here they are trained with all else, as in the authors' code, from
    0.5 on. Gates do not train `z`, as there; its layer normalisation is left
    out, so that experts are those of the other trunks. Zhang et al., "M3oE: Multi-Domain
    Multi-Task Mixture-of Experts Recommendation Framework" (2024).

    Use it for several tasks in several scenarios, where it is not known which of the two differ
    more: the balance is learned.

    Args:
        num_experts: Number of experts that all share.
        units: Widths of each expert's layers; the towers have the last.
        star_units: Widths of the star layer and of the dense layers above it.
        activation: Activation of experts, towers and the layers above the star layer.
        dropout: Share of the outputs of experts' layers that training drops.
        tasks: Task names; `None` where a builder fills them in.
        num_scenarios: Number of scenarios; `None` where a builder fills it in.

    Call arguments:
        x: `(batch_size, features)`.
        scenario: Integers `(batch_size,)`.

    Returns:
        A dict `{task: (batch_size, units[-1])}`.

    A scenario unseen in training:
        `W_s = 1` and `b_s = 0`, `D_s` is the mean of all `d_i`, gates and towers have the mean of
        the known scenarios' parameters. Its rows train what scenarios share.

    Example:
        >>> trunk = M3oE(units=(8,), tasks=["click", "buy"], num_scenarios=2)
        >>> scenario = keras.ops.convert_to_tensor([0, 1])
        >>> trunk(keras.ops.ones((2, 5)), scenario=scenario)["buy"].shape
        TensorShape([2, 8])
    """

    takes = "vector"
    takes_scenario = True

    def __init__(
        self,
        num_experts: int = 4,
        units: Sequence[int] = (64,),
        star_units: Sequence[int] = (128, 64),
        activation="relu",
        dropout: float = 0.0,
        tasks: Sequence[str] | None = None,
        num_scenarios: int | None = None,
        **kwargs,
    ) -> None:
        super().__init__(**kwargs)
        self.num_experts = check_count("M3oE", "num_experts", num_experts)
        self.units = check_units("M3oE", units)
        self.star_units = check_units("M3oE", star_units, "star_units")
        self.activation = activation
        self.dropout = check_dropout("M3oE", dropout)
        self.tasks = check_tasks("M3oE", tasks)
        self.num_scenarios = check_scenarios("M3oE", num_scenarios)

    def build(self, x_shape):
        tasks, policy = len(need_tasks("M3oE", self.tasks)), self.dtype_policy
        num, act = need_scenarios("M3oE", self.num_scenarios), self.activation
        self.star = StarDense((), num, self.star_units[0], dtype=policy, name="star")
        self.above_star = MLP(self.star_units[1:], act, dtype=policy, name="above_star")
        self.skip = MLP(self.star_units[-1:], act, dtype=policy, name="skip")
        count, options = self.num_experts + num + tasks, (self.units, act, self.dropout)
        self.experts = Experts(count, *options, dtype=policy, name="experts")
        options = {"use_bias": False, "dtype": policy, "name": "gates"}
        self.gates = ScenarioDense(tasks, num, self.num_experts, **options)
        self.towers = ScenarioDense(tasks, num, self.units[-1], act, dtype=policy, name="towers")
        self.star.build(x_shape)
        self.above_star.build((None, self.star_units[0]))
        self.skip.build(x_shape)
        self.experts.build((None, self.star_units[-1]))
        self.gates.build((None, self.star_units[-1]))
        self.towers.build((tasks, None, self.units[-1]))
        self.scenario_share = self.add_weight((), "zeros", name="scenario_share")
        self.task_share = self.add_weight((), "zeros", name="task_share")
        # One alone has no others to be balanced with.
        if num > 1:
            self.own_scenario = self.add_weight((), "zeros", name="own_scenario")
        if tasks > 1:
            self.own_task = self.add_weight((), "zeros", name="own_task")

    def call(self, x, scenario=None, training=None):
        z = self.above_star(self.star(x, scenario)) + self.skip(x)
        gates = masked_softmax(self.gates(ops.stop_gradient(z), scenario), None)
        of_scenario, known = self._of_scenario(scenario)
        rows = ops.zeros_like(gates[..., :1])
        weights = [gates, rows + of_scenario, rows + self._of_task()[:, None]]
        experts = self.experts(z, training=training)
        # Rows of an unseen scenario do not train the experts of the known ones.
        first, last = self.num_experts, self.num_experts + self.num_scenarios
        shared, own, of_tasks = ops.split(experts, [first, last])
        own = ops.where(known, own, ops.stop_gradient(own))
        experts = representation(ops.concatenate([shared, own, of_tasks]))
        h = mix(ops.concatenate(weights, axis=-1), experts)
        h = ops.unstack(self.towers(h, scenario), len(self.tasks))
        return dict(zip(self.tasks, h, strict=True))

    def _of_scenario(self, scenario):
        """Weights of the scenarios' experts, `(batch_size, scenarios)`, and whose are known."""
        num = self.num_scenarios
        own = one_hot_scenarios(scenario, num, self.compute_dtype)
        known = ops.any(own > 0, axis=-1, keepdims=True)
        weights = own if num == 1 else balance(self.own_scenario, own)
        return ops.sigmoid(self.scenario_share) * ops.where(known, weights, 1 / num), known

    def _of_task(self):
        """Each task's weights of the tasks' experts, `(tasks, tasks)`."""
        own = ops.eye(len(self.tasks), dtype=self.compute_dtype)
        weights = own if len(self.tasks) == 1 else balance(self.own_task, own)
        return ops.sigmoid(self.task_share) * weights

    def compute_output_shape(self, x_shape):
        return dict.fromkeys(self.tasks, (*x_shape[:-1], self.units[-1]))

    def get_config(self):
        return {
            **super().get_config(),
            "num_experts": self.num_experts,
            "units": self.units,
            "star_units": self.star_units,
            "activation": activation_config(self.activation),
            "dropout": self.dropout,
            "tasks": self.tasks,
            "num_scenarios": self.num_scenarios,
        }
