"""Numbers that stay finite: what several heads need to be safe in float32."""

import math
from collections.abc import Sequence

from keras import ops


def bounded(x, low: float, high: float):
    """Clips `x`, but lets gradients pass as if it were not clipped.

    A plain clip stops the gradient, so an output that once left the range never returns.

    Args:
        x: Float tensor of any shape.
        low: Smallest value.
        high: Largest value.

    Returns:
        A tensor of the shape of `x`, within `[low, high]`; its gradient is that of `x`.
    """
    # `x - stop_gradient(x)` is exactly 0, whereas `x + stop_gradient(clip - x)` is rounded.
    return ops.stop_gradient(ops.clip(x, low, high)) + (x - ops.stop_gradient(x))


def logit(rate: float) -> float:
    """Log odds of a rate, finite also for the rates 0 and 1."""
    rate = min(max(rate, 1e-6), 1 - 1e-6)
    return math.log(rate / (1 - rate))


def inverse_softplus(x: float) -> float:
    """The number whose softplus is `x > 0`."""
    return x + math.log(-math.expm1(-x))


def class_rates(counts: Sequence[float]) -> list[float]:
    """Share of each class, with one row added to each so that none is 0.

    Args:
        counts: Rows of each class.

    Returns:
        Positive shares that sum to 1.
    """
    total = sum(counts) + len(counts)
    return [(count + 1) / total for count in counts]


def weighted_rate(rate: float, class_weights: Sequence[float] | None) -> float:
    """Share of positives once negatives and positives are weighted.

    Args:
        rate: Share of positives among rows.
        class_weights: Factors of negatives and positives; `None` where there are none.
    """
    if class_weights is None:
        return rate
    negative, positive = class_weights
    total = negative * (1 - rate) + positive * rate
    return positive * rate / total if total else rate


def weighted_counts(
    counts: Sequence[float] | None, class_weights: Sequence[float] | None
) -> list[float] | None:
    """Rows of each class times the class's factor in training."""
    if counts is None or class_weights is None:
        return None if counts is None else list(counts)
    return [count * weight for count, weight in zip(counts, class_weights, strict=True)]


def prior_shift(kept: float, class_weights: Sequence[float] | None) -> float | None:
    """Log of what training multiplies the odds of yes by; `None` where that is nothing.

    Args:
        kept: Share of negatives that training keeps.
        class_weights: Factors of negatives and positives; `None` where they are not corrected.
    """
    negative, positive = class_weights or (1.0, 1.0)
    return math.log(positive / (negative * kept)) or None


def logs(weights: Sequence[float]) -> list[float]:
    """Natural logarithms."""
    return [math.log(weight) for weight in weights]
