"""Translates pydantic's errors about values into findings with a remedy."""

import math
from collections.abc import Mapping
from typing import Any, Literal, get_args, get_origin

from pydantic import ValidationError
from pydantic.fields import FieldInfo

from ._errors import MAX_FINDINGS, Finding
from ._spelling import did_you_mean
from ._words import expected, members, show

Path = tuple[str | int, ...]

_YES, _NO = ("yes", "on", "true", "y"), ("no", "off", "false", "n")


def explain(
    error: ValidationError, raw: Mapping[str, Any], path: Path, fields: Mapping[str, FieldInfo]
) -> list[Finding]:
    """What a section's values should have been.

    Args:
        error: What pydantic said of the section. Its errors about missing keys are left out.
        raw: The section as written, without unknown keys.
        path: Where the section stands.
        fields: The section's fields; their values are scalars and lists of scalars.

    Returns:
        One finding a wrong value, or a wrong item of a list.
    """
    places: dict[Path, Any] = {}
    for detail in error.errors(include_url=False, include_context=False)[: 2 * MAX_FINDINGS]:
        # A list that is too short lacks an item; that is a wrong value, no missing key.
        if detail["type"] != "missing" or len(detail["loc"]) > 1:
            place, value = _walk(raw, detail["loc"])
            places[place] = value
    # Each member of a union complains; the one that came deepest understood the value best.
    shallow = {place[:length] for place in places for length in range(len(place))}
    findings = []
    for place, value in places.items():
        if place in shallow:
            continue
        info = fields[place[0]]
        annotation, metadata = info.annotation, info.metadata
        if len(place) > 1:
            annotation, metadata = _item(annotation), ()
        wanted = expected(annotation, metadata)
        findings.append(Finding((*path, *place), wanted, show(value), _hint(value, annotation)))
    return findings


def _walk(raw: Any, location: Path) -> tuple[Path, Any]:
    """Follows pydantic's location as far as it is in `raw`, past the names of union members."""
    place: Path = ()
    for step in location:
        is_key = isinstance(raw, Mapping) and step in raw
        is_index = isinstance(raw, (list, tuple)) and isinstance(step, int) and step < len(raw)
        if is_key or is_index:
            raw, place = raw[step], (*place, step)
    return place, raw


def _item(annotation: Any) -> Any:
    """What the items of a list are."""
    return next(get_args(m)[0] for m in members(annotation) if get_origin(m) in (list, tuple))


def _hint(value: Any, annotation: Any) -> str:
    allowed = members(annotation)
    choices = [choice for m in allowed if get_origin(m) is Literal for choice in get_args(m)]
    takes_list = any(get_origin(m) is list for m in allowed)
    if isinstance(value, str):
        if bool in allowed and value.lower() in _YES + _NO:
            return f"write {'true' if value.lower() in _YES else 'false'}"
        is_numeric = bool({int, float} & set(allowed) or int in map(type, choices))
        number = _number(value) if is_numeric else None
        if number is not None:
            return f"write {int(number) if number.is_integer() else number} without quotes"
        if choices:
            return did_you_mean(value, [choice for choice in choices if isinstance(choice, str)])
        return f"write [{value[:40]}]" if takes_list else ""
    if not isinstance(value, (bool, int, float, type(None))):
        return ""
    if str in allowed:
        return f'write it in quotes: "{show(value)}"'
    if int in allowed and isinstance(value, float) and value.is_integer():
        return f"write {int(value)}"
    return f"write [{show(value)}]" if takes_list and value is not None else ""


def _number(text: str) -> float | None:
    """The number that somebody wrote as a string, or with signs between the digits."""
    try:
        number = float(text.replace(",", ""))
    except ValueError:
        return None
    return number if math.isfinite(number) else None
