"""The rows that count: labelled, with a weight above 0."""

import numpy as np
from numpy.typing import ArrayLike


def labelled(
    y: ArrayLike, prediction: ArrayLike, weight: ArrayLike | None = None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Returns labels, predictions and weights of the rows with a weight above 0, as float64.

    Args:
        y: Labels `(rows,)`, `(rows, 1)` or `(rows, num_classes)`.
        prediction: Predictions `(rows,)`, `(rows, 1)` or `(rows, num_columns)`.
        weight: Row weights `(rows,)`; 0 leaves a row out. All 1 where left out.

    Raises:
        ValueError: If the numbers of rows differ or a weight is negative or not finite.

    Example:
        >>> labelled([1, 0, 1], [[0.9], [0.2], [0.4]], [1, 0, 2])[1]
        array([0.9, 0.4])
    """
    y, prediction = _columns(y), _columns(prediction)
    weight = np.ones(len(y)) if weight is None else np.asarray(weight, np.float64).reshape(-1)
    if not len(y) == len(prediction) == len(weight):
        raise ValueError(
            "`y`, `prediction` and `weight` should have the same number of rows. "
            f"Received {len(y)}, {len(prediction)} and {len(weight)}."
        )
    if not (np.isfinite(weight).all() and (weight >= 0).all()):
        raise ValueError(
            "`weight` should be finite and not negative, 0 where a row does not count. "
            f"Received {weight[~(np.isfinite(weight) & (weight >= 0))][0]}."
        )
    rows = weight > 0
    return y[rows], prediction[rows], weight[rows]


def classes(
    y: ArrayLike, prediction: ArrayLike, weight: ArrayLike | None = None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Returns what `labelled` does, with class numbers `(rows,)` as labels.

    Args:
        y: Class numbers `(rows,)` or one-hot rows `(rows, num_classes)`.
        prediction: Class scores `(rows, num_classes)`.
        weight: Row weights `(rows,)`.

    Raises:
        ValueError: If `prediction` has no column a class or a label is no class number.
    """
    y, prediction, weight = labelled(y, prediction, weight)
    if prediction.ndim != 2:
        raise ValueError(
            "`prediction` should have one column a class, shape (rows, num_classes). "
            f"Received shape {prediction.shape}."
        )
    y = y.argmax(axis=1) if y.ndim == 2 else y.astype(np.int64)
    if len(y) and not 0 <= y.min() <= y.max() < prediction.shape[1]:
        raise ValueError(
            f"`y` should hold class numbers from 0 to {prediction.shape[1] - 1}. "
            f"Received {y.min() if y.min() < 0 else y.max()}."
        )
    return y, prediction, weight


def mean(values: np.ndarray, weight: np.ndarray) -> float:
    """Returns the weighted mean, NaN where there are no rows."""
    return float(np.dot(values, weight) / weight.sum()) if len(weight) else float("nan")


def ratio(numerator: float, denominator: float) -> float:
    """Returns `numerator / denominator`, NaN where the denominator is 0."""
    return float(numerator / denominator) if denominator else float("nan")


def _columns(values: ArrayLike) -> np.ndarray:
    values = np.asarray(values, np.float64)
    return values[:, 0] if values.ndim == 2 and values.shape[1] == 1 else values
