"""Gates on features and on the layers of each task's tower."""

import keras

from ._gate_unit import GateUnit
from ._ppnet import PPNet
from ._prior import beside


@keras.saving.register_keras_serializable("mtlkeras")
class PEPNet(PPNet):
    """Features and layers weighed by scenario and prior (PEPNet, Chang et al., 2023).

    Scenarios gate the features, `EPNet`, and rows the layers of each task's tower, `PPNet`:

    `h_t0 = d * x`, `d = 2 sigmoid(V relu(U [e_s, stop(x)] + c) + a)`;
    `h_tl = d_tl * f(W_tl h_t,l-1 + b_tl)`,
    `d_tl = 2 sigmoid(V_tl relu(U_tl [e_s, p, stop(d * x)] + c_tl) + a_tl)`,

    with a learned vector `e_s` of the scenario and prior features `p`, e.g. of the user and the
    item, which as in the paper only the towers' gates read. Gates weigh the outputs of layers;
    no gate's gradient reaches what it reads of `x`. All `V` and `a` 0 is a network a task. Chang
    et al., "PEPNet: Parameter and Embedding Personalized Network for Infusing with Personalized
    Prior Information" (2023).

    Use it for several tasks in several scenarios at once, with the ids of user and item in
    `prior`.

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
        >>> trunk = PEPNet(units=(8,), tasks=["click", "buy"], num_scenarios=2)
        >>> scenario, user = keras.ops.convert_to_tensor([0, 1]), keras.ops.ones((2, 3))
        >>> trunk(keras.ops.ones((2, 5)), scenario=scenario, prior=user)["buy"].shape
        TensorShape([2, 8])
    """

    def build_gate(self, x_shape) -> None:
        policy, features = self.dtype_policy, x_shape[-1]
        self.gate = GateUnit((), features, self.gate_units, dtype=policy, name="gate")
        self.gate.build((None, self.dim + features))

    def gated(self, x, vector):
        return self.gate(beside(x, vector)) * x
