"""Puts the guesses about all columns together."""

from dataclasses import dataclass

from .._names import slug
from ._categories import guess_category
from ._features import guess_feature
from ._guess import Guess, left_out
from ._leaks import leak
from ._profile import MISSING_DEFAULT, Profile, profile
from ._refusals import check_labels, require_features, require_tasks
from ._sample import Sample
from ._splits import SplitGuess, guess_scenario, guess_split, passes
from ._tables import share_tables
from ._tasks import add_parents, guess_tasks


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
    check_labels(sample, labels)
    columns = [profile(name, table.column(name)) for name in table.column_names]
    found = guess_tasks(columns, labels)
    tasks = [task for task in found if task.entry is not None]
    add_parents(tasks)
    require_tasks(sample, columns, tasks, labels)
    labelled = {id(task.column) for task in found}
    rest = [column for column in columns if id(column) not in labelled]
    guesses = [_guess(column, tasks) for column in rest]
    guesses += [task for task in found if task.entry is None]
    entries = {g.column.name: g.entry for g in guesses if g.entry is not None}
    split = guess_split(sample, rest, entries)
    guesses = _without_passing(guesses, split)
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
    require_features(sample, features)
    share_tables(features)
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


def _without_passing(guesses: list[Guess], split: SplitGuess) -> list[Guess]:
    """Leaves out categories whose values all pass, where training comes before the rest."""
    if split.entry["by"] != "time":
        return guesses
    (times,) = [g.column for g in guesses if g.column.name == split.entry["column"]]
    return [
        left_out(guess.column, "its values do not come back later, as numbers of invoices")
        if guess.entry is not None
        and guess.entry["type"] == "category"
        and passes(guess.column, times)
        else guess
        for guess in guesses
    ]


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
