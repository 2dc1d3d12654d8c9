"""Contradictions about which column plays which part."""

from collections.abc import Iterator

from ._check_features import check_values
from ._draft import Draft, Path, name_or_column
from ._errors import Finding
from ._features import CategoryFeature
from ._source import CsvSource
from ._spelling import did_you_mean
from ._words import one_of, show


def check_scenario(draft: Draft) -> Iterator[Finding]:
    """A scenario that is no category feature with names for its values."""
    scenario, path = draft.get("scenario"), ("scenario",)
    if scenario is None:
        return
    feature = draft.features.get(scenario)
    if scenario not in draft.features:
        # A broken feature may be meant as a category.
        candidates = {
            name: feature
            for name, feature in draft.features.items()
            if feature is None or isinstance(feature, CategoryFeature)
        }
        wanted = "the name of a category feature"
        wanted += f", {one_of(candidates)}" if candidates else ""
        hint = name_or_column(scenario, candidates) or "describe the column under `features` too"
        yield Finding(path, wanted, show(scenario), hint)
    elif feature is not None and not isinstance(feature, CategoryFeature):
        hint = "scenarios are told apart by name"
        yield Finding(path, "a category feature", f"'{scenario}', which is {feature.type}", hint)
    elif feature is not None and feature.hash is not None:
        hint = "hashed values have no names to report by; remove `hash`"
        yield Finding(path, "a category feature with a vocabulary", f"'{scenario}', hashed", hint)


def check_leakage(draft: Draft) -> Iterator[Finding]:
    """Features that are a label, or that only say how much a row counts."""
    labels = {(task.column or name): name for name, task in draft.tasks.items() if task}
    weight = draft.get("sample_weight")
    for name, feature in draft.features.items():
        if feature is None:
            continue
        column = feature.column or name
        path = _column_path("features", name, feature)
        if column in labels:
            wanted = f"a column that is no label: {show(column)} is the label of '{labels[column]}'"
            hint = "remove the feature; a model cannot know the answer when it is asked"
            yield Finding(path, wanted, f"feature '{name}'", hint)
        elif weight is not None and column == weight.column:
            wanted = f"a column that is not the sample weight: {show(column)}"
            yield Finding(path, wanted, f"feature '{name}'", "remove the feature")
    if weight is not None and weight.column in labels:
        wanted = "a column that is no label"
        received = f"{show(weight.column)}, the label of '{labels[weight.column]}'"
        yield Finding(("sample_weight", "column"), wanted, received)


def check_columns(draft: Draft) -> Iterator[Finding]:
    """Columns that the source, where it lists its columns, does not have."""
    yield from check_values(draft.get("key") or None, ("key",), None)
    source = draft.get("source")
    if not isinstance(source, CsvSource) or source.columns is None:
        return
    for path, column in _used(draft):
        if column not in source.columns:
            hint = did_you_mean(column, source.columns)
            yield Finding(path, "a column of `source.columns`", show(column), hint)


def _used(draft: Draft) -> Iterator[tuple[Path, str]]:
    for (section, _), name, item in draft.entries():
        yield _column_path(section, name, item), item.column or name
    for key in ("split", "sample_weight"):
        column = getattr(draft.get(key), "column", None)
        if column is not None:
            yield (key, "column"), column
    for index, column in enumerate(draft.get("key") or []):
        yield ("key", index), column


def _column_path(section: str, name: str, item: object) -> Path:
    return (section, name, "column") if item.column is not None else (section, name)
