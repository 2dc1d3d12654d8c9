"""Losses after a step for one task alone, which is not taken."""

from typing import Any

import keras
import tensorflow as tf

from ._by_parameters import reached_twice
from ._one_graph import without_optional
from ._task_losses import TaskLosses


class Lookahead:
    """Losses of all tasks on a batch, before and after a step of gradient descent for one task.

    The step moves all weights that two or more tasks reach, embedding tables included; weights
    of one task alone stay. The model is not changed: the moved weights stand in for its own
    while it is called. Losses are those of the tasks alone, without `loss_weights`.

    Args:
        model: Compiled `MultiTaskModel`.
        learning_rate: Length of the step, as a factor of the gradient.
        tables: Whether embedding tables are moved as well, which takes a copy of them.
    """

    def __init__(self, model: keras.Model, learning_rate: float, tables: bool = True) -> None:
        self.model = model
        self.learning_rate = learning_rate
        self.tables = tables
        losses = model._task_losses.losses
        self.losses = TaskLosses(losses, dict.fromkeys(losses, 1.0))
        self._look = tf.function(self._looked, reduce_retracing=True, autograph=False)

    def __call__(self, data: Any, task: int) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
        """Looks ahead.

        Args:
            data: Batch of features, labels and weights.
            task: Number of the task that the step is for.

        Returns:
            Losses before and after, and whether each task has labels: `(tasks,)` each.

        Raises:
            ValueError: If no weight reaches two tasks.
        """
        return self._look(data, tf.constant(task))

    def _looked(self, data, task):
        data = keras.tree.map_structure(without_optional, data)
        x, y, sample_weight = keras.utils.unpack_x_y_sample_weight(data)
        y, sample_weight = self.losses.select(y, sample_weight)
        variables = self.model.trainable_variables
        with keras.StatelessScope(), tf.GradientTape(persistent=True) as tape:
            before, active = self.losses(y, self.model(x, training=False), sample_weight)
            chosen = tf.gather(tf.stack(before), task)
        # Which weights are shared is told by the graph; what is not used of it is pruned.
        columns = zip(*(tape.gradient(loss, variables) for loss in before), strict=True)
        shared = [
            variable
            for variable, column in zip(variables, columns, strict=True)
            if reached_twice(column)
            and (self.tables or not any(isinstance(g, tf.IndexedSlices) for g in column))
        ]
        if not shared:
            raise ValueError(
                "Affinity is measured in weights that tasks share, but no weight of this model "
                "reaches two tasks. Share a trunk between the tasks."
            )
        gradients = tape.gradient(chosen, shared)
        moved = [(v, self._moved(v, g)) for v, g in zip(shared, gradients, strict=True)]
        with keras.StatelessScope(moved):
            after, _ = self.losses(y, self.model(x, training=False), sample_weight)
        return tf.stack(before), tf.stack(after), tf.stack(active)

    def _moved(self, variable: keras.Variable, gradient: tf.Tensor | tf.IndexedSlices):
        value = tf.convert_to_tensor(variable.value)
        if isinstance(gradient, tf.IndexedSlices):
            change = self.learning_rate * tf.cast(gradient.values, value.dtype)
            # A row that is looked up twice is moved twice, as by its dense gradient.
            return tf.tensor_scatter_nd_sub(value, gradient.indices[:, None], change)
        return value - self.learning_rate * tf.cast(gradient, value.dtype)
