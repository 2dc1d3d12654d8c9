"""How well scores rank labels, alike for all contestants: NumPy alone."""

import numpy as np


def auc(labels: np.ndarray, scores: np.ndarray) -> float:
    """How often a positive outranks a negative; a tie counts one half.

    Args:
        labels: 0 and 1, `(rows,)`.
        scores: `(rows,)`.

    Example:
        >>> auc(np.array([0, 1, 0, 1]), np.array([0.1, 0.4, 0.4, 0.8]))
        0.875
    """
    labels = np.asarray(labels).ravel() > 0.5
    _, place, count = np.unique(np.ravel(scores), return_inverse=True, return_counts=True)
    rank = (np.cumsum(count) - (count - 1) / 2)[place]
    positives = int(labels.sum())
    pairs = positives * (len(labels) - positives)
    if not pairs:
        return float("nan")
    return float((rank[labels].sum() - positives * (positives + 1) / 2) / pairs)


def gini(amounts: np.ndarray, scores: np.ndarray) -> float:
    """How much of all amounts the highest scores hold: 1 as in the best order, 0 in a random one.

    The normalized Gini coefficient. Rows of one score share their amounts.

    Args:
        amounts: At least 0, `(rows,)`.
        scores: `(rows,)`.

    Example:
        >>> gini(np.array([0.0, 5.0, 20.0]), np.array([1.0, 2.0, 3.0]))
        1.0
        >>> round(gini(np.array([0.0, 5.0, 20.0]), np.array([3.0, 2.0, 1.0])), 3)
        -1.0
    """
    amounts = np.ravel(amounts).astype("float64")

    def lead(order: np.ndarray) -> float:
        _, place, count = np.unique(
            -np.ravel(order).astype("float64"), return_inverse=True, return_counts=True
        )
        held = np.bincount(place, amounts)
        before = np.cumsum(held) - held / 2  # The rows of one score are reached half way.
        return float((before * count).sum() / (amounts.sum() * len(amounts)) - 0.5)

    if not amounts.any():
        return float("nan")
    return lead(scores) / lead(amounts)
