"""The losses of a model's tasks: one value a task, over the rows that have its label."""

from collections.abc import Mapping

import keras
import tensorflow as tf

from .._spelling import check_names
from ._means import Means
from ._pace import Pace


class TaskLosses:
    """Losses, loss weights and loss trackers of all tasks.

    A loss with the attribute `joint` is called with the dicts of all tasks: that of a child in a
    funnel reads the label of its parent.

    Args:
        losses: Task to loss.
        weights: Task to factor of its loss in the sum.
    """

    def __init__(self, losses: Mapping[str, keras.losses.Loss], weights: Mapping[str, float]):
        self.losses = dict(losses)
        self.weights = [float(weights[task]) for task in self.losses]
        self.means = Means([f"{task}_loss" for task in self.losses], name="task_losses")
        self.trackers = self.means.each()
        self.pace = Pace(list(self.losses))

    def select(self, y, sample_weight) -> tuple[dict, dict | None]:
        """Labels and weights of these tasks, one of each for every task.

        Args:
            y: Dict of labels; those of other tasks are left out.
            sample_weight: Dict of weights, weights of all tasks, or `None`.

        Raises:
            ValueError: If a task has no labels, or weights have none.
        """
        given = y if isinstance(y, Mapping) else {}
        missing = [task for task in self.losses if task not in given]
        if missing:
            raise ValueError(
                "Labels must be a dict with an entry for every task. Received none for "
                f"{', '.join(map(repr, missing))}. Where some rows lack a label, give 0 there "
                "and the sample weight 0."
            )
        labels = {task: y[task] for task in self.losses}
        if sample_weight is None:
            return labels, None
        if not isinstance(sample_weight, Mapping):
            return labels, dict.fromkeys(self.losses, sample_weight)
        check_names("Sample weights", sample_weight, y, "labels")
        return labels, {
            task: sample_weight[task] if task in sample_weight else tf.ones(tf.shape(label)[:1])
            for task, label in labels.items()
        }

    def __call__(
        self, y, y_pred, sample_weight, track: bool = True
    ) -> tuple[list[tf.Tensor], list[tf.Tensor]]:
        """Computes and tracks the losses of a batch.

        A task's logged loss is the mean over all its labelled rows of the epoch, not the mean
        of batch means, of which some may be over few rows or none.

        Args:
            y: Task to labels.
            y_pred: Task to predictions.
            sample_weight: Task to weights `(batch_size,)`, or `None`.
            track: Whether the logs are to have them.

        Returns:
            Scalar losses times their weights and their pace, and for each whether it counts:
            whether it has a row with a label, and a weight and a pace above 0.
        """
        values, counts, active = [], [], []
        paces = self.pace.values()
        weights = [weight * pace for weight, pace in zip(self.weights, paces, strict=True)]
        for (task, loss), weight in zip(self.losses.items(), weights, strict=True):
            row_weight = None if sample_weight is None else sample_weight[task]
            if getattr(loss, "joint", False):
                value = loss(y, y_pred, sample_weight)
            else:
                value = loss(y[task], y_pred[task], sample_weight=row_weight)
            value = tf.cast(value, "float32")
            if value.shape.rank != 0:
                raise ValueError(
                    f"Task {task!r}: its loss must be one number a batch. Received: shape "
                    f"{tuple(value.shape)} with reduction={loss.reduction!r}. Set "
                    "reduction='mean_with_sample_weight'."
                )
            rows = tf.cast(tf.shape(y_pred[task])[0], "float32")
            labelled = rows
            if row_weight is not None:
                labelled = tf.reduce_sum(tf.cast(row_weight, "float32"))
            by_weight = loss.reduction == "mean_with_sample_weight"
            counts.append(labelled if by_weight else rows)
            values.append(value)
            active.append((labelled > 0) & (weight > 0))
        replicas = tf.distribute.get_strategy().num_replicas_in_sync
        if track:
            self.means.update_state(tf.stack(values) * replicas, counts)
        return [weight * value for weight, value in zip(weights, values, strict=True)], active
