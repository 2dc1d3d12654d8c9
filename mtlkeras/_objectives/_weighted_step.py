"""A training step whose tasks are weighed."""

from contextlib import nullcontext
from typing import NamedTuple

import keras
import tensorflow as tf

from ..balancing import Aggregator, GramianWeighting, LossWeighting
from ._by_parameters import parameter_gradients
from ._by_representation import cut, representation_gradients
from ._reach import graph_of, tasks_of_variables
from ._recording import recording
from ._told import Gradient, Told, add_gradients, tell
from ._weight_guard import WeightGuard
from ._weighting import Weighting


class Weighed(NamedTuple):
    """What a step on a batch makes of it.

    Args:
        predictions: The model's answers.
        gradients: One a trainable variable, `None` where no task reaches it.
        weights: Weights of the tasks; 1 for active ones where a method has none.
        told: What the weighting was told.
    """

    predictions: dict[str, tf.Tensor]
    gradients: list[Gradient]
    weights: tf.Tensor
    told: Told


class WeightedStep:
    """Trains a model on a batch, its tasks weighed.

    Args:
        model: Compiled model.
        weighting: The weighting; it is built here.
    """

    def __init__(self, model: keras.Model, weighting: Weighting) -> None:
        self.model = model
        self.weighting = weighting
        self.followed: dict[int, int] = {}
        tasks = len(model.tasks)
        with model.distribute_strategy.scope():
            if not weighting.built:
                weighting.build((tasks,))
            if isinstance(weighting, Aggregator):
                weighting.connect(model)
            elif isinstance(weighting, GramianWeighting) and weighting.scope == "parameters":
                self._follow(tasks)
            negative = getattr(weighting, "may_be_negative", False)
            self.guard = WeightGuard(type(weighting).__name__, model.tasks, negative)

    def _follow(self, tasks: int) -> None:
        reached = tasks_of_variables(graph_of(self.model))
        variables = [
            variable
            for variable in self.model.trainable_variables
            if len(reached.get(id(variable), ())) > 1
            and not getattr(variable, "is_embedding_table", variable.name == "embeddings")
        ]
        self.weighting.follow(variables, tasks)
        self.followed = {id(variable): index for index, variable in enumerate(variables)}

    def __call__(self, x, y, sample_weight) -> dict[str, tf.Tensor]:
        """Trains on a batch.

        Args:
            x: Features.
            y: Labels, of the model's tasks alone.
            sample_weight: Weights of these, or `None`.

        Returns:
            The predictions from before the step.
        """
        model, optimizer = self.model, self.model.optimizer
        weighed = self.gradients(x, y, sample_weight)
        losses, active = weighed.told.losses, weighed.told.active
        # An optimizer that scales losses lets gradients overflow, and leaves such steps out.
        scales = isinstance(optimizer, keras.optimizers.LossScaleOptimizer)
        excused = tf.reduce_all(tf.math.is_finite(losses)) if scales else False
        self.guard.see(optimizer.iterations + 1, weighed.weights, losses, excused)
        optimizer.apply_gradients(zip(weighed.gradients, model.trainable_variables, strict=True))
        if getattr(self.weighting, "compares_losses", False):
            again = model(x, training=True)
            after = tell(*model._task_losses(y, again, sample_weight, track=False))
            self.weighting.update(losses, after.losses, active)
        return weighed.predictions

    def gradients(self, x, y, sample_weight) -> Weighed:
        """What a step on a batch applies.

        Args:
            x: Features.
            y: Labels, of the model's tasks alone.
            sample_weight: Weights of these, or `None`.
        """
        if isinstance(self.weighting, LossWeighting):
            return self._by_losses(x, y, sample_weight)
        weighting, optimizer = self.weighting, self.model.optimizer
        variables, whole = self.model.trainable_variables, weighting.scope == "representation"
        with tf.GradientTape(persistent=True) as tape:
            with recording(self.model, tape) if whole else nullcontext() as record:
                predictions = self.model(x, training=True)
            losses, active, extra = self._losses(x, y, predictions, sample_weight)
            told = tell(losses, active, _scale(optimizer))
            losses, extra = ([optimizer.scale_loss(v) for v in part] for part in (losses, extra))
        arguments = (tape, weighting, losses, variables, told)
        if whole:
            where = cut(record, self.model.tasks, variables, weighting)
            gradients, weights = representation_gradients(*arguments, where)
        else:
            gradients, weights = parameter_gradients(*arguments, self.followed)
        if extra:
            gradients = list(map(add_gradients, gradients, tape.gradient(extra, variables)))
        return Weighed(predictions, gradients, weights, told)

    def _by_losses(self, x, y, sample_weight) -> Weighed:
        model, weighting = self.model, self.weighting
        with tf.GradientTape() as tape:
            predictions = model(x, training=True)
            losses, active, extra = self._losses(x, y, predictions, sample_weight)
            told = tell(losses, active)
            weights = weighting(told.losses, active=told.active)
            # Each replica has its share of the penalty, as it has of the losses.
            replicas = tf.distribute.get_strategy().num_replicas_in_sync
            penalty = weighting.penalty(told.active) / replicas
            total = tf.add_n([tf.reduce_sum(weights * tf.stack(losses)) + penalty, *extra])
            total = model.optimizer.scale_loss(total)
        gradients = tape.gradient(total, model.trainable_variables)
        return Weighed(predictions, gradients, weights, told)

    def _losses(self, x, y, predictions, sample_weight) -> tuple[list, list, list]:
        """Losses of the tasks, whether each counts, and what layers add."""
        losses, active = self.model._task_losses(y, predictions, sample_weight)
        extra = self.model._extra_losses()
        self.model._track_loss(tf.add_n([*losses, *extra]), x)
        return losses, active, extra


def _scale(optimizer: keras.optimizers.Optimizer) -> tf.Tensor | float:
    """Factor by which an optimizer scales losses."""
    one = tf.ones(())
    scale = optimizer.scale_loss(one)
    return 1.0 if scale is one else scale
