"""Stops training that cannot go on."""

import math
from collections.abc import Callable, Mapping

import keras

from ._errors import TrainingError


class Guards(keras.callbacks.Callback):
    """Stops between two steps where a signal came or a loss is not finite.

    Args:
        check_stop: Raises where a signal came.
        tasks: Names of the tasks.
    """

    def __init__(self, check_stop: Callable[[], None], tasks: list[str]):
        super().__init__()
        self.check_stop = check_stop
        self.tasks = tasks
        self.epoch = 0

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch
        self.check_stop()

    def on_train_batch_end(self, batch, logs=None):
        check_finite(logs or {}, self.tasks, self.epoch + 1, batch + 1)
        self.check_stop()

    def on_test_batch_end(self, batch, logs=None):
        self.check_stop()


def check_finite(logs: Mapping[str, float], tasks: list[str], epoch: int, step: int) -> None:
    """Raises where the loss of the batch is not finite, naming the tasks.

    Args:
        logs: What Keras logs for a batch.
        tasks: Names of the tasks.
        epoch: Number of the epoch, from 1.
        step: Number of the step, from 1.

    Raises:
        TrainingError: If the loss is not finite.
    """
    if math.isfinite(logs.get("loss", 0.0)):
        return
    losses = {task: logs.get(f"{task}_loss", logs["loss"]) for task in tasks}
    broken = [task for task, loss in losses.items() if not math.isfinite(loss)]
    what = f"loss of task {', '.join(map(repr, broken))}" if broken else "sum of losses"
    raise TrainingError(
        f"The {what} should be finite. It became {logs['loss']} in epoch {epoch}, step {step}. "
        "Try a smaller learning_rate, clip extreme numbers (`clip` and `transform` of a feature, "
        "`maximum` of a task), or look at the rows of that task."
    )
