"""Options that a constructor takes without naming them."""

from collections.abc import Iterable, Mapping
from typing import TypeVar

T = TypeVar("T")


def inherited(options: Mapping[str, T], bases: Iterable[Mapping[str, T]]) -> dict[str, T]:
    """Returns the options of base classes that a class takes as well, for it hands them on.

    A constructor that names some options of its base names all that it takes: the others would
    do nothing there.

    Args:
        options: Name to anything, of the options that the class names.
        bases: The same of its base classes, nearest first.

    Example:
        >>> inherited({"seed": 0}, [{"scope": "representation"}])
        {'scope': 'representation'}
        >>> inherited({"table": None, "units": 8}, [{"table": None, "target": None}])
        {}
    """
    found: dict[str, T] = {}
    for each in bases:
        if each.keys() & {*options, *found}:
            break
        found |= each
    return found
