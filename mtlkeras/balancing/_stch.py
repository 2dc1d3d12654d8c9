"""A smooth maximum of the losses."""

from collections.abc import Sequence

import keras
from keras import ops

from ._checks import check_number, check_numbers, check_one_a_task
from ._losses import count_active, softmax_of_active
from ._weighting import LossWeighting


@keras.saving.register_keras_serializable("mtlkeras")
class STCH(LossWeighting):
    """Smooth Tchebycheff: `mu log sum_k exp(p_k (L_k - z_k) / mu)` as the total.

    Its gradient has the weights `w_k = p_k softmax(p (L - z) / mu)_k`: the smaller `mu`, the more
    the task with the largest weighed loss is trained alone. Lin et al., "Smooth Tchebycheff
    Scalarization for Multi-Objective Optimization" (2024). Losses must be of comparable size. A
    task without labels in the batch is left out.

    Args:
        mu: Smoothness.
        preferences: `p`, above 0, one a task in the order of `model.tasks`; by default one over
            the number of tasks with labels.
        ideal: `z`, the least loss that each task could have; by default 0.

    Example:
        >>> weights = STCH(mu=1.0)(keras.ops.array([0.7, 0.7]))
        >>> weights.numpy().tolist()
        [0.25, 0.25]
    """

    def __init__(
        self,
        mu: float = 0.1,
        preferences: Sequence[float] | None = None,
        ideal: Sequence[float] | None = None,
        **kwargs,
    ) -> None:
        super().__init__(**kwargs)
        check_number("STCH", "mu", mu, open_low=True)
        if preferences is not None:
            check_numbers("STCH", "preferences", preferences, low=0, open_low=True)
        if ideal is not None:
            check_numbers("STCH", "ideal", ideal)
        self.mu = mu
        self.preferences = preferences
        self.ideal = ideal

    def build(self, losses_shape):
        check_one_a_task("STCH", "preferences", self.preferences, losses_shape[0])
        check_one_a_task("STCH", "ideal", self.ideal, losses_shape[0])

    def weigh(self, losses, active):
        if self.preferences is None:
            preferences = ops.ones_like(losses) / count_active(active, losses.dtype)
        else:
            preferences = ops.convert_to_tensor(self.preferences, dtype=losses.dtype)
        ideal = 0.0 if self.ideal is None else ops.convert_to_tensor(self.ideal, losses.dtype)
        return preferences * softmax_of_active(preferences * (losses - ideal) / self.mu, active)

    def get_config(self):
        own = {"mu": self.mu, "preferences": self.preferences, "ideal": self.ideal}
        return {**super().get_config(), **own}
