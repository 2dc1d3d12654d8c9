"""The last and the best epoch on disk, the history beside them, and when to stop."""

import math
import os
import shutil
import time
from pathlib import Path

import keras
import pandas as pd
import tensorflow as tf

from .._spelling import hint
from ._errors import TrainingError
from ._files import replacing, write_text
from ._layout import BEST, HISTORY, LAST

_HIGHER_IS_BETTER = ("auc", "accuracy", "top_k", "f1", "r2", "precision", "recall")


def higher_is_better(name: str) -> bool:
    """Tells the direction of a logged value by its name.

    Raises:
        ValueError: For calibration, which is best in between.

    Example:
        >>> higher_is_better("val_click_pr_auc"), higher_is_better("val_loss")
        (True, False)
    """
    if name.endswith("calibration"):
        raise ValueError(
            "`monitor` should be a value that is best when highest or lowest, such as val_loss. "
            f"Received {name!r}, which is best at 1."
        )
    return name.endswith(_HIGHER_IS_BETTER)


class Checkpoints(keras.callbacks.Callback):
    """Saves each epoch, keeps the best one and stops when it gets no better.

    Args:
        folder: Run folder.
        monitor: Logged value that chooses the best epoch.
        patience: Stop after so many epochs without improvement; None never stops.
    """

    def __init__(self, folder: Path, monitor: str, patience: int | None):
        super().__init__()
        self.folder = folder
        self.monitor = monitor
        self.patience = patience
        self.sign = 1 if higher_is_better(monitor) else -1
        self.best = -math.inf
        self.best_epoch = 0
        self.rows: list[dict[str, float]] = []
        self.started = 0.0

    @property
    def epochs(self) -> int:
        """Number of finished (and saved) epochs."""
        return len(self.rows)

    def on_train_begin(self, logs=None):
        (self.folder / LAST).parent.mkdir(exist_ok=True)

    def on_epoch_begin(self, epoch, logs=None):
        self.started = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        value = self.sign * self._monitored(logs or {})
        seconds = time.perf_counter() - self.started
        with replacing(self.folder / LAST) as temporary:
            self.model.save(temporary)
        # NaN is better than nothing, and worse than anything else.
        if not self.best_epoch or value > self.best or math.isnan(self.best):
            self.best, self.best_epoch = value, epoch + 1
            _copy(self.folder / LAST, self.folder / BEST)
        row = {"epoch": epoch + 1, **logs, "learning_rate": learning_rate(self.model)}
        self.rows.append({**row, "seconds": round(seconds, 2)})
        write_text(self.folder / HISTORY, pd.DataFrame(self.rows).to_csv(index=False))
        if self.patience is not None and epoch + 1 - self.best_epoch >= self.patience:
            self.model.stop_training = True

    def _monitored(self, logs: dict[str, float]) -> float:
        if self.monitor not in logs:
            raise TrainingError(
                f"`monitor` should be one of the logged values {', '.join(logs)}. Received "
                f"{self.monitor!r}.{hint(self.monitor, logs)}"
            )
        return float(logs[self.monitor])


def learning_rate(model: keras.Model) -> float:
    """Returns the learning rate of the next step."""
    optimizer = getattr(model.optimizer, "inner_optimizer", model.optimizer)
    # On several replicas, it is a variable that is no number.
    return float(tf.convert_to_tensor(optimizer.learning_rate))


def _copy(source: Path, target: Path) -> None:
    """Makes `target` a second name of a file that is only ever replaced, or a copy of it."""
    with replacing(target) as temporary:
        try:
            os.link(source, temporary)
        except OSError:
            shutil.copyfile(source, temporary)
