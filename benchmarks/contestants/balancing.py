"""Training steps of this toolkit under each weighting, beside those of the plain sum."""

import math
import tempfile

import numpy as np

import mtlkeras as mtl
from benchmarks.workload import Workload

from ._beside import INTERVAL, Beside, Switched, in_turn
from .contestant import Contestant
from .ours import frame_of, spec_of, without_metrics

WARM = 3  # executions that a measurement leaves out: the input begins to read


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
        self, kind: str, method: str, trunk: str, rounds: int = 5, executions: int = 10
    ) -> dict:
        """Milliseconds of a step, and of the plain sum's in turn with it, by medians of rounds.

        Args:
            kind: `"loss"`, or the scope of a method of gradients.
            method: Name of a weighting.
            trunk: Name of a trunk.
            rounds: How many medians.
            executions: Executions of a round, each of several steps.
        """
        plain, options = self._plain(trunk), {} if kind == "loss" else {"scope": kind}
        model = self._build(trunk, getattr(mtl.balancing, method)(**options))
        steps, beside = model.steps_per_execution, Beside(plain, self.batches)
        count = (WARM + rounds * executions) * steps
        model.fit(self.batches.take(count), verbose=0, callbacks=[beside])
        took = 1e3 * np.array(beside.took[WARM:]) / steps
        each = took.reshape(rounds, executions, 2)
        figures = np.median(each, axis=1).T.tolist()
        ratio = np.median(each[..., 0] / each[..., 1], axis=1).tolist()
        return {"step_ms": figures[0], "plain_ms": figures[1], "ratio": ratio}

    def monitoring(self, trunk: str, rounds: int = 5) -> dict:
        """Milliseconds of a step with gradients looked at every 100 steps, and without.

        Both are those of one training of the plain sum under the callback `TensorBoard`, whose
        looks are switched off and on. The first look, which traces, is left out.

        Args:
            trunk: Name of a trunk.
            rounds: How many windows with looks, each between two without.
        """
        model = self._plain(trunk)
        steps = model.steps_per_execution
        first, window = math.ceil(1.5 * INTERVAL / steps), math.lcm(INTERVAL, steps) // steps
        count = (first + (2 * rounds + 1) * window) * steps
        with tempfile.TemporaryDirectory(prefix="mtlkeras-monitoring-") as folder:
            board = mtl.TensorBoard(folder, projector_rows=0, monitor_gradients=INTERVAL)
            windows = Switched(board, first, window)
            model.fit(self.batches.take(count), verbose=0, callbacks=[board, windows])
        return in_turn([1e3 * seconds / (window * steps) for seconds in windows.took])

    def _plain(self, trunk: str) -> mtl.MultiTaskModel:
        if trunk not in self.plain:
            self.plain[trunk] = model = self._build(trunk, None)
            model.fit(self.batches.take(model.steps_per_execution), verbose=0)
        return self.plain[trunk]

    def _build(self, trunk: str, weighting) -> mtl.MultiTaskModel:
        model = mtl.build_model(self.spec, self.preprocessing, trunk=trunk, weighting=weighting)
        without_metrics(model)
        model.optimizer.build(model.trainable_variables)
        return model


def build(workload: dict) -> Contestant:
    """Data at hand, no model yet: `run` is told which.

    Args:
        workload: The work; of its trunk nothing is read.
    """
    work = Workload.from_dict(workload)
    does = (
        "load_data(cache='memory'), build_model with defaults, compiled again without metrics, "
        "fit; after each execution of steps, a callback has the model of the plain sum do one"
    )
    libraries = ("mtlkeras", "keras", "tensorflow")
    return Contestant(does, libraries, Trainer(work).run, {"methods": methods()})
