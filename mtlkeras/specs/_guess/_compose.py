"""Puts the guesses about all columns together."""

from dataclasses import dataclass

import pyarrow as pa

from .._errors import Problem, SpecError
from .._names import slug
from .._spelling import did_you_mean
from .._words import one_of
from ._categories import guess_category
from ._features import guess_feature
from ._features_strings import separator_of
from ._guess import Guess, left_out
from ._leaks import leak
from ._names import words
from ._profile import MISSING_DEFAULT, Profile, profile
from ._sample import Sample
from ._splits import SplitGuess, guess_scenario, guess_split
from ._tasks import add_parents, guess_tasks

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


@dataclass
class Composition:
    """All guesses about a data set.

    Args:
        sample: The data.
        features: Feature name to guess.
        tasks: Task name to guess.
        left_out: Columns that are not used.
        split: The split.
        scenario: Name of the feature that tells scenarios apart, and why; or `None`.
        missing_values: Strings that mean missing.
        key: Columns that identify a row.
    """

    sample: Sample
    features: dict[str, Guess]
    tasks: dict[str, Guess]
    left_out: list[Guess]
    split: SplitGuess
    scenario: tuple[str, str] | None
    missing_values: list[str]
    key: list[str]


def compose(sample: Sample, labels: tuple[str, ...]) -> Composition:
    """Guesses a whole spec.

    Args:
        sample: The data.
        labels: Columns that are labels for certain.

    Raises:
        SpecError: A label is no column, cannot be one, or none was found.
    """
    table = sample.table
    _check_labels(sample, labels)
    columns = [profile(name, table.column(name)) for name in table.column_names]
    found = guess_tasks(columns, labels)
    tasks = [task for task in found if task.entry is not None]
    add_parents(tasks)
    _require_tasks(sample, columns, tasks, labels)
    labelled = {id(task.column) for task in found}
    rest = [column for column in columns if id(column) not in labelled]
    guesses = [_guess(column, tasks) for column in rest]
    guesses += [task for task in found if task.entry is None]
    entries = {g.column.name: g.entry for g in guesses if g.entry is not None}
    split = guess_split(sample, rest, entries)
    if split.entry["by"] == "column":
        _leave_out(guesses, split.entry["column"], "says which split a row belongs to")
    unused = {guess.column.name for guess in guesses if guess.entry is None}
    scenario = guess_scenario(rest, unused)
    if scenario is not None:
        _make_category(guesses, scenario[0])
    names: dict[str, str] = {}
    features = {_name(g.column.name, names): g for g in guesses if g.entry is not None}
    named_tasks = {_name(t.column.name, names): t for t in tasks}
    for task in tasks:
        if "parent" in task.entry:
            task.entry["parent"] = names[task.entry["parent"]]
    _require_features(sample, features)
    _share_tables(features)
    missing = {word for column in columns for word in column.missing}
    return Composition(
        sample,
        features,
        named_tasks,
        [guess for guess in guesses if guess.entry is None],
        split,
        scenario and (names[scenario[0].name], scenario[1]),
        [*MISSING_DEFAULT, *sorted(missing)],
        [g.column.name for g in guesses if g.reason.startswith("another") and g.column.name][:1],
    )


def _guess(column: Profile, tasks: list[Guess]) -> Guess:
    if not column.name:
        return left_out(column, "has no name")
    guess = guess_feature(column)
    found = leak(column, tasks) if guess.entry is not None else None
    if found is not None:
        return left_out(column, f"{found}: probably known only afterwards")
    return guess


def _check_labels(sample: Sample, labels: tuple[str, ...]) -> None:
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


def _require_tasks(
    sample: Sample, columns: list[Profile], tasks: list[Guess], labels: tuple[str, ...]
) -> None:
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


def _require_features(sample: Sample, features: dict[str, Guess]) -> None:
    if not features:
        wanted = "at least one column that can be a feature"
        raise SpecError([Problem(None, "features", wanted, "none")], sample.origin)


def _leave_out(guesses: list[Guess], column: str, reason: str) -> None:
    for index, guess in enumerate(guesses):
        if guess.column.name == column:
            guesses[index] = left_out(guess.column, reason)


def _make_category(guesses: list[Guess], column: Profile) -> None:
    for index, guess in enumerate(guesses):
        if guess.column is column and guess.entry.get("type") != "category":
            guesses[index] = guess_category(column, guess.reason)


def _name(column: str, names: dict[str, str]) -> str:
    """A name for a column, unlike all names before; notes it in `names`."""
    name = base = slug(column)
    number = 2
    while name in names.values():
        name, number = f"{base}_{number}", number + 1
    names[column] = name
    return name


def _share_tables(features: dict[str, Guess]) -> None:
    """Gives a sequence of ids and the feature of one such id one table."""
    ids = {n: g for n, g in features.items() if g.entry["type"] == "category"}
    for guess in features.values():
        if guess.entry["type"] != "sequence" or guess.entry.get("of") == "number":
            continue
        elements = _elements(guess.column)
        for name, other in ids.items():
            values = {str(value) for value in other.column.counts}
            common = len(elements & values) / max(1, len(elements))
            if common > 0.5 and len(values) > 20:
                table = "_".join(w for w in words(name) if w not in ("id", "ids")) or "ids"
                table = table if table not in features else f"{table}_table"
                other.entry["table"] = guess.entry["table"] = table
                guess.reason += f"; {100 * common:.0f}% of them are values of {name}"
                break


def _elements(column: Profile) -> set[str]:
    if column.kind == "list":
        flat = column.values.flatten() if isinstance(column.values, pa.ListArray) else ()
        return {str(element) for element in flat.to_pylist()}
    found = separator_of(column)
    return {element for parts in found[1] for element in parts} if found else set()
