"""Weights learned as the tasks' uncertainty."""

import math
from collections.abc import Sequence

import keras
from keras import ops

from ._checks import check_choice, check_number, check_one_a_task
from ._weighting import LossWeighting

_FACTORS = {"regression": 0.5, "classification": 1.0}


@keras.saving.register_keras_serializable("mtlkeras")
class Uncertainty(LossWeighting):
    """Homoscedastic uncertainty: `sum_k exp(-s_k) L_k / 2 + s_k / 2`, `s` trained with the model.

    Kendall, Gal and Cipolla, "Multi-Task Learning Using Uncertainty to Weigh Losses for Scene
    Geometry and Semantics" (2018). That is the form for regressions; the one for classifications
    has `exp(-s_k) L_k + s_k / 2`. At the best `s_k = log L_k`, or `log 2 L_k`, every task counts
    one half, whatever its unit. `s` of a task without labels in the batch stays.

    Args:
        initial: The log variances `s` at the start.
        forms: `"regression"` or `"classification"` for all tasks, or one of them a task, in the
            order of `model.tasks`.

    Example:
        >>> Uncertainty()(keras.ops.array([0.3, 0.7])).numpy().tolist()
        [0.5, 0.5]
        >>> weighting = Uncertainty(forms=["classification", "regression"])
        >>> weighting(keras.ops.array([0.3, 0.7])).numpy().tolist()
        [1.0, 0.5]
    """

    def __init__(
        self, initial: float = 0.0, forms: str | Sequence[str] = "regression", **kwargs
    ) -> None:
        super().__init__(**kwargs)
        check_number("Uncertainty", "initial", initial, low=-math.inf)
        for form in [forms] if isinstance(forms, str) else forms:
            check_choice("Uncertainty", "forms", form, tuple(_FACTORS))
        self.initial = initial
        self.forms = forms

    def build(self, losses_shape):
        if not isinstance(self.forms, str):
            check_one_a_task("Uncertainty", "forms", self.forms, losses_shape[0])
        self.log_variances = self.add_weight(
            name="log_variances",
            shape=(losses_shape[0],),
            initializer=keras.initializers.Constant(self.initial),
        )

    def weigh(self, losses, active):
        s = ops.convert_to_tensor(self.log_variances)
        if isinstance(self.forms, str):
            return ops.exp(-s) * _FACTORS[self.forms]
        return ops.exp(-s) * ops.convert_to_tensor([_FACTORS[f] for f in self.forms], s.dtype)

    def penalty(self, active=None):
        s = ops.convert_to_tensor(self.log_variances)
        return ops.sum(s if active is None else ops.where(active, s, 0.0)) / 2

    def get_config(self):
        return {**super().get_config(), "initial": self.initial, "forms": self.forms}
