"""Finds columns that tell a label, which are known only after the event."""

from collections import Counter

import numpy as np

from ._guess import Guess
from ._profile import Profile

# What a single honest column hardly ever reaches.
_TOO_GOOD = 0.985
_FEW_VALUES = 200
_ROWS_A_VALUE = 20


def leak(column: Profile, tasks: list[Guess]) -> str | None:
    """Why a column is no feature, or `None`.

    Args:
        column: The column.
        tasks: The guessed tasks.
    """
    for task in tasks:
        label, kind = task.column, task.entry["type"]
        if column.kind in ("integer", "number", "boolean") and kind == "binary":
            score = _separation(column.numbers, _is_positive(task))
            if score is not None and score > _TOO_GOOD:
                return f"tells {label.name} almost exactly (AUC {score:.3f})"
        elif column.kind in ("integer", "number") and kind in ("regression", "count", "amount"):
            score = abs(_rank_correlation(column.numbers, label.numbers))
            if score > _TOO_GOOD:
                return f"goes with {label.name} almost exactly (rank correlation {score:.3f})"
        elif column.kind == "string" and kind in ("binary", "multiclass", "ordinal"):
            share = _determined(column, label)
            if share is not None and share > _TOO_GOOD:
                return f"names {label.name} almost always ({100 * share:.1f}% of the rows)"
    return None


def _is_positive(task: Guess) -> np.ndarray:
    """1 yes, 0 no, NaN missing, float64 `(rows,)`."""
    positive = task.entry.get("positive")
    if positive is None:
        return task.column.numbers
    values = task.column.values.to_pylist()
    return np.array([np.nan if v is None else float(v in positive) for v in values])


def _separation(values: np.ndarray, label: np.ndarray) -> float | None:
    """Area under the ROC curve, at least 0.5; `None` for too few of one kind."""
    use = ~np.isnan(values) & ~np.isnan(label)
    values, label = values[use], label[use]
    positives = int(label.sum())
    negatives = len(label) - positives
    if min(positives, negatives) < _ROWS_A_VALUE:
        return None
    area = (_ranks(values)[label == 1].sum() - positives * (positives - 1) / 2) / positives
    area = area / negatives
    return float(max(area, 1 - area))


def _rank_correlation(first: np.ndarray, second: np.ndarray) -> float:
    use = ~np.isnan(first) & ~np.isnan(second)
    if use.sum() < _ROWS_A_VALUE:
        return 0.0
    first, second = _ranks(first[use]), _ranks(second[use])
    first, second = first - first.mean(), second - second.mean()
    spread = np.sqrt((first**2).sum() * (second**2).sum())
    return float((first * second).sum() / spread) if spread > 0 else 0.0


def _ranks(values: np.ndarray) -> np.ndarray:
    """Ranks from 0 on, ties in their middle."""
    _, codes, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    return (ends - (counts + 1) / 2)[codes]


def _determined(column: Profile, label: Profile) -> float | None:
    """Share of rows whose label is the commonest one of their value; `None` where that says
    nothing, for values are too many or one label is nearly all."""
    if column.distinct > min(_FEW_VALUES, column.present / _ROWS_A_VALUE) or label.distinct < 2:
        return None
    pairs = zip(column.values.to_pylist(), label.values.to_pylist(), strict=True)
    joint = Counter((v, y) for v, y in pairs if v is not None and y is not None)
    total = sum(joint.values())
    best, labels = Counter(), Counter()
    for (value, y), count in joint.items():
        best[value] = max(best[value], count)
        labels[y] += count
    if not total or max(labels.values()) > 0.95 * total:
        return None
    return sum(best.values()) / total
