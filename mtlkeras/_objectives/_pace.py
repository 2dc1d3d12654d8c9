"""How much each task takes part in training right now, changed without tracing anew."""

from collections.abc import Mapping, Sequence

import keras
import numpy as np
import tensorflow as tf

from .._spelling import check_names


class Pace:
    """A factor from 0 to 1 for the loss of each task, in a variable that steps read.

    Several may slow a task down, each under a name of its own; their factors are multiplied. A
    task with factor 0 trains nothing, and a weighting leaves it out as it does a task without
    labels. Validation is not paced: `held` gives its losses their whole weight.

    Args:
        tasks: Names of the tasks.

    Example:
        >>> pace = Pace(["click", "buy"])
        >>> pace.set("introduced", {"buy": 0.5})
        >>> pace.set("finished", {"buy": 0.5, "click": 0.0})
        >>> pace.factors.numpy().tolist()
        [0.0, 0.25]
    """

    def __init__(self, tasks: Sequence[str]) -> None:
        self.tasks = tuple(tasks)
        self.factors = keras.Variable(
            np.ones(len(self.tasks), "float32"),
            dtype="float32",
            trainable=False,
            autocast=False,
            # Every replica reads the same, and none assigns.
            aggregation="only_first_replica",
            name="pace",
        )
        self._parts: dict[str, dict[str, float]] = {}
        self._held = False

    def set(self, part: str, factors: Mapping[str, float]) -> None:
        """Sets the factors of one who slows down.

        Args:
            part: Who does.
            factors: Task to factor; 1 where left out.

        Raises:
            ValueError: If a name is no task.
        """
        check_names(f"pace of {part}", factors, self.tasks, "tasks of the model")
        if self._parts.get(part) != dict(factors):
            self._parts[part] = dict(factors)
            self._assign()

    def of(self, task: str) -> float:
        """The factor of a task in training."""
        factors = (part.get(task, 1.0) for part in self._parts.values())
        return float(np.prod([1.0, *factors]))

    def hold(self, held: bool) -> None:
        """Begins or ends a validation, in which every factor is 1.

        Args:
            held: Whether one begins.
        """
        if self._held != held:
            self._held = held
            self._assign()

    def values(self) -> list[tf.Tensor]:
        """The factor of each task, as the step reads it."""
        return tf.unstack(self.factors.value)

    def _assign(self) -> None:
        self.factors.assign([1.0 if self._held else self.of(task) for task in self.tasks])
