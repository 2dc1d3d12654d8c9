"""This toolkit by its public interface: a data spec, `load_data`, `build_model`, `fit`."""

import keras
import numpy as np
import pandas as pd

import mtlkeras as mtl
from benchmarks.workload import Workload

from .contestant import Contestant


def spec_of(work: Workload, hashed: bool) -> mtl.DataSpec:
    """The workload as a data spec.

    Args:
        work: What to describe.
        hashed: Whether categories are hashed into as many buckets as the workload has ids; else
            their vocabularies are learned from the rows.
    """
    features = {
        name: {"type": "category", "dim": work.dim, **({"hash": size} if hashed else {})}
        for name, size in zip(work.category_names, work.sizes, strict=True)
    }
    features |= {name: {"type": "number"} for name in work.number_names}
    return mtl.DataSpec.from_dict(
        {
            "spec_version": 1,
            "name": "benchmark",
            "split": {"by": "random", "validation": 0, "test": 0},
            "features": features,
            "tasks": {name: {"type": "binary"} for name in work.task_names},
        }
    )


def frame_of(work: Workload) -> pd.DataFrame:
    """The workload's rows, a column each."""
    ids, numbers, labels = work.arrays
    columns = {name: ids[:, k].astype("int64") for k, name in enumerate(work.category_names)}
    columns |= {name: numbers[:, k] for k, name in enumerate(work.number_names)}
    columns |= {name: labels[:, k] for k, name in enumerate(work.task_names)}
    return pd.DataFrame(columns)


def make_trunk(work: Workload, trunk: str = "mmoe", width: int | None = None):
    """The workload's MMoE, or a shared bottom of some width."""
    if trunk == "mmoe":
        return mtl.trunks.MMoE(num_experts=work.experts, units=(work.units,))
    return mtl.trunks.SharedBottom(units=(width or work.units,))


def without_metrics(model: mtl.MultiTaskModel) -> None:
    """Compiles again as `build_model` did, but for the metrics: peers compute none."""
    model.compile(
        model.optimizer,
        loss=dict.fromkeys(model.tasks, "binary_crossentropy"),
        weighting=model.weighting,
        steps_per_execution=model.steps_per_execution,
    )


def bytes_of(variables: list[keras.Variable]) -> int:
    """Bytes that variables take."""
    return sum(int(np.prod(v.shape)) * np.dtype(v.dtype).itemsize for v in variables)


def build(
    workload: dict, hashed: bool = True, trunk: str = "mmoe", width: int | None = None
) -> Contestant:
    """This toolkit.

    Args:
        workload: The work.
        hashed: As in `spec_of`.
        trunk: `"mmoe"` or `"shared_bottom"`.
        width: Width of the shared bottom.
    """
    work = Workload.from_dict(workload)
    spec = spec_of(work, hashed)
    data = mtl.load_data(spec, frame_of(work), batch_size=work.batch_size, cache="memory")
    model = mtl.build_model(
        spec, data.preprocessing, trunk=make_trunk(work, trunk, width), tower=(work.tower,)
    )
    without_metrics(model)
    model.optimizer.build(model.trainable_variables)
    batches = data.train.repeat()

    def run(steps: int) -> dict:
        model.fit(batches.take(steps), verbose=0)
        return {"rows": steps * work.batch_size}

    how = "hashed into the table" if hashed else "by vocabularies learned from the rows"
    does = (
        f"load_data(cache='memory'), shuffled, categories {how}; build_model with {trunk} and its "
        f"default optimizer {type(model.optimizer).__name__}, compiled again without metrics, "
        f"steps_per_execution={model.steps_per_execution}; fit"
    )
    optimizer = bytes_of(model.optimizer.variables)
    facts = {
        "state_bytes": bytes_of(model.variables) + optimizer,
        "optimizer_bytes": optimizer,
        "table_bytes": work.table_bytes,
    }
    return Contestant(does, ("mtlkeras", "keras", "tensorflow", "numpy"), run, facts)
