"""TensorBoard for tasks."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import keras
import tensorflow as tf

from ._checkpoints import learning_rate
from ._executions import steps_ahead, steps_done
from ._gradient_charts import write_cosines, write_layout, write_sight
from ._gradient_monitor import GradientMonitor
from ._graph import forward_graph
from ._histograms import histograms
from ._hparams import write_end, write_start
from ._projector import write_projector
from ._tags import OVERALL, tag, task_names


class TensorBoard(keras.callbacks.Callback):
    """Writes what TensorBoard shows of a multi-task training.

    - Scalars: each task's loss and metrics (`click/auc`), the sum (`overall/loss`) and the
      learning rate; training and validation on one chart, over the number of steps.
    - Graphs: the model's forward pass.
    - Histograms, on request: weights, embedding tables left out, and how the gates of a mixture
      of experts answer to a sample of rows.
    - Weights and gradients of the tasks, on request: each task's weight and gradient norm
      (`click/weight`, `click/gradient_norm`), the cosine of each two tasks' gradients, the share
      of pairs that are in conflict, and all cosines over time as a picture. Custom Scalars shows
      all tasks in one chart. `plot_gradients` draws the same without TensorBoard.
    - HParams: the given hyperparameters beside the validation metrics.
    - Projector: the vectors of all embedding tables, named by their vocabulary where the model
      carries its preprocessing.

    Stock `keras.callbacks.TensorBoard` works as well; it knows no tasks and no projector.

    Args:
        log_dir: Folder of the logs; they go to `train` and `validation` in it.
        update_freq: Steps between two points of the training curves.
        histograms: Write histograms after each epoch.
        sample: Features of some rows, for the histograms of gates.
        hparams: Name to value of what HParams should compare between runs.
        projector_rows: Rows of each embedding table to show; 0 for no projector.
        monitor_gradients: Steps between two looks at weights and gradients, with or without a
            weighting; None for none. Each look computes every task's gradient once, on the batch
            that is trained on next; the weights are those used in that step. The other steps
            cost nothing more. With several steps an execution, the first step of the execution
            is looked at.

    Example:
        >>> callback = TensorBoard("runs/shop", hparams={"trunk": "mmoe", "learning_rate": 1e-3})
        >>> callback.update_freq
        50
    """

    def __init__(
        self,
        log_dir: str | Path,
        update_freq: int = 50,
        histograms: bool = False,
        sample: Any = None,
        hparams: Mapping[str, Any] | None = None,
        projector_rows: int = 10_000,
        monitor_gradients: int | None = None,
    ):
        super().__init__()
        if update_freq < 1:
            raise ValueError(f"`update_freq` should be at least 1. Received {update_freq}.")
        self.log_dir = Path(log_dir)
        self.update_freq = update_freq
        self.histograms = histograms
        self.sample = sample
        self.hparams = hparams
        self.projector_rows = projector_rows
        self.monitor_gradients = monitor_gradients
        self.monitor = GradientMonitor(monitor_gradients) if monitor_gradients is not None else None
        self.tasks: list[str] = []
        self.steps = self.steps_before = self.epoch = 0
        self.writers: dict[str, tf.summary.SummaryWriter] = {}

    def on_train_begin(self, logs=None):
        self.tasks = task_names(self.model)
        self.steps = 0
        if getattr(self.model, "input", None) is not None:
            with self._writer("train").as_default():
                tf.summary.graph(forward_graph(self.model))
        if self.hparams:
            with self._writer(".").as_default():
                write_start(self.hparams)
        if self.monitor is not None:
            self.monitor.start(self.model)
            with self._writer("train").as_default():
                write_layout()

    def on_train_batch_begin(self, batch, logs=None):
        if self.monitor is not None:
            done = self.steps_before + batch
            self.monitor.before(done, self.steps_before + steps_ahead(self, batch))

    def on_train_batch_end(self, batch, logs=None):
        steps = self.steps_before + steps_done(self, batch)
        if steps // self.update_freq > self.steps // self.update_freq and self._is_telling(batch):
            self._scalars("train", logs or {}, steps)
        if self.monitor is not None and self.monitor.looked:
            with self._writer("train").as_default():
                write_sight(self.monitor.sights[-1])
        self.steps = steps

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch
        self.steps_before = self.steps

    def on_epoch_end(self, epoch, logs=None):
        logs = logs or {}
        train = {name: value for name, value in logs.items() if not name.startswith("val_")}
        validation = {name[4:]: value for name, value in logs.items() if name not in train}
        self._scalars("train", train, self.steps)
        if validation:
            self._scalars("validation", validation, self.steps)
        if self.histograms:
            with self._writer("train").as_default(self.steps):
                for name, values in histograms(self.model, self.sample).items():
                    tf.summary.histogram(name, values)
        if self.monitor is not None:
            with self._writer("train").as_default():
                write_cosines(self.monitor.sights, self.steps)
        for writer in self.writers.values():
            writer.flush()

    def on_train_end(self, logs=None):
        if self.hparams:
            with self._writer(".").as_default():
                write_end()
        self.close()
        if self.projector_rows:
            write_projector(self.model, self.log_dir / "train", self.projector_rows)

    def close(self) -> None:
        """Closes the event files; Keras does not say so where training ends with an error."""
        if self.monitor is not None:
            self.monitor.stop()
        for writer in self.writers.values():
            writer.close()
        self.writers.clear()

    def _is_telling(self, batch: int) -> bool:
        """Tells whether running means are worth a point before the end of the epoch.

        They begin anew each epoch: of a few rows, they jump. In the first epoch they show the
        fast fall of the loss; the end of an epoch has a point of its own.
        """
        done = (batch + 1) / (self.params.get("steps") or float("inf"))
        return done < 1 and (done >= 0.1 or self.epoch == 0)

    def _scalars(self, run: str, logs: Mapping[str, float], step: int) -> None:
        with self._writer(run).as_default(step):
            for name, value in logs.items():
                tf.summary.scalar(tag(name, self.tasks), value)
            if run == "train":
                tf.summary.scalar(f"{OVERALL}/learning_rate", learning_rate(self.model))

    def _writer(self, run: str) -> tf.summary.SummaryWriter:
        if run not in self.writers:
            self.writers[run] = tf.summary.create_file_writer(str(self.log_dir / run))
        return self.writers[run]
