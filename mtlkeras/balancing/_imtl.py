"""Impartial losses and gradients."""

import keras
from keras import ops

from ._checks import check_number
from ._gramian import rank_tolerance
from ._impartial import impartial_weights
from ._state import TaskAdam, add_state, read
from ._weighting import GramianWeighting


@keras.saving.register_keras_serializable("mtlkeras")
class IMTL(GramianWeighting):
    """`IMTLG` on the gradients of the scaled losses `exp(s_k) L_k`, whose `s` is that of `IMTLL`.

    `d = sum_k a_k exp(s_k) g_k`, with the `a` that `IMTLG` has for the gradients
    `exp(s_k) g_k`; `s` descends `sum_k exp(s_k) L_k - s_k`, whose minimum `exp(s_k) = 1 / L_k`
    makes every scaled loss 1. Liu et al., "Towards Impartial Multi-task Learning" (2021), which
    uses the gradients of the shared representation. In a model, heads get the gradients of the
    scaled losses.

    `s` starts at 0, is trained by an Adam of its own and saved with the model; that of a task
    without labels in the batch stays.

    Args:
        learning_rate: Step size of `s`.

    Example:
        >>> gramian = keras.ops.array([[1.0, 0.0], [0.0, 9.0]])
        >>> IMTL()(keras.ops.ones(2), gramian).numpy().tolist()
        [0.75, 0.25]
    """

    may_be_negative = True

    def __init__(self, learning_rate: float = 1e-3, **kwargs) -> None:
        super().__init__(**kwargs)
        check_number("IMTL", "learning_rate", learning_rate, open_low=True)
        self.learning_rate = learning_rate

    def build(self, losses_shape):
        self.log_scales = add_state(self, "log_scales", (losses_shape[0],))
        self._adam = TaskAdam(self, losses_shape[0], self.learning_rate)

    def head_weights(self, losses):
        return ops.cast(ops.exp(read(self.log_scales)), losses.dtype)

    def weigh(self, losses, gramian, active):
        scales = ops.exp(ops.cast(self.log_scales, "float64"))
        tolerance = rank_tolerance(gramian)
        gramian = ops.cast(gramian, "float64") * scales[:, None] * scales[None, :]
        weights = scales * impartial_weights(gramian, active, tolerance)
        self._adam.step(self.log_scales, scales * ops.cast(losses, "float64") - 1.0, active)
        return weights

    def get_config(self):
        return {**super().get_config(), "learning_rate": self.learning_rate}
