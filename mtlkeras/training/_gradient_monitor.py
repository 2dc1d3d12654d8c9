"""Weights and gradients of tasks, looked at now and then while a model trains."""

import warnings
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from .._objectives import observe
from ..multi_task_model import MultiTaskModel
from ._watched import unwatch, watch


@dataclass(frozen=True)
class Sight:
    """What was seen of one batch.

    Args:
        step: Number of the training step on this batch, from 1.
        weights: Factor of each task's loss in this step, NaN where there is none.
        norms: Norm of each task's gradient in the dense weights that tasks share.
        cosines: Pair of tasks to the cosine of their gradients; NaN where one of them is 0.
    """

    step: int
    weights: dict[str, float]
    norms: dict[str, float]
    cosines: dict[tuple[str, str], float]

    @property
    def conflicts(self) -> float:
        """Share of the pairs whose gradients point away from each other; NaN without pairs."""
        known = [cosine for cosine in self.cosines.values() if not np.isnan(cosine)]
        return sum(cosine < 0 for cosine in known) / len(known) if known else float("nan")


class GradientMonitor:
    """Looks at every so many training steps what weights and gradients the tasks have there.

    Args:
        interval: Steps between two looks. With several steps an execution, the first step of the
            execution is looked at that holds the step to look at. `looked` tells whether the last
            execution had a look.
    """

    def __init__(self, interval: int) -> None:
        if isinstance(interval, bool) or not isinstance(interval, int) or interval < 1:
            raise ValueError(
                "`monitor_gradients` should be a number of steps from 1 on, or None. "
                f"Received {interval!r}."
            )
        self.interval = interval
        self.sights: list[Sight] = []
        self.model: keras.Model | None = None
        self.step = 0
        self.looked = False

    def start(self, model: keras.Model) -> None:
        """Begins to watch a model; call it when Keras has made the train function.

        Args:
            model: The model.

        Raises:
            ValueError: If it has no tasks to tell apart.
        """
        if not isinstance(model, MultiTaskModel):
            raise ValueError(
                "`monitor_gradients` needs a mtlkeras.MultiTaskModel, such as build_model returns. "
                f"Received {type(model).__name__}. Use MultiTaskModel(inputs, outputs), or leave "
                "`monitor_gradients` out."
            )
        self.sights = []
        if len(model.tasks) == 1:
            warnings.warn(
                f"There are no gradients to compare: the model has one task, {model.tasks[0]!r}. "
                "`monitor_gradients` does nothing.",
                stacklevel=2,
            )
            return
        self.model = model
        self.observe = _observer(model)
        self.watched = watch(model, self._look)

    def before(self, done: int, ahead: int) -> None:
        """Decides before each execution whether to look at it.

        Args:
            done: Steps done so far.
            ahead: Steps done after the execution.
        """
        if self.model is not None:
            self.watched.due = ahead // self.interval > done // self.interval
            self.step = done + 1
            self.looked = False

    def stop(self) -> None:
        """Ends watching."""
        if self.model is not None:
            unwatch(self.model)
        self.model = None

    def _look(self, batch: Any) -> None:
        seen = tf.nest.map_structure(lambda tensor: tensor.numpy(), self.observe(batch))
        self.sights.append(sight(self.step, self.model.tasks, seen.weights, seen.gramian))
        self.looked = True


def sight(step: int, tasks: tuple[str, ...], weights: np.ndarray, gramian: np.ndarray) -> Sight:
    """Returns weights, norms and cosines by name.

    Args:
        step: Number of the step.
        tasks: Names of the tasks.
        weights: `(tasks,)`.
        gramian: `(tasks, tasks)`.

    Example:
        >>> seen = sight(1, ("a", "b"), np.ones(2), np.array([[4.0, -3.0], [-3.0, 9.0]]))
        >>> seen.norms, seen.cosines, seen.conflicts
        ({'a': 2.0, 'b': 3.0}, {('a', 'b'): -0.5}, 1.0)
    """
    norms = np.sqrt(np.maximum(np.diag(gramian).astype(np.float64), 0.0))
    cosines = {}
    for i, j in combinations(range(len(tasks)), 2):
        length = norms[i] * norms[j]
        cosine = np.clip(gramian[i, j] / length, -1.0, 1.0) if length > 0 else np.nan
        cosines[tasks[i], tasks[j]] = float(cosine)
    return Sight(
        step=step,
        weights=dict(zip(tasks, map(float, weights), strict=True)),
        norms=dict(zip(tasks, map(float, norms), strict=True)),
        cosines=cosines,
    )


def _observer(model: keras.Model):
    """Returns a function from a batch to what a step on it would see."""
    strategy = model.distribute_strategy

    def run(batch):
        seen = strategy.run(lambda data: observe(model, data), args=(batch,))
        # All replicas see the same: gradients of the whole batch.
        return tf.nest.map_structure(lambda v: strategy.experimental_local_results(v)[0], seen)

    if model.run_eagerly:
        return run
    return tf.function(run, reduce_retracing=True, autograph=False)
