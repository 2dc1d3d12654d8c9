"""Checks of the options that several heads share."""

import math
from collections.abc import Sequence

Classes = int | Sequence[str | int]


def check_share(head: str, name: str, value: float | None) -> None:
    """Refuses a share outside [0, 1]; `None` passes."""
    if value is not None and not 0 <= value <= 1:
        raise ValueError(f"{head}: {name} must lie between 0 and 1. Received: {name}={value!r}.")


def check_positive(head: str, name: str, value: float) -> None:
    """Refuses a number that is not above 0."""
    if not value > 0:
        raise ValueError(f"{head}: {name} must be above 0. Received: {name}={value!r}.")


def check_not_negative(head: str, name: str, value: float) -> None:
    """Refuses a number below 0."""
    if not value >= 0:
        raise ValueError(f"{head}: {name} must be at least 0. Received: {name}={value!r}.")


def shifts(
    head: str, prior_shift: float | Sequence[float] | None, scores: int
) -> tuple[float, ...] | None:
    """Returns the shift of each score, finite numbers; `None` passes.

    Args:
        head: Name of the head, for the error.
        prior_shift: One number a score, or one where there is one score.
        scores: How many there are.
    """
    if prior_shift is None:
        return None
    found = prior_shift if isinstance(prior_shift, list | tuple) else (prior_shift,)
    if len(found) != scores or not all(math.isfinite(shift) for shift in found):
        raise ValueError(
            f"{head}: prior_shift must have one finite number for each of {scores} scores. "
            f"Received: prior_shift={prior_shift!r}."
        )
    return tuple(map(float, found))


def class_names(head: str, classes: Classes) -> tuple[str | int, ...]:
    """Returns the classes; a number of classes stands for 0, 1, ... up to it.

    Args:
        head: Name of the head, for the error.
        classes: Two or more different classes, or their number.
    """
    names = range(classes) if isinstance(classes, int) else classes
    if isinstance(names, str) or len(names) < 2 or len(set(names)) < len(names):
        raise ValueError(
            f"{head}: classes must be a list of two or more different names, or their number, "
            f"e.g. classes=['low', 'high'] or classes=2. Received: classes={classes!r}."
        )
    return tuple(names)


def check_per_class(
    head: str, name: str, values: Sequence[float] | None, classes: Sequence[str | int]
) -> None:
    """Refuses a list that has not one number for each class; `None` passes."""
    if values is not None and len(values) != len(classes):
        raise ValueError(
            f"{head}: {name} must have one number for each of the {len(classes)} classes. "
            f"Received: {name}={list(values)!r}."
        )


def check_choice(head: str, name: str, value: str, choices: Sequence[str]) -> None:
    """Refuses a word that is not among the choices."""
    if value not in choices:
        raise ValueError(
            f"{head}: {name} must be one of {', '.join(map(repr, choices))}. "
            f"Received: {name}={value!r}."
        )
