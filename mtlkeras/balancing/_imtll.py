"""Impartial losses."""

import math

import keras
from keras import ops

from ._checks import check_number
from ._weighting import LossWeighting


@keras.saving.register_keras_serializable("mtlkeras")
class IMTLL(LossWeighting):
    """Scales every loss to 1: `sum_k exp(s_k) L_k - s_k`, `s` trained with the model.

    Liu et al., "Towards Impartial Multi-task Learning" (2021). At the best `s_k = -log L_k` every
    scaled loss is 1, whatever its unit; it is twice `Uncertainty` with `-s`. `s` of a task
    without labels in the batch stays.

    Args:
        initial: The log scales `s` at the start.

    Example:
        >>> IMTLL()(keras.ops.array([0.3, 0.7])).numpy().tolist()
        [1.0, 1.0]
    """

    def __init__(self, initial: float = 0.0, **kwargs) -> None:
        super().__init__(**kwargs)
        check_number("IMTLL", "initial", initial, low=-math.inf)
        self.initial = initial

    def build(self, losses_shape):
        self.log_scales = self.add_weight(
            name="log_scales",
            shape=(losses_shape[0],),
            initializer=keras.initializers.Constant(self.initial),
        )

    def weigh(self, losses, active):
        return ops.exp(ops.convert_to_tensor(self.log_scales))

    def penalty(self, active=None):
        s = ops.convert_to_tensor(self.log_scales)
        return -ops.sum(s if active is None else ops.where(active, s, 0.0))

    def get_config(self):
        return {**super().get_config(), "initial": self.initial}
