"""Early stopping task by task."""

import math
from collections.abc import Mapping

from ._checkpoints import higher_is_better
from ._errors import TrainingError
from ._paced import Paced


class TaskStopping(Paced):
    """Freezes a task out when its own validation value gets no better.

    Each task has a value that is watched: its validation loss, or what `monitor` names. After
    `patience` epochs without improvement the task is finished: from then on its loss is
    multiplied by `decay` anew each epoch, by 0 at once where that is 0. A finished task stays so,
    and is evaluated as before; what it shares with others goes on changing, and so may its
    answers. Training ends when all tasks are finished. Which epoch is the best one is decided as
    without this.

    Epochs in which a task does not count yet (see `Introduce`) are not counted. With momentum, as
    in Adam, the head of a frozen task still moves a little in the steps after.

    Args:
        patience: Epochs without improvement after which a task is finished.
        monitor: Task to the logged value that is watched, such as `{"click": "val_click_auc"}`;
            `val_{task}_loss` where left out, `{task}_loss` where there is no validation.
        decay: Factor by which a finished task's loss shrinks each epoch, from 0 up to below 1.
        min_delta: What counts as an improvement is more than this.

    Example:
        >>> TaskStopping(patience=2, monitor={"click": "val_click_auc"}).decay
        0.0
    """

    def __init__(
        self,
        patience: int,
        monitor: Mapping[str, str] | None = None,
        decay: float = 0.0,
        min_delta: float = 0.0,
    ) -> None:
        monitor = dict(monitor or {})
        super().__init__("finished", monitor)
        if not isinstance(patience, int) or patience < 1:
            raise ValueError(f"`patience` should be an integer from 1 on. Received {patience!r}.")
        if not 0 <= decay < 1:
            raise ValueError(f"`decay` should be at least 0 and below 1. Received {decay!r}.")
        if not min_delta >= 0:
            raise ValueError(f"`min_delta` should be at least 0. Received {min_delta!r}.")
        self.patience = patience
        self.monitor = monitor
        self.signs = {task: 1 if higher_is_better(name) else -1 for task, name in monitor.items()}
        self.decay = decay
        self.min_delta = min_delta
        self.finished: dict[str, int] = {}
        self.best: dict[str, float] = {}
        self.waited: dict[str, int] = {}

    def on_train_begin(self, logs=None):
        super().on_train_begin(logs)
        self.finished = {}
        self.best = dict.fromkeys(self.pace.tasks, -math.inf)
        self.waited = dict.fromkeys(self.pace.tasks, 0)

    def on_epoch_end(self, epoch, logs=None):
        # Logged is what the epoch was trained with.
        super().on_epoch_end(epoch, logs)
        for task in self.pace.tasks:
            if task not in self.finished and self.pace.of(task) > 0:
                self._watch(task, epoch + 1, logs or {})
        factors = {task: self.decay ** (epoch + 2 - at) for task, at in self.finished.items()}
        self.pace.set(self.part, factors)
        if len(self.finished) == len(self.pace.tasks):
            self.model.stop_training = True

    def _watch(self, task: str, epoch: int, logs: Mapping[str, float]) -> None:
        value = self.signs.get(task, -1) * self._monitored(task, logs)
        # NaN is no improvement.
        if value > self.best[task] + (self.min_delta if math.isfinite(self.best[task]) else 0.0):
            self.best[task], self.waited[task] = value, 0
            return
        self.waited[task] += 1
        if self.waited[task] >= self.patience:
            self.finished[task] = epoch

    def _monitored(self, task: str, logs: Mapping[str, float]) -> float:
        own = f"{task}_loss"
        name = self.monitor.get(task, f"val_{own}" if f"val_{own}" in logs else own)
        if name not in logs:
            raise TrainingError(
                f"`monitor` of task {task!r} should be one of the logged values "
                f"{', '.join(logs)}. Received {name!r}."
            )
        return float(logs[name])
