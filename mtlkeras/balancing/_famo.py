"""Losses that fall at the same rate, without the tasks' gradients."""

import math
from collections.abc import Sequence

import keras
from keras import ops

from ._checks import check_number, check_one_a_task, each
from ._losses import softmax_of_active
from ._state import TaskAdam, add_state, read
from ._weighting import LossWeighting


@keras.saving.register_keras_serializable("mtlkeras")
class FAMO(LossWeighting):
    """Fast adaptive multitask optimisation: the logarithms of all losses fall equally fast.

    `w_k = c z_k / (L_k - b)`, `z = softmax(x)`, `c = 1 / sum_k z_k / (L_k - b)`: the gradient of
    `c sum_k z_k log(L_k - b)`, whose weights sum to 1. After the step, `update` takes the losses
    of the same batch before and after it: `x` goes by Adam against the gradient of
    `sum_k z_k (log(L_k before - b) - log(L_k after - b)) + decay |x|^2 / 2`, the decay being in
    the gradient as its authors have it. Liu et al., "FAMO: Fast Adaptive Multitask Optimization"
    (2023). It takes one backward pass and a second forward pass, which `fit` makes after each
    step on the same batch. Without `update` the weights stay those of `ScaleInvariant`, scaled.
    The authors' code clips the gradients of shared parameters to a norm of 1; here that is the
    optimizer's `global_clipnorm`.

    Logits and moments are saved with the model; those of a task without labels in the batch stay.

    Args:
        learning_rate: Step size of the logits.
        decay: L2 regularisation of the logits.
        least: `b`, what no loss goes below: one number, or one a task in the order of
            `model.tasks`.

    Example:
        >>> weighting = FAMO()
        >>> before, after = keras.ops.array([2.0, 1.0]), keras.ops.array([1.5, 1.0])
        >>> [round(float(weight), 3) for weight in weighting(before)]
        [0.333, 0.667]
        >>> weighting.update(before, after)
        >>> [round(float(weight), 3) for weight in weighting(before)]
        [0.322, 0.678]
    """

    compares_losses = True

    def __init__(
        self,
        learning_rate: float = 0.025,
        decay: float = 1e-3,
        least: float | Sequence[float] = 0.0,
        **kwargs,
    ) -> None:
        super().__init__(**kwargs)
        check_number("FAMO", "learning_rate", learning_rate, open_low=True)
        check_number("FAMO", "decay", decay)
        for one in each(least):
            check_number("FAMO", "least", one, low=-math.inf)
        self.learning_rate = learning_rate
        self.decay = decay
        self.least = least

    def build(self, losses_shape):
        if not isinstance(self.least, int | float):
            check_one_a_task("FAMO", "least", self.least, losses_shape[0])
        self.logits = add_state(self, "logits", (losses_shape[0],))
        self._adam = TaskAdam(self, losses_shape[0], self.learning_rate)

    def weigh(self, losses, active):
        shares = softmax_of_active(ops.cast(self.logits, losses.dtype), active)
        weights = shares / self._above(losses)
        return weights / ops.maximum(ops.sum(weights), 1e-30)

    def update(self, before, after, active=None) -> None:
        """Learns from what a step of the model did to the losses of a batch.

        Args:
            before: Losses that the weights were called with, `(tasks,)`.
            after: Losses of the same batch after the step, `(tasks,)`.
            active: Bool `(tasks,)`, as in the call.
        """
        before, after = ops.convert_to_tensor(before), ops.convert_to_tensor(after)
        if not self.built:
            self.build(tuple(before.shape))
        active = ops.ones(before.shape, "bool") if active is None else active
        fall = ops.log(self._above(before)) - ops.log(self._above(after))
        fall = ops.where(active, ops.cast(fall, self.logits.dtype), 0.0)
        shares = softmax_of_active(read(self.logits), active)
        gradient = shares * (fall - ops.sum(shares * fall)) + self.decay * self.logits
        self._adam.step(self.logits, gradient, active)

    def _above(self, losses):
        return ops.maximum(losses - ops.convert_to_tensor(self.least, losses.dtype), 0.0) + 1e-8

    def get_config(self):
        own = {"learning_rate": self.learning_rate, "decay": self.decay, "least": self.least}
        return {**super().get_config(), **own}
