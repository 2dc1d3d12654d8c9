"""Metrics of for how much: labels `(rows,)`, zero or positive.

A prediction is the amount itself `(rows,)` or, as the `Amount` head answers, the zero-inflated
log-normal's `(rows, 3)`: probability of a positive amount, mean and deviation of its logarithm
(Wang et al., "A Deep Probabilistic Model for Customer Lifetime Value Prediction", 2019).
"""

import numpy as np
import tensorflow as tf
from numpy.typing import ArrayLike

from . import binary, regression
from ._rows import labelled, mean

# Amounts end at exp(40), as the head's do: an untrained one may be far off.
MAX_LOG = 40.0


def expected_amount(prediction: ArrayLike) -> np.ndarray:
    """Returns the mean `p exp(mu + sigma^2 / 2)`, `(rows,)`.

    Args:
        prediction: `(rows, 3)` probability, mu and sigma, or amounts `(rows,)`.

    Example:
        >>> expected_amount([[0.5, 0.0, 0.0]])
        array([0.5])
    """
    p = np.asarray(prediction, np.float64)
    if p.ndim < 2 or p.shape[1] == 1:
        return p.reshape(-1)
    probability, mu, sigma = _columns(p)
    return probability * np.exp(np.minimum(mu + sigma**2 / 2, MAX_LOG))


def median_amount(prediction: ArrayLike) -> np.ndarray:
    """Returns the median, `(rows,)`: 0 where the probability is at most one half.

    Above, `exp(mu + sigma Phi^-1((p - 0.5) / p))`.

    Args:
        prediction: `(rows, 3)` probability, mu and sigma, or amounts `(rows,)`.

    Example:
        >>> median_amount([[1.0, 0.0, 2.0], [0.4, 0.0, 2.0]])
        array([1., 0.])
    """
    p = np.asarray(prediction, np.float64)
    if p.ndim < 2 or p.shape[1] == 1:
        return p.reshape(-1)
    probability, mu, sigma = _columns(p)
    positive = probability > 0.5
    probability = np.where(positive, probability, 1.0)
    quantile = tf.math.ndtri((probability - 0.5) / probability).numpy()
    return np.where(positive, np.exp(np.minimum(mu + sigma * quantile, MAX_LOG)), 0.0)


def mae(y: ArrayLike, prediction: ArrayLike, weight: ArrayLike | None = None) -> float:
    """Returns the mean absolute error of the median, the best guess by this measure.

    Args:
        y: Labels `(rows,)`.
        prediction: Predictions `(rows, 3)` or `(rows,)`.
        weight: Row weights `(rows,)`, 0 where the label is missing.

    Example:
        >>> mae([0.0, 2.0], [[0.5, 0.0, 0.0], [1.0, 0.0, 0.0]])
        0.5
    """
    return regression.mae(y, median_amount(prediction), weight)


def rmse(y: ArrayLike, prediction: ArrayLike, weight: ArrayLike | None = None) -> float:
    """Returns the root of the mean squared error of the expected amount.

    Args:
        y: Labels `(rows,)`.
        prediction: Predictions `(rows, 3)` or `(rows,)`.
        weight: Row weights `(rows,)`, 0 where the label is missing.

    Example:
        >>> rmse([0.0, 4.0], [1.0, 1.0]) == 5**0.5
        True
    """
    return regression.rmse(y, expected_amount(prediction), weight)


def log_mae(y: ArrayLike, prediction: ArrayLike, weight: ArrayLike | None = None) -> float:
    """Returns the mean absolute error of `log(1 + median)` against `log(1 + label)`.

    Args:
        y: Labels `(rows,)`.
        prediction: Predictions `(rows, 3)` or `(rows,)`.
        weight: Row weights `(rows,)`, 0 where the label is missing.

    Example:
        >>> round(log_mae([0.0, 1.0], [[0.4, 0.0, 1.0], [0.4, 0.0, 1.0]]), 4)
        0.3466
    """
    y, median, weight = labelled(y, median_amount(prediction), weight)
    return mean(np.abs(np.log1p(median) - np.log1p(y)), weight)


def calibration(y: ArrayLike, prediction: ArrayLike, weight: ArrayLike | None = None) -> float:
    """Returns the mean expected amount over the mean label; 1 is best.

    Args:
        y: Labels `(rows,)`.
        prediction: Predictions `(rows, 3)` or `(rows,)`.
        weight: Row weights `(rows,)`, 0 where the label is missing.

    Example:
        >>> calibration([1.0, 3.0], [[0.5, 0.0, 0.0], [0.5, 0.0, 0.0]])
        0.25
    """
    return binary.calibration(y, expected_amount(prediction), weight)


def _columns(prediction: np.ndarray) -> np.ndarray:
    if prediction.shape[1] != 3:
        raise ValueError(
            "`prediction` of an amount should have shape (rows,) or (rows, 3): probability, mu "
            f"and sigma. Received shape {prediction.shape}."
        )
    return prediction.T


METRICS = {"mae": mae, "rmse": rmse, "log_mae": log_mae, "calibration": calibration}
