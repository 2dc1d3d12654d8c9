"""Metrics of yes or no: labels 0 and 1 `(rows,)`, probabilities `(rows,)` or `(rows, 1)`."""

import numpy as np
from numpy.typing import ArrayLike

from ._reliability import reliability
from ._rows import labelled, mean, ratio

# Keras clips there too; float32 cannot tell 1 - 1e-8 from 1.
EPSILON = 1e-7


def auc(y: ArrayLike, prediction: ArrayLike, weight: ArrayLike | None = None) -> float:
    """Returns the area under the ROC curve: how often a positive outranks a negative.

    Exact, by ranks; a tie counts one half. NaN where one class is missing.

    Args:
        y: Labels `(rows,)`.
        prediction: Probabilities or any scores `(rows,)`.
        weight: Row weights `(rows,)`, 0 where the label is missing.

    Example:
        >>> auc([0, 1, 0, 1], [0.1, 0.4, 0.4, 0.8])
        0.875
    """
    positive, negative = _by_threshold(y, prediction, weight)
    below = np.cumsum(negative[::-1])[::-1] - negative
    return ratio(np.dot(positive, below + negative / 2), positive.sum() * negative.sum())


def pr_auc(y: ArrayLike, prediction: ArrayLike, weight: ArrayLike | None = None) -> float:
    """Returns average precision: precision at each threshold, weighted by the recall it adds.

    NaN where there is no positive.

    Args:
        y: Labels `(rows,)`.
        prediction: Probabilities or any scores `(rows,)`.
        weight: Row weights `(rows,)`, 0 where the label is missing.

    Example:
        >>> pr_auc([0, 1, 0, 1], [0.1, 0.4, 0.6, 0.8])
        0.8333333333333333
    """
    positive, negative = _by_threshold(y, prediction, weight)
    precision = np.cumsum(positive) / np.maximum(np.cumsum(positive + negative), 1e-300)
    return ratio(np.dot(positive, precision), positive.sum())


def log_loss(y: ArrayLike, prediction: ArrayLike, weight: ArrayLike | None = None) -> float:
    """Returns the mean of `-y log p - (1 - y) log(1 - p)`, `p` clipped to `[1e-7, 1 - 1e-7]`.

    Args:
        y: Labels `(rows,)`.
        prediction: Probabilities `(rows,)`.
        weight: Row weights `(rows,)`, 0 where the label is missing.

    Example:
        >>> round(log_loss([0, 1], [0.5, 0.5]), 4)
        0.6931
    """
    y, p, weight = labelled(y, prediction, weight)
    p = np.clip(p, EPSILON, 1 - EPSILON)
    return mean(-y * np.log(p) - (1 - y) * np.log1p(-p), weight)


def accuracy(y: ArrayLike, prediction: ArrayLike, weight: ArrayLike | None = None) -> float:
    """Returns the share of rows on the right side of 0.5.

    Args:
        y: Labels `(rows,)`.
        prediction: Probabilities `(rows,)`.
        weight: Row weights `(rows,)`, 0 where the label is missing.

    Example:
        >>> accuracy([0, 1, 1, 1], [0.2, 0.9, 0.4, 0.6])
        0.75
    """
    y, p, weight = labelled(y, prediction, weight)
    return mean((y > 0.5) == (p > 0.5), weight)


def calibration(y: ArrayLike, prediction: ArrayLike, weight: ArrayLike | None = None) -> float:
    """Returns the mean prediction over the mean label; 1 is best, above 1 is too optimistic.

    NaN where every label is 0.

    Args:
        y: Labels `(rows,)`.
        prediction: Probabilities, rates or amounts `(rows,)`.
        weight: Row weights `(rows,)`, 0 where the label is missing.

    Example:
        >>> calibration([0, 1], [0.5, 1.0])
        1.5
    """
    y, p, weight = labelled(y, prediction, weight)
    return ratio(np.dot(p, weight), np.dot(y, weight))


def ece(
    y: ArrayLike, prediction: ArrayLike, weight: ArrayLike | None = None, bins: int = 15
) -> float:
    """Returns the expected calibration error, `sum_b W_b / W |mean label_b - mean prediction_b|`.

    The bins hold equal weight (rare events fill one of fifteen bins of equal width only)
    and never split equal predictions. Nixon et al., "Measuring Calibration in Deep Learning"
    (2019).

    Args:
        y: Labels `(rows,)`.
        prediction: Probabilities `(rows,)`.
        weight: Row weights `(rows,)`, 0 where the label is missing.
        bins: Number of bins.

    Example:
        >>> round(ece([0, 1, 1, 1], [0.5, 0.5, 0.9, 0.9]), 6)
        0.05
    """
    table = reliability(y, prediction, weight, bins)
    return mean(np.abs(table["label"] - table["prediction"]).to_numpy(), table["weight"].to_numpy())


def _by_threshold(
    y: ArrayLike, prediction: ArrayLike, weight: ArrayLike | None
) -> tuple[np.ndarray, np.ndarray]:
    """Returns the weight of positives and of negatives at each distinct score, highest first."""
    y, score, weight = labelled(y, prediction, weight)
    _, group = np.unique(-score, return_inverse=True)
    return np.bincount(group, weight * y), np.bincount(group, weight * (1 - y))


METRICS = {
    "auc": auc,
    "pr_auc": pr_auc,
    "log_loss": log_loss,
    "accuracy": accuracy,
    "calibration": calibration,
    "ece": ece,
}
