"""The model: a functional Keras model with one named output a task."""

from collections.abc import Callable, Mapping
from typing import Any

import keras
import tensorflow as tf

from ._objectives import (
    Loss,
    TaskLosses,
    WeightedStep,
    Weighting,
    batches_function,
    build_state,
    check_weighting,
    checked_function,
    current_recording,
    spare_from_decay,
    steps_function,
    task_losses,
    with_epoch_ends,
)
from ._spelling import check_names


@keras.saving.register_keras_serializable("mtlkeras")
class MultiTaskModel(keras.Model):
    """A functional model whose outputs are a dict `{task: tensor}`.

    It is trained, evaluated and saved as any Keras model. Three things are its own: losses are
    means over the rows that have a task's label, names are checked, and a `weighting` of
    `mtlkeras.balancing` may weigh the tasks anew at every step. Without one, training is that
    of stock Keras.

    Args:
        inputs: Dict of `keras.Input`, each named as its key.
        outputs: Dict `{task: tensor}`.
        name: Name of the model.

    Example:
        >>> x = keras.Input((4,), name="x")
        >>> h = keras.layers.Dense(8, "relu")(x)
        >>> outputs = {task: keras.layers.Dense(1, "sigmoid")(h) for task in ("click", "buy")}
        >>> model = MultiTaskModel({"x": x}, outputs)
        >>> model.compile("adam", loss={"click": "bce", "buy": "bce"}, loss_weights={"buy": 2.0})
        >>> model.tasks
        ('buy', 'click')
    """

    # No `__init__`: Keras then rebuilds the model from its graph, as any functional one.
    weighting: Weighting | None = None
    _task_losses: TaskLosses | None = None
    _weighted: WeightedStep | None = None

    @property
    def tasks(self) -> tuple[str, ...]:
        """Names of the tasks, in the order in which Keras flattens the outputs: sorted."""
        if not isinstance(self.output, dict) or any(
            isinstance(output, dict | list | tuple) for output in self.output.values()
        ):
            raise ValueError(
                "MultiTaskModel: outputs must be a dict {task: tensor}, e.g. "
                f"MultiTaskModel(inputs, {{'click': click}}). Received: outputs={self.output!r}."
            )
        return tuple(sorted(self.output))

    def fit(
        self,
        x=None,
        y=None,
        batch_size=None,
        epochs=1,
        verbose="auto",
        callbacks=None,
        *args,
        shuffle: bool = True,
        **kwargs,
    ):
        """As `keras.Model.fit`.

        Raises:
            WeightingError: If a weight of a task is not finite, or negative where its method
                promises that none is; the text names step, tasks and losses.
        """
        # Keras warns of `shuffle`, even of its own default, that a tf.data set is shuffled before.
        shuffle = shuffle and not isinstance(x, tf.data.Dataset)
        if self.weighting is not None:
            callbacks = with_epoch_ends(callbacks, self)
        first = (x, y, batch_size, epochs, verbose, callbacks)
        return super().fit(*first, *args, shuffle=shuffle, **kwargs)

    def compile(
        self,
        optimizer: Any = "rmsprop",
        loss: Mapping[str, Loss] | Loss | None = None,
        loss_weights: Mapping[str, float] | None = None,
        metrics: Any = None,
        weighted_metrics: Any = None,
        *,
        weighting: Weighting | None = None,
        **kwargs,
    ) -> None:
        """Configures training, as `keras.Model.compile` does.

        A loss given by name or as a function gets the reduction `"mean_with_sample_weight"`:
        the mean over rows with weight. Stock Keras divides by all rows of the batch, so that
        the loss of a task shrinks with each label it lacks. A batch without any label of a task
        has loss 0 and gradient 0 there. Loss objects keep the reduction they have.

        The logs hold `loss`, the sum of losses times `loss_weights`, whatever the weighting
        makes of it in training; `{task}_loss`, the mean over all labelled rows of the epoch; and
        `{task}_{metric}`.

        Args:
            optimizer: Optimizer or its name.
            loss: Dict `{task: loss}` with a loss for every task, or one loss for all of them.
            loss_weights: Dict `{task: factor}`; 1 where a task is left out.
            metrics: Dict `{task: metrics}`, which do not see sample weights.
            weighted_metrics: Dict `{task: metrics}`, which leave out rows of weight 0.
            weighting: A weighting of `mtlkeras.balancing`. `loss_weights` are multiplied in
                before; tasks without labels in a batch are left out of it; its state is saved
                with the model. Those of gradients take them, unless their `scope` is
                `"parameters"`, of the last tensors that all tasks are made of: the output of a
                shared bottom, what the experts of a trunk answer, or what a trunk reads. With one
                task only there is nothing to weigh.
            **kwargs: As in Keras: `steps_per_execution`, `jit_compile`, `run_eagerly`,
                `auto_scale_loss`.

        Raises:
            ValueError: If a task has no loss, or a name is no task.
        """
        tasks = self.tasks
        losses, factors = task_losses(tasks, loss, loss_weights)
        for argument, given in (("metrics", metrics), ("weighted_metrics", weighted_metrics)):
            if isinstance(given, Mapping):
                check_names(f"compile: {argument}", given, tasks, "tasks of the model")
        # Logs are named after tasks also where an output layer has another name.
        self.output_names = list(tasks)
        # Keras would keep the metrics of a compilation before where this one has none.
        self._compile_metrics = None
        super().compile(
            optimizer=optimizer,
            loss=losses,
            loss_weights=factors,
            metrics=metrics,
            weighted_metrics=weighted_metrics,
            **kwargs,
        )
        # The losses are computed here; Keras would trace the model once more to build its own.
        self._compile_loss.built = True
        self._task_losses = TaskLosses(losses, factors)
        self._set_weighting(weighting)

    def _set_weighting(self, weighting: Weighting | None) -> None:
        weighting = check_weighting(weighting, self.tasks)
        # Compiled before with another one, whose variables are no longer the model's.
        self._tracker.untrack(self.weighting)
        self.weighting, self._weighted = weighting, None
        if weighting is not None:
            self._weighted = WeightedStep(self, weighting)
            spare_from_decay(self.optimizer, weighting.trainable_variables)

    def call(self, inputs, training=None, mask=None):
        """The outputs; features that the model does not use are ignored."""
        if isinstance(inputs, Mapping) and isinstance(self.input, Mapping):
            # Keras warns of further keys, and then takes features for one another.
            inputs = {name: inputs[name] for name in self.input}
        return super().call(inputs, training=training, mask=mask)

    def _run_through_graph(self, inputs, operation_fn=lambda op: op, call_fn=None):
        recording, graph = current_recording(self), super()._run_through_graph
        if recording is None:
            return graph(inputs, operation_fn=operation_fn, call_fn=call_fn)
        return recording.run(inputs, operation_fn, graph)

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        """The sum of the tasks' losses times `loss_weights`, plus `self.losses`."""
        y, sample_weight = self._task_losses.select(y, sample_weight)
        losses, _ = self._task_losses(y, y_pred, sample_weight)
        return tf.add_n([*losses, *self._extra_losses()])

    def _extra_losses(self) -> list[tf.Tensor]:
        replicas = tf.distribute.get_strategy().num_replicas_in_sync
        return [tf.reduce_sum(tf.cast(loss, "float32")) / replicas for loss in self.losses]

    def compute_metrics(self, x, y, y_pred, sample_weight=None):
        """Updates metrics, as in Keras; labels of tasks that the model has not are ignored."""
        self._update_metrics(x, y, y_pred, sample_weight)
        return self.get_metrics_result()

    def _update_metrics(self, x, y, y_pred, sample_weight) -> None:
        if self._compile_metrics is not None:
            y, sample_weight = self._task_losses.select(y, sample_weight)
            self._compile_metrics.update_state(y, y_pred, sample_weight)

    def _track_loss(self, loss, x) -> None:
        replicas = tf.distribute.get_strategy().num_replicas_in_sync
        rows = tf.shape(keras.tree.flatten(x)[0])[0]
        self._loss_tracker.update_state(loss * replicas, sample_weight=rows)

    def train_step(self, data):
        """One step: that of Keras without a weighting, a weighted one with it."""
        return self.compute_metrics(*self._learn(data))

    def test_step(self, data):
        """One step of an evaluation, as in Keras."""
        return self.compute_metrics(*self._test(data))

    def _test(self, data) -> tuple:
        """Tests on a batch; returns what `compute_metrics` takes."""
        x, y, sample_weight = keras.utils.unpack_x_y_sample_weight(data)
        y_pred = self(x, training=False)
        self._track_loss(self.compute_loss(x, y, y_pred, sample_weight, training=False), x)
        return x, y, y_pred, sample_weight

    def _learn(self, data) -> tuple:
        """Trains on a batch; returns what `compute_metrics` takes."""
        x, y, sample_weight = keras.utils.unpack_x_y_sample_weight(data)
        if self._weighted is not None:
            y_pred = self._weighted(x, *self._task_losses.select(y, sample_weight))
            return x, y, y_pred, sample_weight
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = self.compute_loss(x, y, y_pred, sample_weight, training=True)
            self._track_loss(loss, x)
            loss = self.optimizer.scale_loss(loss)
        variables = self.trainable_variables
        gradients = tape.gradient(loss, variables)
        self.optimizer.apply_gradients(zip(gradients, variables, strict=True))
        return x, y, y_pred, sample_weight

    def make_train_function(self, force=False):
        """As in Keras, with results of metrics once an execution of several steps."""
        if self.train_function is None or force:
            self.train_function = self._function("train_step", self._learn)
            if self._weighted is not None:
                check = self._weighted.guard.check
                self.train_function = checked_function(self.train_function, check)
        return self.train_function

    def make_test_function(self, force=False):
        """As in Keras, with results of metrics once an execution of several steps."""
        if self.test_function is None or force:
            self.test_function = self._function("test_step", self._test)
        return self.test_function

    def make_predict_function(self, force=False):
        """As in Keras, which would trace the model anew for each step of an execution."""
        if self.predict_function is None or force:
            steps, self.steps_per_execution = self.steps_per_execution, 1
            super().make_predict_function(force)
            self.steps_per_execution = steps
            self.predict_function = batches_function(self.predict_function)
        return self.predict_function

    def _function(self, name: str, work: Callable) -> Callable:
        build_state(self)
        step, update = getattr(self, name), lambda data: self._update_metrics(*work(data))
        # A step of a subclass may log what no metric has.
        own = (name, "compute_metrics")
        if any(getattr(type(self), each) is not getattr(MultiTaskModel, each) for each in own):
            return self._make_function(step)
        return steps_function(self, step, update)

    @property
    def metrics(self):
        """Metrics: the loss, the compiled metrics, then the losses of the tasks."""
        own = self._task_losses.trackers if self._task_losses else []
        return [*super().metrics, *own]

    def get_metrics_result(self):
        """Metrics by name, `{task}_{metric}` also where there is one task only."""
        results = super().get_metrics_result()
        if len(self.tasks) > 1:
            return results
        (task,) = self.tasks
        named = ("loss", f"{task}_loss")
        return {key if key in named else f"{task}_{key}": v for key, v in results.items()}

    def get_compile_config(self):
        """What `compile` was given, the weighting included."""
        config = super().get_compile_config()
        if config:
            # It may have been set since.
            config["steps_per_execution"] = self.steps_per_execution
        if config and self.weighting is not None:
            config["weighting"] = keras.saving.serialize_keras_object(self.weighting)
        return config

    def compile_from_config(self, config):
        """Compiles as the saved model was."""
        self.compile(**keras.saving.deserialize_keras_object(config))
        self.optimizer.build(self.trainable_variables)
