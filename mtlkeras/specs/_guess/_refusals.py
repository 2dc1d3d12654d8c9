"""Data of which no spec can be guessed."""

from .._errors import Problem, SpecError
from .._spelling import did_you_mean
from .._words import one_of
from ._guess import Guess
from ._profile import Profile
from ._sample import Sample

_KINDS = {
    "boolean": "the same throughout",
    "binary": "bytes",
    "empty": "empty",
    "integer": "the same integer throughout",
    "list": "lists of something else than words or integers",
    "number": "the same number throughout",
    "other": "of an unknown type",
    "string": "strings with too many values",
    "time": "a time",
}


def check_labels(sample: Sample, labels: tuple[str, ...]) -> None:
    """Labels that are no columns."""
    names = sample.table.column_names
    unknown = [label for label in labels if label not in names]
    if unknown:
        wanted = f"a column, {one_of(names)}"
        hints = [did_you_mean(label, names) for label in unknown]
        problems = [
            Problem(None, "labels", wanted, repr(label), hint)
            for label, hint in zip(unknown, hints, strict=True)
        ]
        raise SpecError(problems, sample.origin)


def require_tasks(
    sample: Sample, columns: list[Profile], tasks: list[Guess], labels: tuple[str, ...]
) -> None:
    """Labels that cannot be any, or no label at all."""
    found = [task.column.name for task in tasks]
    refused = [c for c in columns if c.name in labels and c.name not in found]
    if refused:
        wanted = "a column that can be a label"
        problems = [
            Problem(None, "labels", wanted, f"{c.name!r}, which is {_KINDS.get(c.kind, c.kind)}")
            for c in refused
        ]
        raise SpecError(problems, sample.origin)
    if not tasks:
        names = [column.name for column in columns]
        wanted = f"at least one column that is a label, {one_of(names, 40)}"
        hint = 'name the labels: guess_spec(path, labels=["..."]) or `mtlkeras init --label ...`'
        received = "none whose name says so"
        raise SpecError([Problem(None, "labels", wanted, received, hint)], sample.origin)


def require_features(sample: Sample, features: dict[str, Guess]) -> None:
    """A table of nothing but labels."""
    if not features:
        wanted = "at least one column that can be a feature"
        raise SpecError([Problem(None, "features", wanted, "none")], sample.origin)
