"""Metrics of one of several classes: class numbers `(rows,)`, scores `(rows, num_classes)`."""

import numpy as np
from numpy.typing import ArrayLike

from ._rows import classes, mean, ratio
from .binary import EPSILON


def accuracy(y: ArrayLike, prediction: ArrayLike, weight: ArrayLike | None = None) -> float:
    """Returns the share of rows whose most probable class is the right one.

    Args:
        y: Class numbers `(rows,)` or one-hot rows `(rows, num_classes)`.
        prediction: Class probabilities `(rows, num_classes)`.
        weight: Row weights `(rows,)`, 0 where the label is missing.

    Example:
        >>> accuracy([0, 1], [[0.9, 0.1], [0.6, 0.4]])
        0.5
    """
    y, p, weight = classes(y, prediction, weight)
    return mean(p.argmax(axis=1) == y, weight)


def top_k(
    y: ArrayLike, prediction: ArrayLike, weight: ArrayLike | None = None, k: int = 3
) -> float:
    """Returns the share of rows whose right class is among the `k` most probable ones.

    Ties are broken by chance (in expectation), so that constant scores earn `k / num_classes`.

    Args:
        y: Class numbers `(rows,)` or one-hot rows `(rows, num_classes)`.
        prediction: Class probabilities `(rows, num_classes)`.
        weight: Row weights `(rows,)`, 0 where the label is missing.
        k: How many classes count.

    Example:
        >>> top_k([2, 0], [[0.5, 0.3, 0.2], [0.2, 0.3, 0.5]], k=2)
        0.0
    """
    y, p, weight = classes(y, prediction, weight)
    score = np.take_along_axis(p, y[:, None], axis=1)
    above, equal = (p > score).sum(axis=1), (p == score).sum(axis=1)
    return mean(np.clip((k - above) / np.maximum(equal, 1), 0, 1), weight)


def macro_f1(y: ArrayLike, prediction: ArrayLike, weight: ArrayLike | None = None) -> float:
    """Returns the mean over classes of `2 TP / (2 TP + FP + FN)`.

    Classes that occur neither as label nor as prediction do not count.

    Args:
        y: Class numbers `(rows,)` or one-hot rows `(rows, num_classes)`.
        prediction: Class probabilities `(rows, num_classes)`.
        weight: Row weights `(rows,)`, 0 where the label is missing.

    Example:
        >>> round(macro_f1([0, 0, 1], [[0.9, 0.1], [0.4, 0.6], [0.2, 0.8]]), 4)
        0.6667
    """
    y, p, weight = classes(y, prediction, weight)
    answer = p.argmax(axis=1)
    size = p.shape[1]
    hit = np.bincount(y, weight * (answer == y), minlength=size)
    seen = np.bincount(y, weight, minlength=size) + np.bincount(answer, weight, minlength=size)
    present = seen > 0
    return ratio((2 * hit[present] / seen[present]).sum(), present.sum())


def log_loss(y: ArrayLike, prediction: ArrayLike, weight: ArrayLike | None = None) -> float:
    """Returns the mean of `-log p` of the right class, `p` clipped to `[1e-7, 1 - 1e-7]`.

    Args:
        y: Class numbers `(rows,)` or one-hot rows `(rows, num_classes)`.
        prediction: Class probabilities `(rows, num_classes)`.
        weight: Row weights `(rows,)`, 0 where the label is missing.

    Example:
        >>> round(log_loss([0], [[0.5, 0.25, 0.25]]), 4)
        0.6931
    """
    y, p, weight = classes(y, prediction, weight)
    p = np.take_along_axis(p, y[:, None], axis=1)[:, 0]
    return mean(-np.log(np.clip(p, EPSILON, 1 - EPSILON)), weight)


METRICS = {"accuracy": accuracy, "top_k": top_k, "macro_f1": macro_f1, "log_loss": log_loss}
