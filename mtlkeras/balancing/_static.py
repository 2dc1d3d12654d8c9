"""Weights that stay as they are."""

from collections.abc import Sequence

import keras
from keras import ops

from ._checks import check_numbers
from ._weighting import LossWeighting


@keras.saving.register_keras_serializable("mtlkeras")
class Static(LossWeighting):
    """Fixed weights, `sum_k w_k L_k`; all 1 where left out.

    The baseline of every comparison. In a model, `loss_weights` names weights by task.

    Args:
        weights: One weight a task, in the order of `model.tasks`.

    Example:
        >>> Static([1.0, 0.5])(keras.ops.array([0.3, 0.7])).numpy().tolist()
        [1.0, 0.5]
    """

    may_be_negative = True

    def __init__(self, weights: Sequence[float] | None = None, **kwargs) -> None:
        super().__init__(**kwargs)
        if weights is not None:
            check_numbers("Static", "weights", weights, low=0)
        self.fixed = None if weights is None else tuple(weights)

    def build(self, losses_shape):
        if self.fixed is not None and len(self.fixed) != losses_shape[0]:
            raise ValueError(
                f"Static: weights must have one number for each of the {losses_shape[0]} tasks. "
                f"Received: weights={list(self.fixed)!r}."
            )

    def weigh(self, losses, active):
        if self.fixed is None:
            return ops.ones_like(losses)
        return ops.convert_to_tensor(self.fixed, dtype=losses.dtype)

    def get_config(self):
        return {**super().get_config(), "weights": self.fixed}
