"""Weights learned as the tasks' uncertainty."""

import keras
from keras import ops

from ._weighting import LossWeighting


@keras.saving.register_keras_serializable("mtlkeras")
class Uncertainty(LossWeighting):
    """Homoscedastic uncertainty: `sum_k exp(-s_k) L_k / 2 + s_k / 2`, `s` trained with the model.

    Kendall, Gal and Cipolla, "Multi-Task Learning Using Uncertainty to Weigh Losses for Scene
    Geometry and Semantics" (2018), in the form for regressions. At the best `s_k = log L_k` every
    task counts one half, whatever its unit. `s` of a task without labels in the batch stays.

    Args:
        initial: The log variances `s` at the start.

    Example:
        >>> Uncertainty()(keras.ops.array([0.3, 0.7])).numpy().tolist()
        [0.5, 0.5]
    """

    def __init__(self, initial: float = 0.0, **kwargs) -> None:
        super().__init__(**kwargs)
        self.initial = initial

    def build(self, losses_shape):
        self.log_variances = self.add_weight(
            name="log_variances",
            shape=(losses_shape[0],),
            initializer=keras.initializers.Constant(self.initial),
        )

    def weigh(self, losses, active):
        return ops.exp(-ops.convert_to_tensor(self.log_variances)) / 2

    def penalty(self, active=None):
        s = ops.convert_to_tensor(self.log_variances)
        return ops.sum(s if active is None else ops.where(active, s, 0.0)) / 2

    def get_config(self):
        return {**super().get_config(), "initial": self.initial}
