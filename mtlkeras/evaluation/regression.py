"""Metrics of a real number: labels and predictions `(rows,)` in the label's unit."""

import numpy as np
from numpy.typing import ArrayLike

from ._rows import labelled, mean, ratio


def mae(y: ArrayLike, prediction: ArrayLike, weight: ArrayLike | None = None) -> float:
    """Returns the mean absolute error.

    Args:
        y: Labels `(rows,)`.
        prediction: Predictions `(rows,)`.
        weight: Row weights `(rows,)`, 0 where the label is missing.

    Example:
        >>> mae([1, 2], [2, 4])
        1.5
    """
    y, p, weight = labelled(y, prediction, weight)
    return mean(np.abs(p - y), weight)


def rmse(y: ArrayLike, prediction: ArrayLike, weight: ArrayLike | None = None) -> float:
    """Returns the root of the mean squared error.

    Args:
        y: Labels `(rows,)`.
        prediction: Predictions `(rows,)`.
        weight: Row weights `(rows,)`, 0 where the label is missing.

    Example:
        >>> rmse([0, 0], [3, 3])
        3.0
    """
    y, p, weight = labelled(y, prediction, weight)
    return float(np.sqrt(mean((p - y) ** 2, weight)))


def r2(y: ArrayLike, prediction: ArrayLike, weight: ArrayLike | None = None) -> float:
    """Returns `1 - sum (p - y)^2 / sum (mean - y)^2`: 0 is as good as the mean label, 1 is best.

    NaN where the label is constant.

    Args:
        y: Labels `(rows,)`.
        prediction: Predictions `(rows,)`.
        weight: Row weights `(rows,)`, 0 where the label is missing.

    Example:
        >>> r2([1, 2, 3], [1, 2, 2])
        0.5
    """
    y, p, weight = labelled(y, prediction, weight)
    spread = np.dot(weight, (y - mean(y, weight)) ** 2)
    return 1 - ratio(np.dot(weight, (p - y) ** 2), spread)


METRICS = {"mae": mae, "rmse": rmse, "r2": r2}
