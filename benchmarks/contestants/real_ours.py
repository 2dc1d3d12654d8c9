"""This toolkit on real data: any trunk or funnel, judged after each epoch."""

import time
from collections.abc import Sequence
from pathlib import Path

import keras
import numpy as np

import mtlkeras as mtl

from ._epochs import best_epoch
from .contestant import Contestant


@keras.saving.register_keras_serializable("benchmarks")
class Features(keras.layers.Layer):
    """The encoded features themselves, for every task: what towers without a trunk read."""

    takes = "vector"

    def __init__(self, tasks=None, **kwargs):
        super().__init__(**kwargs)
        self.tasks = tasks

    def call(self, x, training=None):
        return dict.fromkeys(self.tasks, x)

    def compute_output_shape(self, x_shape):
        return dict.fromkeys(self.tasks, x_shape)

    def get_config(self):
        return {**super().get_config(), "tasks": self.tasks}


def build(
    spec: str,
    raced: list[str],
    batch_size: int,
    epochs: int,
    arrays: str | None = None,
    amounts: Sequence[str] = (),
) -> Contestant:
    """The data set, loaded.

    Args:
        spec: YAML file of the data spec.
        raced: Binary tasks that are judged.
        batch_size: Rows a step.
        epochs: Passes over the training rows.
        arrays: NPZ file to write for the peers: the rows as the network takes them.
        amounts: Amount tasks that are judged.
    """
    spec = mtl.DataSpec.from_yaml(spec)
    data = mtl.load_data(spec, batch_size=batch_size, cache="memory")
    tasks = [*raced, *amounts]
    labels = {split: labels_of(getattr(data, split), tasks) for split in ("validation", "test")}
    if arrays:
        write_arrays(data, raced, Path(arrays))

    def run(
        trunk: str, seed: int, options: dict | None = None, funnel: dict | None = None, tower=(32,)
    ) -> dict:
        keras.utils.set_random_seed(seed)
        data.epochs.next = 0
        start = time.perf_counter()
        made = None if funnel is None else _made(mtl.heads.funnels, **funnel)
        model = mtl.build_model(
            spec,
            data.preprocessing,
            Features() if trunk == "features" else _made(mtl.trunks, trunk, options or {}),
            tower=tuple(tower),
            **({} if made is None else {"funnel": made}),
        )
        seconds = [time.perf_counter() - start]

        def epoch() -> float:
            start = time.perf_counter()
            model.fit(data.train, verbose=0)
            seconds.append(time.perf_counter() - start)
            return seconds[-1]

        def judge(split: str) -> tuple[dict, dict]:
            found = model.predict(getattr(data, split), verbose=0)
            for task in amounts:  # Its head tells a distribution; what is served is its mean.
                found[task] = model.get_layer(task).served(found[task])[task]
            return labels[split], {task: np.ravel(found[task]) for task in tasks}

        steps = int(data.train.cardinality())
        found = best_epoch(epochs, epoch, judge, steps, amounts)
        found["seconds"] += seconds[0]
        return {
            "rows": epochs * data.report.splits["train"].rows,
            "parameters": model.count_params(),
            **found,
        }

    does = "load_data(cache='memory'), build_model with its defaults, fit; metrics included"
    return Contestant(does, ("mtlkeras", "keras", "tensorflow"), run)


def _made(package, name: str, options: dict | None = None):
    """An object of a class of a package, by its name."""
    known = {each.lower(): each for each in package.__all__}
    given = {
        key: tuple(value) if isinstance(value, list) else value
        for key, value in (options or {}).items()
    }
    return getattr(package, known[name.replace("_", "").lower()])(**given)


def labels_of(dataset, raced: list[str]) -> dict[str, np.ndarray]:
    """Labels of a split.

    Args:
        dataset: Its batches.
        raced: Tasks.
    """
    batches = [labels for _, labels, _ in dataset]
    return {task: np.concatenate([np.ravel(batch[task]) for batch in batches]) for task in raced}


def write_arrays(data, raced: list[str], path: Path) -> None:
    """Writes ids, numbers and labels of each split, as the network takes them.

    Args:
        data: What `load_data` returned.
        raced: Tasks.
        path: NPZ file.
    """
    inputs = data.preprocessing.inputs
    content = {}
    for split in ("train", "validation", "test"):
        batches = list(getattr(data, split))
        for name in inputs:
            column = np.concatenate([np.asarray(features[name]) for features, _, _ in batches])
            content[f"{split}/x/{name}"] = column.reshape(len(column), -1)[:, 0]
        for task in raced:
            content[f"{split}/y/{task}"] = np.concatenate(
                [np.ravel(labels[task]) for _, labels, _ in batches]
            ).astype("float32")
    for name, feature in inputs.items():
        content[f"size/{name}"] = np.array(feature.size or 0)
    np.savez(path, **content)
