"""Metrics of several classes at once: labels and probabilities `(rows, num_classes)`."""

import numpy as np
from numpy.typing import ArrayLike

from . import binary
from ._rows import labelled, mean, ratio


def auc(y: ArrayLike, prediction: ArrayLike, weight: ArrayLike | None = None) -> float:
    """Returns the mean over classes of the area under the ROC curve (macro average).

    Classes with only positives or only negatives do not count.

    Args:
        y: Labels 0 and 1 `(rows, num_classes)`.
        prediction: Probabilities `(rows, num_classes)`.
        weight: Row weights `(rows,)`, 0 where the labels are missing.

    Example:
        >>> auc([[0, 1], [1, 1]], [[0.2, 0.5], [0.7, 0.5]])
        1.0
    """
    return _macro(binary.auc, y, prediction, weight)


def pr_auc(y: ArrayLike, prediction: ArrayLike, weight: ArrayLike | None = None) -> float:
    """Returns the mean over classes of average precision (macro average).

    Classes without a positive do not count.

    Args:
        y: Labels 0 and 1 `(rows, num_classes)`.
        prediction: Probabilities `(rows, num_classes)`.
        weight: Row weights `(rows,)`, 0 where the labels are missing.

    Example:
        >>> pr_auc([[0, 1], [1, 0]], [[0.2, 0.5], [0.7, 0.6]])
        0.75
    """
    return _macro(binary.pr_auc, y, prediction, weight)


def micro_f1(y: ArrayLike, prediction: ArrayLike, weight: ArrayLike | None = None) -> float:
    """Returns `2 TP / (2 TP + FP + FN)` counted over all classes, at the threshold 0.5.

    Args:
        y: Labels 0 and 1 `(rows, num_classes)`.
        prediction: Probabilities `(rows, num_classes)`.
        weight: Row weights `(rows,)`, 0 where the labels are missing.

    Example:
        >>> micro_f1([[0, 1], [1, 1]], [[0.2, 0.9], [0.7, 0.1]])
        0.8
    """
    hit, seen = _counts(y, prediction, weight)
    return ratio(2 * hit.sum(), seen.sum())


def macro_f1(y: ArrayLike, prediction: ArrayLike, weight: ArrayLike | None = None) -> float:
    """Returns the mean over classes of `2 TP / (2 TP + FP + FN)`, at the threshold 0.5.

    Classes that occur neither as label nor as prediction do not count.

    Args:
        y: Labels 0 and 1 `(rows, num_classes)`.
        prediction: Probabilities `(rows, num_classes)`.
        weight: Row weights `(rows,)`, 0 where the labels are missing.

    Example:
        >>> round(macro_f1([[0, 1], [1, 1]], [[0.2, 0.9], [0.7, 0.1]]), 4)
        0.8333
    """
    hit, seen = _counts(y, prediction, weight)
    present = seen > 0
    return ratio((2 * hit[present] / seen[present]).sum(), present.sum())


def log_loss(y: ArrayLike, prediction: ArrayLike, weight: ArrayLike | None = None) -> float:
    """Returns the mean over rows and classes of the binary log loss.

    Args:
        y: Labels 0 and 1 `(rows, num_classes)`.
        prediction: Probabilities `(rows, num_classes)`.
        weight: Row weights `(rows,)`, 0 where the labels are missing.

    Example:
        >>> round(log_loss([[0, 1]], [[0.5, 0.5]]), 4)
        0.6931
    """
    y, p, weight = _tables(y, prediction, weight)
    p = np.clip(p, binary.EPSILON, 1 - binary.EPSILON)
    return mean((-y * np.log(p) - (1 - y) * np.log1p(-p)).mean(axis=1), weight)


def accuracy(y: ArrayLike, prediction: ArrayLike, weight: ArrayLike | None = None) -> float:
    """Returns the share of single answers (row and class) on the right side of 0.5.

    Args:
        y: Labels 0 and 1 `(rows, num_classes)`.
        prediction: Probabilities `(rows, num_classes)`.
        weight: Row weights `(rows,)`, 0 where the labels are missing.

    Example:
        >>> accuracy([[0, 1]], [[0.9, 0.9]])
        0.5
    """
    y, p, weight = _tables(y, prediction, weight)
    return mean(((y > 0.5) == (p > 0.5)).mean(axis=1), weight)


def _tables(
    y: ArrayLike, prediction: ArrayLike, weight: ArrayLike | None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    y, p, weight = labelled(y, prediction, weight)
    y, p = (v[:, None] if v.ndim == 1 else v for v in (y, p))
    if y.shape != p.shape:
        raise ValueError(
            "`y` and `prediction` should have one column a class each. "
            f"Received shapes {y.shape} and {p.shape}."
        )
    return y, p, weight


def _macro(metric, y: ArrayLike, prediction: ArrayLike, weight: ArrayLike | None) -> float:
    y, p, weight = _tables(y, prediction, weight)
    values = np.array([metric(y[:, c], p[:, c], weight) for c in range(y.shape[1])])
    known = values[~np.isnan(values)]
    return ratio(known.sum(), len(known))


def _counts(
    y: ArrayLike, prediction: ArrayLike, weight: ArrayLike | None
) -> tuple[np.ndarray, np.ndarray]:
    y, p, weight = _tables(y, prediction, weight)
    label, answer = y > 0.5, p > 0.5
    return weight @ (label & answer), weight @ label + weight @ answer


METRICS = {
    "auc": auc,
    "pr_auc": pr_auc,
    "micro_f1": micro_f1,
    "macro_f1": macro_f1,
    "log_loss": log_loss,
    "accuracy": accuracy,
}
