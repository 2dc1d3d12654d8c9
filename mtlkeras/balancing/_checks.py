"""Checks of the options of weightings."""

import inspect
import math
from collections.abc import Iterable, Mapping, Sequence
from numbers import Real

from .._spelling import check_names, did_you_mean

# Those of every Keras layer.
_OF_LAYERS = ("name", "dtype", "trainable", "autocast", "activity_regularizer")


def check_options(kind: type, given: Mapping[str, object], more: Sequence[str] = ()) -> None:
    """Raises a `ValueError` where an option is given that a weighting has not.

    Args:
        kind: The weighting's class.
        given: Options that its constructor does not know.
        more: Options that it has beside those of its constructor.
    """
    known = [name for name in inspect.signature(kind).parameters if name != "kwargs"]
    unknown = [name for name in given if name not in _OF_LAYERS]
    check_names(kind.__name__, unknown, dict.fromkeys([*known, *more]), "options")


def check_number(
    owner: str,
    name: str,
    value: float,
    low: float = 0.0,
    high: float = math.inf,
    open_low: bool = False,
) -> None:
    """Raises a `ValueError` unless `low <= value <= high`, with `open_low` `low < value`."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if number and (low < value if open_low else low <= value) and value <= high:
        return
    bounds = _bounds(low, open_low)
    if high < math.inf:
        bounds += f" and at most {high:g}"
    raise ValueError(f"{owner}: {name} must be a number{bounds}. Received: {name}={value!r}.")


def check_numbers(
    owner: str, name: str, values: Sequence[float], low: float = -math.inf, open_low: bool = False
) -> None:
    """Raises a `ValueError` unless `values` is a list of numbers, each of them finite and in range.

    Args:
        owner: Name of the weighting.
        name: Name of the option.
        values: What was given.
        low: Least number.
        open_low: Whether numbers must be above it.
    """

    def fits(value: object) -> bool:
        number = isinstance(value, Real) and not isinstance(value, bool)
        return number and math.isfinite(value) and (low < value if open_low else low <= value)

    given = list(values) if isinstance(values, Iterable) else []
    if not given or not all(map(fits, given)):
        raise ValueError(
            f"{owner}: {name} must be a list of numbers{_bounds(low, open_low)}, one a task. "
            f"Received: {name}={values!r}."
        )


def _bounds(low: float, open_low: bool) -> str:
    if low == -math.inf:
        return ""
    return f" above {low:g}" if open_low else f" of at least {low:g}"


def each(values: float | Sequence[float]) -> Sequence[float]:
    """The numbers of an option that is one for all tasks, or one a task."""
    return values if isinstance(values, list | tuple) else [values]


def check_count(owner: str, name: str, value: int) -> None:
    """Raises a `ValueError` unless `value` is a whole number of at least 1."""
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise ValueError(
            f"{owner}: {name} must be a whole number of at least 1. Received: {name}={value!r}."
        )


def check_choice(owner: str, name: str, value: object, choices: Sequence[object]) -> None:
    """Raises a `ValueError` unless `value` is one of `choices`."""
    if value in choices and not isinstance(value, bool):
        return
    words = [choice for choice in choices if isinstance(choice, str)]
    hint = did_you_mean(value, words)
    raise ValueError(
        f"{owner}: {name} must be one of {', '.join(map(repr, choices))}. "
        f"Received: {name}={value!r}." + (f" {hint}" if hint else "")
    )


def check_one_a_task(owner: str, name: str, values: Sequence | None, tasks: int) -> None:
    """Raises a `ValueError` unless `values` is `None` or has one item a task."""
    if values is not None and len(values) != tasks:
        raise ValueError(
            f"{owner}: {name} must have one item for each of the {tasks} tasks. "
            f"Received: {name}={list(values)!r}."
        )
