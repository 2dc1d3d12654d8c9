"""Which metrics answer for which kind of task."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from . import amount, binary, count, multiclass, multilabel, ordinal, regression
from ._reliability import reliability

FAMILIES = {
    "binary": binary.METRICS,
    "multiclass": multiclass.METRICS,
    "multilabel": multilabel.METRICS,
    "ordinal": ordinal.METRICS,
    "regression": regression.METRICS,
    "count": count.METRICS,
    "amount": amount.METRICS,
}

# Kinds whose mean prediction can be held against the mean label, and how to get at it.
_MEANS: dict[str, Callable] = {
    "binary": np.asarray,
    "regression": np.asarray,
    "count": np.asarray,
    "amount": amount.expected_amount,
}


def task_metrics(
    kind: str, y: np.ndarray, prediction: np.ndarray, weight: np.ndarray
) -> dict[str, float]:
    """Returns the metrics of one task on some rows.

    Args:
        kind: Task type of the spec.
        y: Labels `(rows,)` or `(rows, num_classes)`.
        prediction: Predictions `(rows, num_columns)`.
        weight: Row weights `(rows,)`.
    """
    found = {name: metric(y, prediction, weight) for name, metric in FAMILIES[kind].items()}
    if kind == "multiclass" and prediction.shape[-1] <= 3:
        # The best three of three classes are always right.
        del found["top_k"]
    return found


def task_reliability(
    kind: str, y: np.ndarray, prediction: np.ndarray, weight: np.ndarray
) -> pd.DataFrame | None:
    """Returns predicted beside observed means in bins, or None where a kind has no mean.

    Args:
        kind: Task type of the spec.
        y: Labels `(rows,)`.
        prediction: Predictions `(rows, num_columns)`.
        weight: Row weights `(rows,)`.
    """
    return reliability(y, _MEANS[kind](prediction), weight) if kind in _MEANS else None
