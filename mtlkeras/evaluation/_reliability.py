"""What was predicted beside what came true, bin by bin."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from ._rows import labelled


def reliability(
    y: ArrayLike, prediction: ArrayLike, weight: ArrayLike | None = None, bins: int = 15
) -> pd.DataFrame:
    """Returns mean prediction and mean label in bins of equal weight, lowest prediction first.

    Equal predictions fall into one bin, so that fewer bins than asked for may come back.

    Args:
        y: Labels `(rows,)`.
        prediction: Probabilities, rates, amounts or values `(rows,)`.
        weight: Row weights `(rows,)`, 0 where the label is missing.
        bins: Number of bins.

    Returns:
        A DataFrame with the columns `prediction`, `label`, `weight` and `rows`.

    Example:
        >>> reliability([0, 1, 1, 1], [0.2, 0.2, 0.9, 0.9], bins=2)["label"].tolist()
        [0.5, 1.0]
    """
    if bins < 1:
        raise ValueError(f"`bins` should be at least 1. Received {bins}.")
    y, p, weight = labelled(y, prediction, weight)
    _, value = np.unique(p, return_inverse=True)
    mass = np.bincount(value, weight)
    middle = np.cumsum(mass) - mass / 2
    bin_of_value = np.minimum((middle / max(mass.sum(), 1e-300) * bins).astype(int), bins - 1)
    _, b = np.unique(bin_of_value[value], return_inverse=True)
    total = np.bincount(b, weight)
    return pd.DataFrame(
        {
            "prediction": np.bincount(b, weight * p) / total,
            "label": np.bincount(b, weight * y) / total,
            "weight": total,
            "rows": np.bincount(b),
        }
    )
