"""Contradictions of source and split."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from ._check_features import check_values
from ._draft import Draft, Path
from ._errors import Finding
from ._features import ImageFeature
from ._source import ColumnSplit, CsvSource, FileSource, GroupSplit, RandomSplit, TimeSplit
from ._words import show


def check_source(draft: Draft) -> Iterator[Finding]:
    """Paths that are no paths, files used twice, and a CSV dialect that cannot be read."""
    source = draft.get("source")
    if isinstance(source, FileSource):
        yield from _check_paths(source)
    if isinstance(source, CsvSource):
        yield from _check_dialect(source)
    for name, feature in draft.features.items():
        if isinstance(feature, ImageFeature) and feature.root is not None:
            yield from _check_path(feature.root, ("features", name, "root"))


def check_split(draft: Draft) -> Iterator[Finding]:
    """Fractions of more than the whole, boundaries out of order, values on two sides."""
    split = draft.get("split")
    if isinstance(split, (RandomSplit, GroupSplit)) and split.validation + split.test >= 1:
        total = f"{split.validation:g} + {split.test:g}"
        hint = "something must be left to train on"
        yield Finding(("split",), "`validation` and `test` below 1 in total", total, hint)
    if isinstance(split, TimeSplit):
        yield from _check_times(split, draft.get("source"))
    if isinstance(split, ColumnSplit):
        yield from _check_sides(split)


def _check_paths(source: FileSource) -> Iterator[Finding]:
    seen: dict[str, str] = {}
    for key in ("train", "validation", "test"):
        paths = getattr(source, key)
        if paths is None:
            continue
        if paths == []:
            yield Finding(("source", key), "at least one path", "an empty list")
        for index, path in enumerate([paths] if isinstance(paths, str) else paths):
            place: Path = ("source", key) if isinstance(paths, str) else ("source", key, index)
            yield from _check_path(path, place)
            if path in seen:
                received = f"{show(path)} again (first in `{seen[path]}`)"
                hint = "its rows would count twice, or be tested after training on them"
                yield Finding(place, "each file once", received, hint)
            seen.setdefault(path, key)


def _check_path(path: str, place: Path) -> Iterator[Finding]:
    if "://" in path:
        hint = "download it first, and write where it lies"
        yield Finding(place, "a path of a file, not a URL", show(path), hint)
    elif not path.strip() or "\0" in path or "\n" in path:
        yield Finding(place, "a path", show(path))


def _check_dialect(source: CsvSource) -> Iterator[Finding]:
    if source.separator in '"\n\r':
        yield Finding(("source", "separator"), "a sign that separates", show(source.separator))
    if source.comment == source.separator:
        wanted = "a sign other than the separator"
        yield Finding(("source", "comment"), wanted, show(source.comment))
    yield from check_values(source.columns, ("source", "columns"), None)


def _check_times(split: TimeSplit, source: Any) -> Iterator[Finding]:
    bounds = {key: getattr(split, key) for key in ("validation_from", "test_from")}
    bounds = {key: bound for key, bound in bounds.items() if bound is not None}
    has_files = any(getattr(source, key, None) is not None for key in ("validation", "test"))
    if not bounds and not has_files:
        wanted = "`validation_from` or `test_from`"
        yield Finding(("split",), wanted, "neither", "without them all rows are for training")
    moments = {}
    for key, bound in bounds.items():
        try:
            moments[key] = _moment(bound) if isinstance(bound, str) else bound
        except ValueError:
            hint = "write 2026-09-01 or 2026-09-01T12:30:00; a number without quotes"
            yield Finding(("split", key), "a date or a time in ISO 8601", show(bound), hint)
    if len(moments) < 2:
        return
    first, last = moments["validation_from"], moments["test_from"]
    path, received = ("split", "test_from"), show(split.test_from)
    if isinstance(first, datetime) != isinstance(last, datetime):
        wanted = f"a boundary of the same kind as `validation_from`, {show(split.validation_from)}"
        yield Finding(path, wanted, received)
    elif first >= last:
        wanted = f"later than `validation_from`, {show(split.validation_from)}"
        yield Finding(path, wanted, received, "validation comes before test")


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _check_sides(split: ColumnSplit) -> Iterator[Finding]:
    if not split.train:
        yield Finding(("split", "train"), "at least one value", "an empty list")
    sides = ("train", "validation", "test", "ignore")
    counts = Counter(str(value) for side in sides for value in getattr(split, side))
    for side in sides:
        for index, value in enumerate(getattr(split, side)):
            if counts[str(value)] > 1:
                counts[str(value)] = 0
                received = f"{show(value)} more than once"
                yield Finding(("split", side, index), "each value on one side", received)
