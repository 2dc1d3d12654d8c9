"""Two kinds of steps timed in one training, in turn."""

import sys
import time
from itertools import pairwise
from statistics import fmean

import keras
import tensorflow as tf

import mtlkeras as mtl

INTERVAL = 100  # steps between two looks of the monitoring that is measured


class Beside(keras.callbacks.Callback):
    """Times executions of the model that is trained, and one of another model after each.

    A machine is faster in one second than in the next: so both are measured in the same.

    Args:
        other: A model that was trained before.
        batches: Its batches.
    """

    def __init__(self, other: mtl.MultiTaskModel, batches: tf.data.Dataset) -> None:
        super().__init__()
        self.run, self.batches = other.train_function, iter(batches)
        self.took: list[tuple[float, float]] = []

    def on_train_batch_begin(self, batch, logs=None):
        self.start = time.perf_counter()

    def on_train_batch_end(self, batch, logs=None):
        middle = time.perf_counter()
        self.run(self.batches)
        self.took.append((middle - self.start, time.perf_counter() - middle))


class Switched(keras.callbacks.Callback):
    """Lets TensorBoard look at gradients in every other window of a training, and times these.

    Args:
        board: Its monitoring is switched.
        first: Executions before the first window, which traces.
        window: Executions of a window; the first has no looks.
    """

    def __init__(self, board: mtl.TensorBoard, first: int, window: int) -> None:
        super().__init__()
        self.board, self.first, self.window = board, first, window
        self.ends: list[float] = []
        self.done = 0

    def on_train_batch_end(self, batch, logs=None):
        self.done += 1
        if self.done >= self.first and (self.done - self.first) % self.window == 0:
            self.ends.append(time.perf_counter())
            looks = len(self.ends) % 2 == 0
            self.board.monitor.interval = INTERVAL if looks else sys.maxsize

    @property
    def took(self) -> list[float]:
        """Seconds of the windows."""
        return [b - a for a, b in pairwise(self.ends)]


def in_turn(took: list[float]) -> dict:
    """Figures, one a round, of what was measured between two measurements of the plain sum each.

    Args:
        took: Milliseconds: plain, measured, plain, measured, ..., plain.

    Example:
        >>> in_turn([1.0, 3.0, 3.0])
        {'step_ms': [3.0], 'plain_ms': [2.0], 'ratio': [1.5]}
    """
    plain = [fmean(pair) for pair in pairwise(took[::2])]
    ratio = [ours / other for ours, other in zip(took[1::2], plain, strict=True)]
    return {"step_ms": took[1::2], "plain_ms": plain, "ratio": ratio}
