"""The functions that Keras calls to train, test and predict: one or several steps at once."""

from collections.abc import Callable

import keras
import tensorflow as tf

from ._one_graph import Step, in_one_graph


def build_state(model: keras.Model) -> None:
    """Makes the variables of optimizer and metrics before the first step.

    Keras leaves them to the first step; TensorFlow then traces the step once to make them and
    once more without.

    Args:
        model: Compiled model, built.
    """
    optimizer, metrics = model.optimizer, model._compile_metrics
    with model.distribute_strategy.scope():
        if optimizer is not None and not optimizer.built:
            optimizer.build(model.trainable_variables)
        if metrics is not None and not metrics.built:
            given = keras.tree.flatten([metrics._user_metrics, metrics._user_weighted_metrics])
            # Only what Keras makes of these words depends on the labels, which are not known yet.
            if not any(str(metric).lower() in ("accuracy", "acc") for metric in given):
                metrics.build(model.output, model.output)


def steps_function(model: keras.Model, step: Step, update: Step) -> Callable:
    """The function that Keras calls with an iterator for `model.steps_per_execution` steps.

    That of Keras computes the results of all metrics in every step. With several steps an
    execution, of which Keras's callbacks see the last one's only, they are computed once here.
    And that of Keras takes the steps one by one where one batch was taken beforehand (`Ahead`).

    Args:
        model: Compiled model.
        step: Takes a batch; returns the results of all metrics.
        update: Does what `step` does and returns nothing.

    Returns:
        A function from an iterator to the results of all metrics.
    """
    if model.steps_per_execution == 1:
        return model._make_function(step)

    def without_results(data):
        update(data)
        # An execution has to return something.
        return tf.zeros(())

    run = model._make_function(without_results)
    if model.distribute_strategy.num_replicas_in_sync > 1:
        run = _step_by_step(model, without_results, run)
    elif not model.run_eagerly:
        run = in_one_graph(model, update, run)
    results = model.get_metrics_result
    if not model.run_eagerly:
        results = tf.function(results)

    def function(iterator):
        run(iterator)
        return results()

    return function


def _step_by_step(model: keras.Model, update: Step, run: Callable) -> Callable:
    """Runs steps on several replicas, which the loop of Keras 3.15 cannot.

    There TensorFlow misses values that the loop hands to its condition.
    """

    def one(iterator):
        model.distribute_strategy.run(update, args=(next(iterator),))

    if not model.run_eagerly:
        one = tf.function(one, reduce_retracing=True, autograph=False)

    def function(iterator):
        if not isinstance(iterator, tf.distribute.DistributedIterator):
            run(iterator)
            return
        for step in range(model.steps_per_execution):
            try:
                one(iterator)
            except (StopIteration, tf.errors.OutOfRangeError):
                # The last execution of an epoch may be shorter, but not empty.
                if step == 0:
                    raise
                return

    return function


def checked_function(run: Callable, check: Callable[[], None]) -> Callable:
    """A function of an iterator with a check after each execution.

    Args:
        run: Executes steps.
        check: Raises where training cannot go on.
    """

    def function(iterator):
        results = run(iterator)
        check()
        return results

    return function


def batches_function(predict: Callable) -> Callable:
    """A function that predicts batch after batch.

    Args:
        predict: Takes a list of one batch; returns tensors.

    Returns:
        A function from a list of batches to the tensors of all their rows.
    """

    def function(batches):
        outputs = [predict([batch]) for batch in batches]
        return tf.nest.map_structure(lambda *parts: tf.concat(parts, axis=0), *outputs)

    return function
