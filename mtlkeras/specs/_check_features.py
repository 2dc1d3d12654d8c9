"""Contradictions inside one feature."""

from collections.abc import Iterator
from typing import Any

from ._draft import Draft, Path, given
from ._errors import Finding
from ._features import (
    Categories,
    Feature,
    ImageFeature,
    NumberFeature,
    SequenceFeature,
    TimestampFeature,
)
from ._words import show

_OF_CATEGORIES = ("vocabulary", "hash", "min_count", "max_size", "table", "dim")
_OF_NUMBERS = ("transform", "standardize")


def check_features(draft: Draft) -> Iterator[Finding]:
    """All contradictions inside single features."""
    missing = draft.get("missing_values")
    for name, feature in draft.features.items():
        path = ("features", name)
        if isinstance(feature, NumberFeature):
            yield from _check_number(feature, path)
        if isinstance(feature, SequenceFeature):
            yield from _check_elements(feature, path)
        if isinstance(feature, Categories):
            yield from _check_categories(feature, path)
            yield from check_values(feature.vocabulary, (*path, "vocabulary"), missing)
        if isinstance(feature, TimestampFeature):
            yield from check_values(feature.parts, (*path, "parts"), None)
        if isinstance(feature, ImageFeature) and feature.content == "bytes":
            yield from _check_unused(feature, path, ("root",), "content: path")


def check_range(item: Any, path: Path, low: str = "minimum", high: str = "maximum") -> Iterator:
    """A lower bound above the upper one."""
    least, most = getattr(item, low), getattr(item, high)
    if least is not None and most is not None and least > most:
        wanted = f"at least the {low}, {show(least)}"
        yield Finding((*path, high), wanted, show(most), "swap the two")


def check_values(values: list | None, path: Path, missing: list[str] | None) -> Iterator[Finding]:
    """Values listed twice, values that mean missing, and numbers that fit no column."""
    seen: dict[str, int] = {}
    for index, value in enumerate(values or []):
        # 1 and "1" are the same in a CSV file, which has no types.
        is_whole = isinstance(value, float) and value.is_integer()
        first = seen.setdefault(str(int(value) if is_whole else value), index)
        if first != index:
            received = f"{show(value)} again (as item {first + 1})"
            yield Finding((*path, index), "each value once", received, "remove one of them")
        if missing is not None and isinstance(value, str) and value in missing:
            hint = f"give `missing_values` without {show(value)}"
            wanted = "a value that does not mean missing"
            yield Finding((*path, index), wanted, show(value), hint)
        if isinstance(value, int) and not -(2**63) < value < 2**63:
            yield Finding((*path, index), "a whole number of 64 bits", show(value))
    if values is not None and not values:
        yield Finding(path, "at least one value", "an empty list", "fill it or leave the key out")


def _check_number(feature: NumberFeature, path: Path) -> Iterator[Finding]:
    yield from check_range(feature, path)
    if feature.bins is None:
        yield from _check_unused(feature, path, ("dim",), "bins")
    elif given(feature, "standardize") and feature.standardize:
        hint = "bins have no scale; leave `standardize` out"
        yield Finding((*path, "standardize"), "no `standardize` beside `bins`", "true", hint)
    if feature.clip is not None:
        low, high = feature.clip
        if not 0 <= low < high <= 1:
            wanted = "two quantiles, 0 <= low < high <= 1"
            hint = "for bounds in the column's own unit use `minimum` and `maximum`"
            yield Finding((*path, "clip"), wanted, show(feature.clip), hint if high > 1 else "")


def _check_elements(feature: SequenceFeature, path: Path) -> Iterator[Finding]:
    if feature.of == "number":
        yield from _check_unused(feature, path, _OF_CATEGORIES, "of: category")
    else:
        yield from _check_unused(feature, path, _OF_NUMBERS, "of: number")


def _check_categories(feature: Categories, path: Path) -> Iterator[Finding]:
    sources = [key for key in ("vocabulary", "hash") if given(feature, key)]
    if len(sources) == 2:
        received = "both"
        hint = "remove one: a given vocabulary needs no hash"
        yield Finding((*path, "hash"), "either `vocabulary` or `hash`", received, hint)
    if sources:
        learned = [key for key in ("min_count", "max_size") if given(feature, key)]
        for key in learned:
            hint = f"remove `{key}` or `{sources[0]}`"
            wanted = f"no `{key}` beside `{sources[0]}`: it is for a learned vocabulary"
            yield Finding((*path, key), wanted, show(getattr(feature, key)), hint)


def _check_unused(
    feature: Feature, path: Path, keys: tuple[str, ...], owner: str
) -> Iterator[Finding]:
    """Keys that mean nothing here, for they belong to `owner`."""
    for key in keys:
        if given(feature, key):
            wanted = f"no `{key}` without `{owner}`"
            hint = f"remove it or add `{owner}`"
            yield Finding((*path, key), wanted, show(getattr(feature, key)), hint)
