"""Impartial gradients."""

import keras

from ._gramian import rank_tolerance
from ._impartial import impartial_weights
from ._weighting import GramianWeighting


@keras.saving.register_keras_serializable("mtlkeras")
class IMTLG(GramianWeighting):
    """The update with the same projection on every task's unit gradient.

    `d = sum_k a_k g_k`, `sum_k a_k = 1`, with `d . g_k / |g_k|` equal for all `k`. Liu et al.,
    "Towards Impartial Multi-task Learning" (2021), which uses the gradients of the shared
    representation. Weights may be negative: for `g` and `-2 g` the update is `-5 g`.

    A task without labels in the batch, or whose gradient is 0, is left out. `IMTL` has the part
    of the paper that scales losses too.

    Example:
        >>> gramian = keras.ops.array([[1.0, 0.0], [0.0, 9.0]])
        >>> IMTLG()(keras.ops.ones(2), gramian).numpy().tolist()
        [0.75, 0.25]
    """

    may_be_negative = True

    def weigh(self, losses, gramian, active):
        return impartial_weights(gramian, active, rank_tolerance(gramian))
