"""Features that give a label away.

Two degrees, so that honest data raise no alarm: a feature that *equals* a label, value by value
or up to renaming, is leakage and refused by `policy.leakage`; one that merely *determines* it
in the rows looked at (separates a binary label perfectly, has one class a value, is a linear
function of it, is present exactly where it is 1) is named in a warning.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from ._convert import to_floats
from ._encode_labels import CLASSES

# Rows looked at: some of every batch, so that sorted data show more than one label.
ROWS, ROWS_A_BATCH = 50_000, 2_048
# Rows that must differ from the commonest label before anything is claimed.
EQUAL_ROWS, DETERMINED_ROWS = 5, 50


@dataclass(frozen=True)
class Leak:
    """A feature that gives a task's label away.

    Args:
        feature: Name of the feature.
        task: Name of the task.
        how: What was seen, e.g. `"equals"`.
        equal: Whether it is the label itself.
        rows: Rows looked at.
    """

    feature: str
    task: str
    how: str
    equal: bool
    rows: int

    def __str__(self) -> str:
        return f"feature '{self.feature}' {self.how} the label of task '{self.task}' in all " \
               f"{self.rows:,} rows looked at"  # fmt: skip


def find_leaks(
    spec, features: Mapping[str, pa.Array], labels: Mapping[str, np.ndarray], valid: Mapping
) -> list[Leak]:
    """Compares each number and category with each label.

    Args:
        spec: The data spec.
        features: Source column to cleaned values.
        labels: Task to encoded labels `(rows,)`.
        valid: Task to rows whose label counts.
    """
    leaks = []
    for name, feature in spec.features.items():
        if feature.type not in ("number", "category"):
            continue
        array = features[feature.column or name]
        present = array.is_valid().to_numpy(zero_copy_only=False)
        codes = array.dictionary_encode().indices.fill_null(-1).to_numpy(zero_copy_only=False)
        numbers = (
            to_floats(array)[0].to_numpy(zero_copy_only=False) if feature.type == "number" else None
        )
        for task_name, task in spec.tasks.items():
            label = labels[task_name]
            if label.ndim > 1:
                continue
            found = _missing_tells(task, present, label, valid[task_name])
            rows = present & valid[task_name]
            y = label[rows]
            if found is None and _informative(y) >= EQUAL_ROWS:
                x = None if numbers is None else numbers[rows]
                found = _tells(task, codes[rows].astype(np.int64), x, y)
            if found is not None:
                how, equal = found
                leaks.append(Leak(name, task_name, how, equal, len(y)))
    return leaks


def _tells(task, codes: np.ndarray, x: np.ndarray | None, y: np.ndarray):
    if x is not None and np.array_equal(x.astype(np.float32), y):
        return "equals", True
    is_classes = task.type == "binary" or task.type in CLASSES
    enough = _informative(y) >= DETERMINED_ROWS
    if is_classes:
        pairs = np.unique(codes * (int(y.max()) + 1) + y.astype(np.int64))
        values, classes = len(np.unique(codes)), len(np.unique(y))
        if len(pairs) == values == classes:
            return "equals, but for the names,", True
        if enough and len(pairs) == values and values <= len(y) // 20:
            return "determines", False
    if enough and x is not None:
        if task.type == "binary" and _separates(x, y):
            return "separates perfectly", False
        if not is_classes and _linear(x, y):
            return "is a linear function of", False
    return None


def _missing_tells(task, present: np.ndarray, label: np.ndarray, valid: np.ndarray):
    if task.type != "binary":
        return None
    here, y = present[valid], label[valid] == 1.0
    if _informative(y) < DETERMINED_ROWS or not (
        np.array_equal(here, y) or np.array_equal(~here, y)
    ):
        return None
    return "tells, by being missing or not,", False


def _informative(y: np.ndarray) -> int:
    """Rows that do not have the commonest label: with none, anything seems to tell it."""
    return 0 if not len(y) else len(y) - int(np.unique(y, return_counts=True)[1].max())


def _separates(x: np.ndarray, y: np.ndarray) -> bool:
    """Whether one threshold tells the classes apart, an AUC of 1 or 0."""
    no, yes = x[y == 0], x[y == 1]
    return bool(no.max() < yes.min() or yes.max() < no.min())


def _linear(x: np.ndarray, y: np.ndarray) -> bool:
    if x.std() == 0 or y.std() == 0:
        return False
    return abs(np.corrcoef(x, y.astype(np.float64))[0, 1]) > 1 - 1e-9
