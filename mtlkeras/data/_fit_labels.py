"""Statistics of one task's labels over the training split."""

import numpy as np
import pyarrow as pa

from ._encode_labels import class_codes, class_values, label_elements, sorted_classes
from ._errors import Problem
from ._fit_numbers import Moments
from ._fit_vocabularies import ValueCounts
from ._inputs import TaskTarget


class TargetFit:
    """Collects the label statistics of one task.

    Args:
        name: Name of the task.
        task: The task of the spec.
    """

    def __init__(self, name: str, task):
        self.name, self.task = name, task
        self.rows = 0
        self.moments, self.logs = Moments(), Moments()
        self.classes = (0, 1) if task.type == "binary" else getattr(task, "classes", None)
        self.learned = hasattr(task, "classes") and task.classes is None
        self.counts = np.zeros(len(self.classes or ()), np.int64)
        self.values = ValueCounts(pa.string())

    def update(self, encoded: np.ndarray, array: pa.Array, valid: np.ndarray) -> None:
        """Adds labels.

        Args:
            encoded: Encoded labels; where classes are learned, only NaN or not matters.
            array: The label column itself.
            valid: Which rows count.
        """
        self.rows += int(valid.sum())
        if self.learned:
            self._count_values(array.filter(pa.array(valid)))
        elif self.task.type == "multilabel":
            self.counts += encoded[valid].sum(axis=0).astype(np.int64)
        elif self.classes is not None:
            codes = encoded[valid].astype(np.int64)
            self.counts += np.bincount(codes, minlength=len(self.classes))
        else:
            self._add_moments(encoded[valid].astype(np.float64))

    def result(self) -> TaskTarget:
        """Returns the statistics."""
        if self.classes is None and not self.learned:
            return TaskTarget(
                self.name, self.task.type, None, self.moments.mean, self.moments.std, self.rows,
                log_mean=self.logs.mean, log_std=self.logs.std,
            )  # fmt: skip
        classes, counts = self.classes, self.counts
        if self.learned:
            table = self.values.table()
            classes = sorted_classes(table["value"].to_pylist())
            codes = class_codes(table["value"].combine_chunks(), classes).astype(np.int64)
            counts = np.zeros(len(classes), np.int64)
            counts[codes] = table["count"].to_numpy()
        codes, share = np.arange(len(classes)), counts / max(1, counts.sum())
        mean = float(codes @ share)
        std = float(np.sqrt(((codes - mean) ** 2) @ share)) or 1.0
        return TaskTarget(
            self.name,
            self.task.type,
            None if self.task.type == "binary" else tuple(classes),
            mean,
            std,
            self.rows,
            tuple(counts.tolist()),
            self._class_weights(counts),
        )

    def problem(self) -> Problem:
        """Returns what is wrong where there are no labels."""
        return Problem(
            f"task '{self.name}'",
            None,
            self.task.column or self.name,
            "none",
            "at least one label in the training split",
            "Check `column`, `missing_values`, `observed` and the split, or leave the task out.",
        )

    def constant(self, target: TaskTarget) -> bool:
        """Returns whether all training labels are the same, given `result()`."""
        if target.kind == "multilabel":
            return all(count in (0, target.rows) for count in target.counts)
        if target.counts is not None:
            return sum(count > 0 for count in target.counts) < 2
        spread = self.moments.m2 + self.logs.m2
        return spread <= 1e-12 * max(1.0, self.moments.mean**2) * self.rows

    def _count_values(self, array: pa.Array) -> None:
        if self.task.type != "multilabel":
            self.values.update(class_values(self.task, array))
            return
        labels, rows = label_elements(self.task, array)
        codes = labels.dictionary_encode()
        pairs = rows * max(1, len(codes.dictionary)) + codes.indices.to_numpy()
        # A label named twice in a row counts once.
        once = np.unique(pairs) % max(1, len(codes.dictionary))
        self.values.update(codes.dictionary.take(pa.array(once)))

    def _add_moments(self, values: np.ndarray) -> None:
        task = self.task
        if task.type == "amount":
            self.logs.update(np.log(values[values > 0]))
            values = (values > 0).astype(np.float64)
        elif task.type == "count" and task.clip is not None:
            values = np.minimum(values, task.clip)
        elif task.type == "regression" and task.transform == "log1p":
            values = np.log1p(values)
        self.moments.update(values)

    def _class_weights(self, counts: np.ndarray) -> tuple[float, ...] | None:
        given = getattr(self.task, "class_weights", None)
        if given is None:
            return None
        if given == "balanced" and self.task.type == "multilabel":
            some = (counts > 0) & (counts < self.rows)
            return tuple(np.where(some, (self.rows - counts) / np.maximum(counts, 1), 1.0).tolist())
        if given == "balanced":
            # A class without rows weighs nothing in training; 1 keeps the figure finite.
            balanced = counts.sum() / (len(counts) * np.maximum(counts, 1))
            return tuple(np.where(counts > 0, balanced, 1.0).tolist())
        return tuple(float(w) for w in given)
