"""Training steps of this toolkit under each weighting, beside those of the plain sum."""

import math
import tempfile
import time
from collections.abc import Callable
from itertools import pairwise
from statistics import fmean, median

import keras

import mtlkeras as mtl
from benchmarks.workload import Workload

from .contestant import Contestant
from .ours import frame_of, spec_of, without_metrics

INTERVAL = 100  # steps between two looks of the monitoring that is measured
WARM = 2  # executions that a measurement leaves out: the input begins to read


class Ends(keras.callbacks.Callback):
    """Notes when each execution has ended."""

    def on_train_begin(self, logs=None):
        self.at: list[float] = []

    def on_train_batch_end(self, batch, logs=None):
        self.at.append(time.perf_counter())


def methods() -> dict[str, list[str]]:
    """Kind of a weighting to the names of all there are: of losses, or the scope of gradients."""
    found: dict[str, list[str]] = {"loss": [], "representation": [], "parameters": []}
    for name in mtl.balancing.__all__:
        kind = getattr(mtl.balancing, name)
        if issubclass(kind, mtl.balancing.LossWeighting):
            found["loss"].append(name)
            continue
        for scope in ("representation", "parameters"):
            try:
                kind(scope=scope)
            except ValueError:
                continue
            found[scope].append(name)
    return found


class Trainer:
    """Models of one workload, and how long their steps take.

    Args:
        work: The work.
    """

    def __init__(self, work: Workload) -> None:
        self.spec = spec_of(work, hashed=True)
        data = mtl.load_data(self.spec, frame_of(work), batch_size=work.batch_size, cache="memory")
        self.preprocessing, self.batches = data.preprocessing, data.train.repeat()
        self.plain: dict[str, mtl.MultiTaskModel] = {}

    def run(self, what: str = "weighting", **request) -> dict:
        """Measures.

        Args:
            what: `"weighting"` or `"monitoring"`.
            **request: Arguments of the method of that name.
        """
        return {"weighting": self.weighting, "monitoring": self.monitoring}[what](**request)

    def weighting(
        self, kind: str, method: str, trunk: str, rounds: int = 5, executions: int = 6
    ) -> dict:
        """Milliseconds of a step, and of the plain sum's before and after it, round by round.

        Args:
            kind: `"loss"`, or the scope of a method of gradients.
            method: Name of a weighting.
            trunk: Name of a trunk.
            rounds: How often.
            executions: Executions, of several steps each, of a measurement.
        """
        plain = self._plain(trunk)
        options = {} if kind == "loss" else {"scope": kind}
        weighed = self._build(trunk, getattr(mtl.balancing, method)(**options))
        self._milliseconds(weighed, 1)  # traces, allocates
        return in_turn(
            lambda: self._milliseconds(weighed, executions),
            lambda: self._milliseconds(plain, executions),
            rounds,
        )

    def monitoring(self, trunk: str, rounds: int = 5) -> dict:
        """Milliseconds of a step with gradients looked at every 100 steps, and without.

        Both are those of one model of the plain sum under the callback `TensorBoard`; each look
        is in the time, the first of a training, which traces it, is not.

        Args:
            trunk: Name of a trunk.
            rounds: How often.
        """
        model = self._plain(trunk)
        return in_turn(
            lambda: self._watched(model, INTERVAL), lambda: self._watched(model, None), rounds
        )

    def _plain(self, trunk: str) -> mtl.MultiTaskModel:
        if trunk not in self.plain:
            self.plain[trunk] = self._build(trunk, None)
            self._milliseconds(self.plain[trunk], 1)
        return self.plain[trunk]

    def _build(self, trunk: str, weighting) -> mtl.MultiTaskModel:
        model = mtl.build_model(self.spec, self.preprocessing, trunk=trunk, weighting=weighting)
        without_metrics(model)
        model.optimizer.build(model.trainable_variables)
        return model

    def _milliseconds(self, model: mtl.MultiTaskModel, executions: int) -> float:
        """Of a step, by the median of some executions."""
        ends, steps = Ends(), model.steps_per_execution
        model.fit(self.batches.take((WARM + executions) * steps), verbose=0, callbacks=[ends])
        took = [b - a for a, b in pairwise(ends.at[WARM - 1 :])]
        return 1e3 * median(took) / steps

    def _watched(self, model: mtl.MultiTaskModel, interval: int | None) -> float:
        """Of a step under TensorBoard, by the mean over whole intervals."""
        ends, steps = Ends(), model.steps_per_execution
        first = math.ceil(1.5 * INTERVAL / steps)
        last = first + math.lcm(INTERVAL, steps) // steps
        with tempfile.TemporaryDirectory(prefix="mtlkeras-monitoring-") as folder:
            board = mtl.TensorBoard(folder, projector_rows=0, monitor_gradients=interval)
            model.fit(self.batches.take(last * steps), verbose=0, callbacks=[board, ends])
        return 1e3 * (ends.at[last - 1] - ends.at[first - 1]) / ((last - first) * steps)


def in_turn(measured: Callable[[], float], plain: Callable[[], float], rounds: int) -> dict:
    """Figures, one a round.

    Args:
        measured: Takes milliseconds of what is measured.
        plain: Takes those of what it is compared with, before and after it.
        rounds: How often.

    Example:
        >>> in_turn(lambda: 3.0, lambda: 2.0, rounds=1)
        {'step_ms': [3.0], 'plain_ms': [2.0], 'ratio': [1.5]}
    """
    around, found = [plain()], []
    for _ in range(rounds):
        found.append(measured())
        around.append(plain())
    beside = [fmean(pair) for pair in pairwise(around)]
    ratio = [ours / other for ours, other in zip(found, beside, strict=True)]
    return {"step_ms": found, "plain_ms": beside, "ratio": ratio}


def build(workload: dict) -> Contestant:
    """Data at hand, no model yet: `run` is told which.

    Args:
        workload: The work; of its trunk nothing is read.
    """
    work = Workload.from_dict(workload)
    does = (
        "load_data(cache='memory'), build_model with defaults, compiled again without metrics, "
        "fit; a step is the median of some executions of steps, the plain sum's is that of the "
        "measurements before and after it"
    )
    libraries = ("mtlkeras", "keras", "tensorflow")
    return Contestant(does, libraries, Trainer(work).run, {"methods": methods()})
