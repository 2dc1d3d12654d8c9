"""Median and spread."""

from collections.abc import Iterable, Sequence
from math import sqrt
from statistics import fmean, median, stdev

# Student's t that 2.5 % pass, by degrees of freedom.
_T = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262)


def spread(values: Sequence[float]) -> dict:
    """Median, smallest and largest of repeated measurements, and all of them.

    Example:
        >>> spread([3.0, 1.0, 2.0])["median"]
        2.0
    """
    values = [float(f"{value:.6g}") for value in values]
    return {"median": median(values), "min": min(values), "max": max(values), "values": values}


def ratio(ours: dict, other: dict) -> dict:
    """Spread of the ratios of two contestants, round by round.

    A machine is faster in one minute than in the next: measurements of the same round, taken
    next to one another, are divided, not those of different ones.

    Args:
        ours: The `spread` above.
        other: The `spread` below.

    Example:
        >>> ratio(spread([10.0, 40.0]), spread([1.0, 4.0]))["median"]
        10.0
    """
    return spread([a / b for a, b in zip(ours["values"], other["values"], strict=False)])


def interval(values: Sequence[float]) -> dict:
    """Mean of repeated measurements with its 95 % confidence interval, by Student's t.

    Of one measurement the interval is the value itself, for nothing is known of its spread.

    Args:
        values: The measurements, at most ten.

    Example:
        >>> found = interval([1.0, 2.0, 3.0])
        >>> found["mean"], round(found["low"], 3), round(found["high"], 3)
        (2.0, -0.484, 4.484)
    """
    values = [float(value) for value in values]
    mean, half = fmean(values), 0.0
    if len(values) > 1:
        half = _T[len(values) - 2] * stdev(values) / sqrt(len(values))
    return {"mean": mean, "low": mean - half, "high": mean + half, "values": values}


def half(found: dict) -> float:
    """Half the width of an `interval`.

    Args:
        found: What `interval` gave.

    Example:
        >>> half({"mean": 2.0, "low": 1.5, "high": 2.5})
        0.5
    """
    return (found["high"] - found["low"]) / 2


def intervals(answers: Sequence[dict], names: Iterable[str]) -> dict[str, dict]:
    """Figure to its `interval` over the answers of a contestant, a seed each.

    Args:
        answers: What it answered.
        names: The figures.
    """
    return {name: interval([answer[name] for answer in answers]) for name in names}


def figures_of(answers: Sequence[dict]) -> dict[str, dict]:
    """Every figure of the answers to its `interval`; rows and memory are none.

    Args:
        answers: What a contestant answered, a seed each.
    """
    return intervals(answers, [name for name in answers[0] if name not in ("rows", "peak_bytes")])
