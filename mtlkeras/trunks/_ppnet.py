"""Gates on the layers of each task's tower."""

from collections.abc import Sequence

import keras
from keras import ops

from .._layers import activation_config
from ._gated_towers import GatedTowers
from ._prior import beside, check_prior, prior_width
from ._scenario_embedding import ScenarioEmbedding
from ._scenarios import check_scenarios, need_scenarios
from ._tasks import check_count, check_dropout, check_tasks, check_units, need_tasks


@keras.saving.register_keras_serializable("mtlkeras")
class PPNet(keras.layers.Layer):
    """A tower a task, its layers gated by row and scenario (PPNet of PEPNet, Chang et al., 2023).

    With `h_t0 = x`, layer `l` of the tower of task `t` gives

    `h_tl = d_tl * f(W_tl h_t,l-1 + b_tl)`,
    `d_tl = 2 sigmoid(V_tl relu(U_tl [e_s, p, stop(x)] + c_tl) + a_tl)`,

    with a learned vector `e_s` of the scenario and prior features `p`, e.g. of the user and the
    item: a gate for each task and layer. Gates weigh the outputs of layers, as in the paper,
    `x` itself is not gated (`PEPNet` does that too). They read `x`, yet their gradient does not
    reach it. `V = 0`, `a = 0` is a network a task. Chang et al., "PEPNet: Parameter and
    Embedding Personalized Network for Infusing with Personalized Prior Information" (2023).

    Use it where tasks differ and much is known of a row beforehand, such as who the user is: name
    those features in `prior`.

    Args:
        units: Widths of each tower's layers.
        gate_units: Width of the hidden layer of each gate.
        dim: Width of the vector of a scenario.
        prior: Names of prior features, beside the scenario.
        activation: Activation of the towers.
        dropout: Share of each layer's outputs that training drops.
        tasks: Task names; `None` where a builder fills them in.
        num_scenarios: Number of scenarios; `None` where a builder fills it in.

    Call arguments:
        x: `(batch_size, features)`.
        scenario: Integers `(batch_size,)`.
        prior: Vectors of the prior features, `(batch_size, width)`; none by default.

    Returns:
        A dict `{task: (batch_size, units[-1])}`.

    A scenario unseen in training:
        It gets the gates of the mean of the known scenarios' vectors, which its rows do not train.

    Example:
        >>> trunk = PPNet(units=(8,), tasks=["click", "buy"], num_scenarios=2)
        >>> scenario, user = keras.ops.convert_to_tensor([0, 1]), keras.ops.ones((2, 3))
        >>> trunk(keras.ops.ones((2, 5)), scenario=scenario, prior=user)["buy"].shape
        TensorShape([2, 8])
    """

    takes = "vector"
    takes_scenario = True
    takes_prior = True

    def __init__(
        self,
        units: Sequence[int] = (128, 64),
        gate_units: int = 32,
        dim: int = 8,
        prior: Sequence[str] = (),
        activation="relu",
        dropout: float = 0.0,
        tasks: Sequence[str] | None = None,
        num_scenarios: int | None = None,
        **kwargs,
    ) -> None:
        super().__init__(**kwargs)
        label = type(self).__name__
        self.units = check_units(label, units)
        self.gate_units = check_count(label, "gate_units", gate_units)
        self.dim = check_count(label, "dim", dim)
        self.prior = check_prior(label, prior)
        self.activation = activation
        self.dropout = check_dropout(label, dropout)
        self.tasks = check_tasks(label, tasks)
        self.num_scenarios = check_scenarios(label, num_scenarios)

    def build(self, x_shape, prior_shape=None):
        label, policy = type(self).__name__, self.dtype_policy
        tasks, num = need_tasks(label, self.tasks), need_scenarios(label, self.num_scenarios)
        self.embedding = ScenarioEmbedding(num, self.dim, dtype=policy, name="embedding")
        self.embedding.build((None,))
        self.build_gate(x_shape)
        options = (self.units, self.gate_units, self.activation, self.dropout)
        self.towers = GatedTowers(len(tasks), *options, dtype=policy, name="towers")
        width = self.dim + prior_width(label, self.prior, prior_shape) + x_shape[-1]
        self.towers.build(x_shape, (None, width))

    def build_gate(self, x_shape) -> None:
        """Makes what `gated` needs: here nothing, features are taken as they are."""

    def gated(self, x, vector):
        """The features as the towers read them.

        Args:
            x: `(batch_size, features)`.
            vector: Vectors of the scenarios, `(batch_size, dim)`.
        """
        return x

    def call(self, x, scenario=None, prior=None, training=None):
        vector = self.embedding(scenario)
        x = self.gated(x, vector)
        h = self.towers(x, beside(x, vector, prior), training=training)
        return dict(zip(self.tasks, ops.unstack(h, len(self.tasks)), strict=True))

    def compute_output_shape(self, x_shape):
        return dict.fromkeys(self.tasks, (*x_shape[:-1], self.units[-1]))

    def get_config(self):
        return {
            **super().get_config(),
            "units": self.units,
            "gate_units": self.gate_units,
            "dim": self.dim,
            "prior": self.prior,
            "activation": activation_config(self.activation),
            "dropout": self.dropout,
            "tasks": self.tasks,
            "num_scenarios": self.num_scenarios,
        }
