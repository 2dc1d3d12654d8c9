"""What callbacks share that change how much each task takes part in training."""

from collections.abc import Iterable

import keras

from .._objectives import Pace
from .._spelling import check_names


class Paced(keras.callbacks.Callback):
    """Sets the pace of tasks, logs it as `{task}_pace`, and leaves validation as it is.

    Steps read the pace from a variable: changing it builds no graph anew. Put such a callback
    before those that read logs.

    Args:
        part: Name of what it does, by which it sets its factors.
        tasks: Tasks that it names.
    """

    def __init__(self, part: str, tasks: Iterable[str] = ()) -> None:
        super().__init__()
        self.part = part
        self.named = tuple(tasks)

    @property
    def pace(self) -> Pace:
        """The pace of the model's tasks."""
        return self.model._task_losses.pace

    def on_train_begin(self, logs=None):
        if getattr(self.model, "_task_losses", None) is None:
            raise ValueError(
                f"{type(self).__name__} paces the tasks of a compiled mtlkeras.MultiTaskModel. "
                f"Received: {type(self.model).__name__}. Build one with mtlkeras.build_model."
            )
        check_names(type(self).__name__, self.named, self.pace.tasks, "tasks of the model")
        self.pace.set(self.part, {})

    def on_train_batch_end(self, batch, logs=None):
        self._log(logs)

    def on_epoch_end(self, epoch, logs=None):
        self._log(logs)

    def on_test_begin(self, logs=None):
        self.pace.hold(True)

    def on_test_end(self, logs=None):
        self.pace.hold(False)

    def on_train_end(self, logs=None):
        # What comes later, such as `evaluate`, is not paced.
        self.pace.set(self.part, {})

    def _log(self, logs: dict | None) -> None:
        if logs is not None:
            logs.update({f"{task}_pace": self.pace.of(task) for task in self.pace.tasks})
