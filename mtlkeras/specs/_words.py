"""Types and values in plain words, for error texts."""

import types
from collections.abc import Iterable
from typing import Annotated, Any, Literal, Union, get_args, get_origin

_NOUNS = {
    str: ("a string", "strings"),
    int: ("a whole number", "whole numbers"),
    float: ("a number", "numbers"),
    bool: ("true or false", "booleans"),
}
_BOUNDS = {"ge": "of at least", "gt": "above", "le": "of at most", "lt": "below"}


def members(annotation: Any) -> list[Any]:
    """The types that an annotation allows, without `None`: `str | None` is `[str]`."""
    origin, args = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return members(args[0])
    if origin in (Union, types.UnionType):
        return [member for arg in args for member in members(arg)]
    return [] if annotation is types.NoneType else [annotation]


def expected(annotation: Any, metadata: Iterable = (), many: bool = False) -> str:
    """What a field takes.

    Args:
        annotation: Type annotation of the field.
        metadata: Its constraints (`Ge(1)`, `MinLen(2)`, ...).
        many: Say it in the plural.

    Example:

    >>> expected(list[str | int] | None)
    'a list of strings or whole numbers'
    """
    limits = _limits(metadata)
    parts = [_expected(member, limits, many) for member in members(annotation)]
    return " or ".join(dict.fromkeys(parts))


def one_of(values: Iterable, limit: int = 20) -> str:
    """`one of a, b, c`, or fewer where there are very many."""
    names = [str(value) for value in values]
    more = f", ... ({len(names)} in all)" if len(names) > limit else ""
    return "one of " + ", ".join(names[:limit]) + more


def listed(words: Iterable) -> str:
    """`'a', 'b' and 'c'`."""
    quoted = [f"'{word}'" for word in words]
    return " and ".join([", ".join(quoted[:-1]), quoted[-1]] if len(quoted) > 1 else quoted)


def show(value: Any, limit: int = 60) -> str:
    """A value as it would stand in YAML, cut short.

    Example:

    >>> show(["app", 1, None, True])
    "['app', 1, null, true]"
    """
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, (list, tuple)):
        # No deeper and no longer than can be read: a hostile value may be huge.
        items = [
            show(item, 20) if not isinstance(item, (list, tuple)) else "[...]"
            for item in value[:limit]
        ]
        text = f"[{', '.join(items)}]"
    elif isinstance(value, str):
        text = repr(value[: limit + 1])
    elif isinstance(value, int) and value.bit_length() > 200:
        text = "a number of more than 60 digits"  # str() refuses very long ones
    elif isinstance(value, (int, float)):
        text = str(value)
    else:
        text = f"a {type(value).__name__}"
    return text if len(text) <= limit else text[: limit - 3] + "..."


def _expected(member: Any, limits: dict[str, Any], many: bool) -> str:
    origin, args = get_origin(member), get_args(member)
    if origin is Literal:
        return one_of(args)
    if origin is tuple:
        return f"a list of {len(args)} {expected(args[0], many=True)}"
    if origin is list:
        least = f"at least {limits['min_length']} " if "min_length" in limits else ""
        return f"{'lists' if many else 'a list'} of {least}{expected(args[0], many=True)}"
    if member is str and limits.get("max_length") == 1:
        return "a single character"
    if member is str and limits.get("min_length"):
        return "a string that is not empty"
    bounds = [f"{words} {limits[key]:,}" for key, words in _BOUNDS.items() if key in limits]
    return " ".join([_NOUNS[member][many], " and ".join(bounds)]).strip()


def _limits(metadata: Iterable) -> dict[str, Any]:
    keys = (*_BOUNDS, "min_length", "max_length")
    return {key: getattr(m, key) for m in metadata for key in keys if hasattr(m, key)}
