"""Metrics of how many: labels 0, 1, 2, ... `(rows,)`, predicted rates `(rows,)`."""

import numpy as np
from numpy.typing import ArrayLike

from ._rows import labelled, mean
from .binary import calibration
from .regression import mae, rmse


def poisson_deviance(y: ArrayLike, prediction: ArrayLike, weight: ArrayLike | None = None) -> float:
    """Returns the mean of `2 (y log(y / p) - y + p)`, `p` at least 1e-7.

    Args:
        y: Labels `(rows,)`.
        prediction: Rates `(rows,)`.
        weight: Row weights `(rows,)`, 0 where the label is missing.

    Example:
        >>> poisson_deviance([0, 1], [1, 1])
        1.0
    """
    y, p, weight = labelled(y, prediction, weight)
    p = np.maximum(p, 1e-7)
    # y log y is 0 at 0.
    return mean(2 * (y * np.log(np.where(y > 0, y, 1) / p) - y + p), weight)


METRICS = {
    "mae": mae,
    "rmse": rmse,
    "poisson_deviance": poisson_deviance,
    "calibration": calibration,
}
