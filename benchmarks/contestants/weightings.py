"""One model of a data set, its tasks weighed by any method, from the same start for all of them."""

import json
import time
from collections.abc import Sequence

import keras
import numpy as np

import mtlkeras as mtl

from ._epochs import best_epoch
from .contestant import Contestant
from .quality import shop_of, spec_of
from .real_ours import labels_of


def build(
    tasks: list[str],
    model: dict,
    batch_size: int,
    epochs: int,
    spec: str | None = None,
    shop: dict | None = None,
) -> Contestant:
    """A data set, loaded once.

    Args:
        tasks: Binary tasks.
        model: `units` of the shared bottom, `tower` of the heads, `learning_rate` of all.
        batch_size: Rows a step.
        epochs: Passes over the training rows.
        spec: YAML file of the data spec, or
        shop: Arguments of the simulator of a shop, each impression of which has all labels.
    """
    if shop is None:
        spec, frame = mtl.DataSpec.from_yaml(spec), None
    else:
        found = shop_of(0, False, (), tuple(shop.items()))
        spec, frame = spec_of(found, tasks, {}, funnel=False), found.frame
    data = mtl.load_data(spec, frame, batch_size=batch_size, cache="memory")
    rows = {split: found.rows for split, found in data.report.splits.items()}
    does = (
        "load_data(cache='memory'), build_model with a shared bottom, fit, metrics included; each "
        "seed has its weights to start from and its order of rows, the same for all methods; the "
        "best epoch on validation rows is tested"
    )
    libraries = ("mtlkeras", "keras", "tensorflow")
    return Contestant(does, libraries, Course(spec, data, model, epochs).run, {"rows": rows})


class Course:
    """Trains the model of a data set with one weighting after another.

    Args:
        spec: The data spec.
        data: The data set.
        model: `units`, `tower` and `learning_rate`.
        epochs: Passes over the training rows.
    """

    def __init__(self, spec: mtl.DataSpec, data: mtl.data.Data, model: dict, epochs: int) -> None:
        self.spec = spec
        self.data = data
        self.settings = model
        self.epochs = epochs
        tasks = list(spec.tasks)
        self.labels = {
            split: labels_of(getattr(data, split), tasks) for split in ("validation", "test")
        }
        self.starts: dict[tuple, list[np.ndarray]] = {}
        self.asked: str | None = None
        self.model: mtl.MultiTaskModel | None = None
        self.state: list[tuple] = []

    def run(
        self,
        seed: int,
        tasks: list[str] | None = None,
        weighting: str | None = None,
        options: dict | None = None,
    ) -> dict:
        """Trains with a seed.

        Args:
            seed: Of the weights to start from, and of the order of rows.
            tasks: Which of the tasks to learn; all by default.
            weighting: Name of its class; `None` for the plain sum.
            options: Its arguments.

        Returns:
            AUC a task, their mean, milliseconds a step; or why it is `missing`.
        """
        tasks = tasks or list(self.spec.tasks)
        model = self.at_start(seed, tasks, weighting, options or {})
        # Every seed has epochs of its own.
        self.data.epochs.next = 1000 * seed

        def epoch() -> float:
            start = time.perf_counter()
            model.fit(self.data.train, verbose=0)
            return time.perf_counter() - start

        def judge(split: str) -> tuple[dict, dict]:
            found = model.predict(getattr(self.data, split), verbose=0)
            labels = self.labels[split]
            return {task: labels[task] for task in tasks}, {
                k: np.ravel(p) for k, p in found.items()
            }

        try:
            steps = int(self.data.train.cardinality())
            found = best_epoch(self.epochs, epoch, judge, steps)
        except mtl.balancing.WeightingError as error:
            return {"missing": str(error)}
        rows = self.epochs * self.data.report.splits["train"].rows
        return {"rows": rows, "parameters": model.count_params(), **found}

    def at_start(
        self, seed: int, tasks: Sequence[str], weighting: str | None, options: dict
    ) -> mtl.MultiTaskModel:
        """The model as a seed starts it: a graph is built once a method, not once a seed."""
        asked = json.dumps([tasks, weighting, options], sort_keys=True)
        if asked != self.asked:
            self.model, self.asked = self.new(tasks, weighting, options), asked
            self.model.optimizer.build(self.model.trainable_variables)
            own = [] if self.model.weighting is None else self.model.weighting.variables
            variables = [*self.model.variables, *own, *self.model.optimizer.variables]
            self.state = [(variable, variable.numpy()) for variable in variables]
        key = (seed, *tasks)
        if key not in self.starts:
            keras.utils.set_random_seed(seed)
            self.starts[key] = [v.numpy() for v in _weights(self.new(tasks, None, {}))]
        starts = zip(_weights(self.model), self.starts[key], strict=True)
        for variable, value in (*self.state, *starts):
            variable.assign(value)
        return self.model

    def new(self, tasks: Sequence[str], weighting: str | None, options: dict) -> mtl.MultiTaskModel:
        """A model of some of the tasks."""
        content = self.spec.to_dict()
        content["tasks"] = {task: content["tasks"][task] for task in tasks}
        rate = self.settings["learning_rate"]
        return mtl.build_model(
            mtl.DataSpec.from_dict(content),
            self.data.preprocessing,
            mtl.trunks.SharedBottom(units=tuple(self.settings["units"])),
            tower=tuple(self.settings["tower"]),
            optimizer=mtl.optimizers.PerGroup(
                embeddings=mtl.optimizers.LazyAdam(rate), dense=mtl.optimizers.LazyAdam(rate)
            ),
            weighting=weighting and getattr(mtl.balancing, weighting)(**options),
        )


def _weights(model: mtl.MultiTaskModel) -> list[keras.Variable]:
    """What the models of all methods have; `RotoGrad` has rotations besides."""
    layers = (each for each in model.layers if not isinstance(each, mtl.balancing.Rotations))
    return [variable for layer in layers for variable in layer.weights]
