"""What of a spec prepared rows depend on, and how two specs differ in that."""

from collections.abc import Iterator, Mapping
from typing import Any

from mtlkeras.specs import DataSpec

# What only models, or people, look at.
_TOP = ("spec_version", "name", "scenario", "key", "score")
_FEATURE = ("dim", "tasks")
_TASK = (
    "weight",
    "parent",
    "label_smoothing",
    "loss",
    "calibrated",
    "focal_gamma",
    "keep_negatives",
)
# Files are compared by what is in them; where they lie may change.
_SOURCE = ("train", "validation", "test", "data_dir")


def row_spec(spec: DataSpec) -> dict[str, Any]:
    """Returns the parts of a spec that decide what its prepared rows are.

    Args:
        spec: The data spec.
    """
    content = _without(spec.to_dict(), _TOP)
    content["features"] = {n: _without(f, _FEATURE) for n, f in content["features"].items()}
    content["tasks"] = {n: _without(t, _TASK) for n, t in content["tasks"].items()}
    if spec.source.format not in ("tfds", "dataframe"):
        content["source"] = _without(content["source"], _SOURCE)
    elif "source" in content:
        content["source"] = _without(content["source"], ("data_dir",))
    return content


def spec_changes(known: Mapping[str, Any], spec: DataSpec) -> list[str]:
    """Returns how a spec differs from the one that rows were prepared with, a phrase each.

    Args:
        known: From `row_spec`.
        spec: The spec of now.
    """
    return list(_changes("", known, row_spec(spec)))


def _changes(path: str, old: Any, new: Any) -> Iterator[str]:
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in dict.fromkeys([*old, *new]):
            inner = f"{path}.{key}" if path else str(key)
            yield from _changes(inner, old.get(key), new.get(key))
        if path in ("features", "tasks") and not old.keys() ^ new.keys() and [*old] != [*new]:
            yield f"{path} come in another order"
    elif old != new:
        if old is None or new is None:
            yield f"{path} was {'added' if old is None else 'removed'}"
        else:
            yield f"{path} is {new!r} instead of {old!r}"


def _without(content: Mapping[str, Any], keys: tuple[str, ...]) -> dict[str, Any]:
    return {key: value for key, value in content.items() if key not in keys}
