"""Scenario-aware ranking network."""

from collections.abc import Sequence

import keras
from keras import ops

from .._layers import activation_config, masked_softmax, representation
from ._debias_experts import DebiasExperts
from ._mixing import mix
from ._prior import check_prior, prior_width
from ._scenario_dense import ScenarioDense
from ._scenarios import check_scenarios, need_scenarios, scenario_index
from ._tasks import check_count, check_dropout, check_tasks, check_units, need_tasks
from ._unseen import one_hot_with_unseen


@keras.saving.register_keras_serializable("mtlkeras")
class SARNet(keras.layers.Layer):
    """Features scaled by scenario, then its own and shared experts (SAR-Net, Shen et al., 2021).

    A row of scenario `s` is transformed by scales and shifts of its scenario, read by the
    experts that all scenarios share and by those of its own, and mixed for each task by a gate
    of each pair of task and scenario:

    `h_t = sum_e softmax(W_ts v)_e c_e(p) f_e(v)`, `v = a_s * x + b_s`,
    `c_e(p) = 2 sigmoid(w_e p + d_e)`.

    The fairness coefficients `c_e` weigh what biased logs say: they read the features that tell
    how a row was promoted by hand, named by `prior`, and are 1 without. Shen et al., "SAR-Net: A
    Scenario-Aware Ranking Network for Personalized Fair Recommendation in Hundreds of Travel
    Scenarios" (2021). The paper has one task; it weighs the predictions of its experts by the
    importance of a row, of which `c_e` is the form chosen here. Its two attention modules over
    the user's behaviour belong to the encoders of sequences, and nothing is batch-normalised, so
    that rows stay independent of each other while training too.

    Use it for many scenarios that share most of their structure, and where some of the rows were
    shown for other reasons than the ranking. Its cost grows with the number of scenarios.

    Args:
        num_scenario_experts: Experts of each scenario's own.
        num_shared_experts: Experts that all scenarios share.
        units: Widths of each expert's layers.
        prior: Names of the features that the fairness coefficients read.
        activation: Activation of the experts' layers.
        dropout: Share of the outputs of each of the experts' layers that training drops.
        tasks: Task names; `None` where a builder fills them in.
        num_scenarios: Number of scenarios; `None` where a builder fills it in.

    Call arguments:
        x: `(batch_size, features)`.
        scenario: Integers `(batch_size,)`.
        prior: Vectors of the prior features, `(batch_size, width)`; none by default.

    Returns:
        A dict `{task: (batch_size, units[-1])}`.

    A scenario unseen in training:
        Its features are left as they are, and only shared experts read them, mixed by the mean
        of the known scenarios' gates, which its rows do not train.

    Example:
        >>> trunk = SARNet(units=(8,), tasks=["click", "buy"], num_scenarios=2)
        >>> scenario = keras.ops.convert_to_tensor([0, 1])
        >>> trunk(keras.ops.ones((2, 5)), scenario=scenario)["buy"].shape
        TensorShape([2, 8])
    """

    takes = "vector"
    takes_scenario = True
    takes_prior = True

    def __init__(
        self,
        num_scenario_experts: int = 2,
        num_shared_experts: int = 4,
        units: Sequence[int] = (128, 64),
        prior: Sequence[str] = (),
        activation="relu",
        dropout: float = 0.0,
        tasks: Sequence[str] | None = None,
        num_scenarios: int | None = None,
        **kwargs,
    ) -> None:
        super().__init__(**kwargs)
        self.num_scenario_experts = check_count(
            "SARNet", "num_scenario_experts", num_scenario_experts
        )
        self.num_shared_experts = check_count("SARNet", "num_shared_experts", num_shared_experts)
        self.units = check_units("SARNet", units)
        self.prior = check_prior("SARNet", prior)
        self.activation = activation
        self.dropout = check_dropout("SARNet", dropout)
        self.tasks = check_tasks("SARNet", tasks)
        self.num_scenarios = check_scenarios("SARNet", num_scenarios)

    def build(self, x_shape, prior_shape=None):
        tasks, width = len(need_tasks("SARNet", self.tasks)), x_shape[-1]
        num, policy = need_scenarios("SARNet", self.num_scenarios), self.dtype_policy
        prior_width("SARNet", self.prior, prior_shape)
        self.scale = self.add_weight(name="scale", shape=(num, width), initializer="ones")
        self.shift = self.add_weight(name="shift", shape=(num, width), initializer="zeros")
        self.scale.scenario_axis = self.shift.scenario_axis = 0
        counts = (num, self.num_scenario_experts, self.num_shared_experts)
        options = {"activation": self.activation, "dropout": self.dropout, "dtype": policy}
        self.experts = DebiasExperts(counts, self.units, name="experts", **options)
        self.experts.build(x_shape, prior_shape)
        self.gate = ScenarioDense(
            tasks, num, sum(counts[1:]), use_bias=False, dtype=policy, name="gate"
        )
        self.gate.build(x_shape)

    def call(self, x, scenario=None, prior=None, training=None):
        v = self._transform(x, scenario)
        _, known = scenario_index(scenario, self.num_scenarios)
        shared = ops.arange(sum(self.experts.counts[1:])) < self.num_shared_experts
        gate = masked_softmax(self.gate(v, scenario), ops.logical_or(shared, known[:, None]))
        experts = representation(self.experts(v, scenario, prior, training=training))
        return dict(zip(self.tasks, ops.unstack(mix(gate, experts), len(self.tasks)), strict=True))

    def _transform(self, x, scenario):
        """`a_s * x + b_s`, and `x` for an unseen scenario."""
        rows = one_hot_with_unseen(scenario, self.num_scenarios, x.dtype)
        known, unseen = rows[:, :-1], rows[:, -1:]
        return x * (ops.matmul(known, self.scale) + unseen) + ops.matmul(known, self.shift)

    def compute_output_shape(self, x_shape):
        return dict.fromkeys(self.tasks, (*x_shape[:-1], self.units[-1]))

    def get_config(self):
        return {
            **super().get_config(),
            "num_scenario_experts": self.num_scenario_experts,
            "num_shared_experts": self.num_shared_experts,
            "units": self.units,
            "prior": self.prior,
            "activation": activation_config(self.activation),
            "dropout": self.dropout,
            "tasks": self.tasks,
            "num_scenarios": self.num_scenarios,
        }
