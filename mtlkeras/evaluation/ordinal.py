"""Metrics of ordered classes: class numbers `(rows,)`, probabilities `(rows, num_classes)`."""

import numpy as np
from numpy.typing import ArrayLike

from . import regression
from ._rows import classes, mean
from .multiclass import log_loss


def median_class(prediction: ArrayLike) -> np.ndarray:
    """Returns the first class up to which half of the probability lies, `(rows,)`.

    Args:
        prediction: Class probabilities `(rows, num_classes)`.

    Example:
        >>> median_class([[0.4, 0.3, 0.3], [0.1, 0.1, 0.8]])
        array([1, 2])
    """
    cumulative = np.cumsum(np.asarray(prediction, np.float64), axis=1)
    # The last class is always reached, whatever rounding makes of the sum.
    cumulative[:, -1] = 1.0
    return (cumulative >= 0.5).argmax(axis=1)


def accuracy(y: ArrayLike, prediction: ArrayLike, weight: ArrayLike | None = None) -> float:
    """Returns the share of rows whose median class is the right one.

    Args:
        y: Class numbers `(rows,)`.
        prediction: Class probabilities `(rows, num_classes)`.
        weight: Row weights `(rows,)`, 0 where the label is missing.

    Example:
        >>> accuracy([1, 1], [[0.4, 0.3, 0.3], [0.1, 0.1, 0.8]])
        0.5
    """
    y, p, weight = classes(y, prediction, weight)
    return mean(median_class(p) == y, weight)


def mae(y: ArrayLike, prediction: ArrayLike, weight: ArrayLike | None = None) -> float:
    """Returns how many classes the median class is off, on average.

    Args:
        y: Class numbers `(rows,)`.
        prediction: Class probabilities `(rows, num_classes)`.
        weight: Row weights `(rows,)`, 0 where the label is missing.

    Example:
        >>> mae([1, 0], [[0.4, 0.3, 0.3], [0.1, 0.1, 0.8]])
        1.0
    """
    y, p, weight = classes(y, prediction, weight)
    return regression.mae(y, median_class(p), weight)


def rmse(y: ArrayLike, prediction: ArrayLike, weight: ArrayLike | None = None) -> float:
    """Returns the root of the mean squared number of classes that the median class is off.

    Args:
        y: Class numbers `(rows,)`.
        prediction: Class probabilities `(rows, num_classes)`.
        weight: Row weights `(rows,)`, 0 where the label is missing.

    Example:
        >>> rmse([2, 0], [[0.9, 0.1, 0.0], [0.1, 0.1, 0.8]])
        2.0
    """
    y, p, weight = classes(y, prediction, weight)
    return regression.rmse(y, median_class(p), weight)


METRICS = {"accuracy": accuracy, "mae": mae, "rmse": rmse, "log_loss": log_loss}
