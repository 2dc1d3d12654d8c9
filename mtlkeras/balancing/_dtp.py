"""Weights after how hard the tasks are."""

from collections.abc import Sequence

import keras
from keras import ops

from ._checks import check_number, check_one_a_task, each
from ._state import add_state
from ._weighting import LossWeighting


@keras.saving.register_keras_serializable("mtlkeras")
class DTP(LossWeighting):
    """Dynamic task prioritisation: `w_k = -(1 - q_k)^gamma log q_k`, as a focal loss over tasks.

    `q_k` in `(0, 1)` tells how well a task goes, as a moving average. Guo et al., "Dynamic Task
    Prioritization for Multitask Learning" (2018), which takes accuracies; in a step there is the
    loss alone, so `q_k` is `exp(-L_k)`, for a cross-entropy the likelihood of the labels.
    `observe` takes any other measure instead. Hard tasks get the larger weights, at
    `gamma = 0` the smoothed losses themselves. The paper's priorities among the rows of a task
    are its focal loss, `focal_gamma` of a task in the spec.

    The averages are saved with the model; that of a task without labels in the batch stays.

    Args:
        gamma: How much tasks that go well are left behind: one number, or one a task in the order
            of `model.tasks`.
        momentum: Share of the average before in the next.

    Example:
        >>> weights = DTP(gamma=0.0)(keras.ops.array([0.5, 2.0]))
        >>> [round(float(weight), 3) for weight in weights]
        [0.5, 2.0]
    """

    def __init__(
        self, gamma: float | Sequence[float] = 1.0, momentum: float = 0.9, **kwargs
    ) -> None:
        super().__init__(**kwargs)
        for one in each(gamma):
            check_number("DTP", "gamma", one)
        check_number("DTP", "momentum", momentum, high=1.0)
        self.gamma = gamma
        self.momentum = momentum

    def build(self, losses_shape):
        if not isinstance(self.gamma, int | float):
            check_one_a_task("DTP", "gamma", self.gamma, losses_shape[0])
        self.measures = add_state(self, "measures", (losses_shape[0],))
        self.seen = add_state(self, "seen", (losses_shape[0],), dtype="bool")
        self.observed = add_state(self, "observed", (losses_shape[0],), dtype="bool")

    def weigh(self, losses, active):
        likely = ops.exp(-ops.maximum(ops.cast(losses, self.measures.dtype), 0.0))
        self._average(likely, ops.logical_and(active, ops.logical_not(self.observed)))
        # No weight is infinite, nor is any 0 for good.
        q = ops.clip(self.measures, 1e-6, 1.0 - 1e-6)
        return -ops.power(1.0 - q, ops.convert_to_tensor(self.gamma, q.dtype)) * ops.log(q)

    def observe(self, measures, active=None) -> None:
        """Takes a measure of the tasks, from then on instead of their losses.

        Args:
            measures: `(tasks,)`, in `(0, 1)`, the larger the better, e.g. accuracies.
            active: Bool `(tasks,)`: of which tasks, `None` for all.
        """
        measures = ops.convert_to_tensor(measures, self.variable_dtype)
        if not self.built:
            self.build(tuple(measures.shape))
        active = ops.ones(measures.shape, "bool") if active is None else active
        self._average(measures, active)
        self.observed.assign(ops.logical_or(self.observed, active))

    def _average(self, measures, active):
        mixed = self.momentum * self.measures + (1.0 - self.momentum) * measures
        mixed = ops.where(self.seen, mixed, measures)
        self.measures.assign(ops.where(active, mixed, self.measures))
        self.seen.assign(ops.logical_or(self.seen, active))

    def get_config(self):
        return {**super().get_config(), "gamma": self.gamma, "momentum": self.momentum}
