"""A loss of one task that reads its parent's label and probability too."""

from abc import ABC, abstractmethod
from collections.abc import Mapping

import keras
from keras import ops

from ._log_space import remembered


class JointLoss(keras.losses.Loss, ABC):
    """Cross-entropy over all impressions and a term that needs the parent.

    It is called with dicts of all tasks, which `MultiTaskModel` does for losses whose attribute
    `joint` is true. A row without the task's own label has no part in it.

    Args:
        task: Name of the child.
        parent: Name of its parent.
        name: Name of the loss.
    """

    joint = True
    # What its task's output answers, for `mtlkeras.evaluate`.
    kind = "binary"

    def __init__(self, task: str, parent: str, name: str | None = None, dtype=None) -> None:
        super().__init__(name=name, reduction="mean_with_sample_weight", dtype=dtype)
        self.task = task
        self.parent = parent
        self.entropy = keras.losses.BinaryCrossentropy(
            reduction="mean_with_sample_weight", dtype=dtype
        )

    def __call__(self, y_true, y_pred, sample_weight=None):
        """Computes the loss of a batch.

        Args:
            y_true: Task to labels `(batch_size,)`.
            y_pred: Task to probabilities `(batch_size, 1)` as the funnel gave them.
            sample_weight: Task to weights `(batch_size,)`, weights of all tasks, or `None`.
        """
        self._check(y_true, y_pred)
        with keras.name_scope(self.name):
            weight = self.weights(y_pred, sample_weight)
            entire = self.entropy(
                y_true[self.task], y_pred[self.task], sample_weight=weight[self.task]
            )
            return self.total(entire, y_true, y_pred, weight)

    @abstractmethod
    def total(self, entire, y_true, y_pred, weight):
        """The loss.

        Args:
            entire: Cross-entropy of the child over all impressions.
            y_true: Task to labels.
            y_pred: Task to probabilities.
            weight: Weights `(batch_size,)` of parent and child.
        """

    def _check(self, y_true, y_pred) -> None:
        for what, given in (("labels", y_true), ("predictions", y_pred)):
            known = given if isinstance(given, Mapping) else {}
            if any(task not in known for task in (self.parent, self.task)):
                received = sorted(known) if known else type(given).__name__
                raise ValueError(
                    f"{type(self).__name__} of {self.task!r} reads the {what} of {self.parent!r} "
                    f"and {self.task!r}. Received: {received}. Compile a mtlkeras.MultiTaskModel "
                    "that has both as outputs."
                )

    def weights(self, y_pred, sample_weight) -> dict:
        """Weights `(batch_size,)` of parent and child; ones where there are none."""
        found = {}
        for task in (self.parent, self.task):
            given = sample_weight.get(task) if isinstance(sample_weight, Mapping) else sample_weight
            p = self.column(y_pred[task])
            found[task] = ops.ones_like(p) if given is None else self.column(given)
        return found

    def seen(self, weight):
        """Weights `(batch_size,)` of rows of which the child's and the parent's labels are known.

        Args:
            weight: Weights of parent and child.
        """
        return weight[self.task] * ops.cast(weight[self.parent] > 0, self.dtype)

    def column(self, values):
        """Values `(batch_size,)` of this loss's type."""
        return ops.reshape(ops.cast(values, self.dtype), (-1,))

    def part(self, y_pred, name: str):
        """What the child's probability remembers, `(batch_size,)`, or `None`."""
        found = remembered(y_pred[self.task], name)
        return None if found is None else self.column(found)

    def need(self, y_pred, name: str):
        """What the child's probability remembers, `(batch_size,)`."""
        found = self.part(y_pred, name)
        if found is None:
            raise ValueError(
                f"{type(self).__name__} of {self.task!r} needs the {name!r} that the funnel "
                "hands on with its output, but the prediction has none: something between the "
                "funnel and the loss made a new tensor. Use the funnel's own outputs as outputs "
                "of the model; only mtlkeras.heads.funnels.Step may follow."
            )
        return found

    def mean(self, values, weight):
        """Mean of row values `(batch_size,)`, 0 where all weights are 0."""
        return super().__call__(values, values, sample_weight=weight)

    def call(self, y_true, y_pred):
        return y_pred

    def get_config(self):
        return {"task": self.task, "parent": self.parent, "name": self.name}
