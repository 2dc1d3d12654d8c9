"""Watches the weights of tasks, and stops training where one is unfit."""

from collections.abc import Sequence

import numpy as np
import tensorflow as tf

from ..balancing import WeightingError


class WeightGuard:
    """Remembers the weights and losses of the last step, or of the first that went wrong.

    Steps that run several at once cannot raise, under XLA not at all: they write into a variable,
    which is read when an execution has ended.

    Args:
        name: Name of the weighting.
        tasks: Names of the tasks.
        may_be_negative: Whether weights below 0 are fit.
    """

    def __init__(self, name: str, tasks: Sequence[str], may_be_negative: bool) -> None:
        self.name = name
        self.tasks = tuple(tasks)
        self.may_be_negative = may_be_negative
        # The step that went wrong, 0 where none has; then a weight and a loss for each task.
        self.record = tf.Variable(
            tf.zeros(1 + 2 * len(self.tasks), "float64"),
            trainable=False,
            aggregation=tf.VariableAggregation.ONLY_FIRST_REPLICA,
        )

    def see(self, step, weights: tf.Tensor, losses: tf.Tensor, excused=False) -> None:
        """Called by each step.

        Args:
            step: Number of the step, from 1.
            weights: `(tasks,)`.
            losses: `(tasks,)`.
            excused: Whether weights may be what they are.
        """
        fit = tf.reduce_all(tf.math.is_finite(weights))
        if not self.may_be_negative:
            # Rounding is no sign.
            least = -1e-5 * tf.reduce_max(tf.abs(weights))
            fit &= tf.reduce_all(weights >= least)
        step = tf.cast(step, "float64")
        wrong = tf.where(fit | excused, tf.zeros_like(step), step)
        seen = tf.cast(tf.concat([weights, losses], axis=0), "float64")
        record = self.record.read_value()
        self.record.assign(tf.where(record[0] > 0, record, tf.concat([wrong[None], seen], axis=0)))

    @property
    def weights(self) -> dict[str, float]:
        """Task to its weight in the last step."""
        values = np.array(tf.convert_to_tensor(self.record))
        return dict(zip(self.tasks, map(float, values[1 : 1 + len(self.tasks)]), strict=True))

    def check(self) -> None:
        """Raises where a step since the last check had an unfit weight.

        Raises:
            WeightingError: If a weight was not finite, or negative and may not be.
        """
        step, *values = np.array(tf.convert_to_tensor(self.record))
        if not step:
            return
        self.record.assign(tf.zeros_like(self.record))
        weights, losses = np.split(np.array(values), 2)
        fit = np.isfinite(weights) & (self.may_be_negative | (weights >= 0))
        unfit = [(task, w) for task, w, ok in zip(self.tasks, weights, fit, strict=True) if not ok]
        what = "finite" if self.may_be_negative else "finite and at least 0"
        weights = ", ".join(f"{task!r} got {weight:g}" for task, weight in unfit)
        told = ", ".join(f"{t} {loss:g}" for t, loss in zip(self.tasks, losses, strict=True))
        raise WeightingError(
            f"Weights by {self.name} should be {what}. In step {int(step)} of the training, task "
            f"{weights}; the losses were {told}. Try a smaller learning_rate, look at the rows of "
            "tasks whose loss is not finite, or take another weighting."
        )
