"""Guesses which columns are labels, and of what tasks."""

import numpy as np
import pyarrow as pa

from ._features_strings import separator_of
from ._guess import Guess, left_out, missing_note, percent, some
from ._names import EVENTS, TIMES, label_family, says, words
from ._profile import Profile
from ._times import epoch_unit

_YES = ("yes", "y", "true", "t", "positive", "pos")
# So many classes are still classes.
_MANY_CLASSES = 1000
# An event with more outcomes is something else: the id of a click.
_FEW_CLASSES = 30
_RATING_SPAN = 11
# With fewer rows unlike the commonest value there is nothing to learn.
_FEW_ROWS = 10


def guess_tasks(columns: list[Profile], labels: tuple[str, ...]) -> list[Guess]:
    """Guesses the tasks.

    Args:
        columns: All columns.
        labels: Names of columns that are labels for certain.

    Returns:
        A guess for each label found; without an entry for a label that tells nothing and is
        yet no feature. Those that only perhaps sound like labels (`is_new`) are among them only
        where others do for certain: then the table is a log of events.
    """
    tasks, perhaps = [], []
    for column in columns:
        family = "given" if column.name in labels else label_family(column.name)
        if family is None or column.present == 0:
            continue
        guess = _guess_flag(column) if family == "flag" else _guess_task(column, family)
        if guess is not None:
            (perhaps if family == "flag" else tasks).append(guess)
    certain = any(task.entry is not None for task in tasks)
    return tasks + perhaps if certain else tasks


def add_parents(tasks: list[Guess]) -> None:
    """Adds `parent` where a label is 1 only where another one is, as a purchase after a click."""
    plain = [t for t in tasks if t.entry["type"] == "binary" and "positive" not in t.entry]
    for task in plain:
        label = task.column.numbers == 1
        above = []
        for other in plain:
            wide = other.column.numbers == 1
            if label.sum() >= 20 and label.sum() < wide.sum() and not (label & ~wide).any():
                above.append((wide.sum(), other))
        if above:
            parent = min(above, key=lambda pair: pair[0])[1].column.name
            task.entry["parent"] = parent
            task.reason += f"; 1 only where {parent} is 1"


def _guess_task(column: Profile, family: str) -> Guess | None:
    """The task of a column that sounds like a label, `None` where its values do not fit."""
    given = family == "given"
    name_says = "you said so" if given else "by its name a label"
    if column.kind == "list" or (column.kind == "string" and column.distinct > _FEW_CLASSES):
        guess = _multilabel(column) if given or family in ("label", "classes") else None
        if guess is not None or column.kind == "list":
            return guess
    if column.kind in ("time", "binary", "other", "empty") or column.distinct < 2:
        return None
    if column.kind == "integer" and says(column.name, TIMES) and epoch_unit(column):
        return None
    others = column.present - column.counts.most_common(1)[0][1]
    if others < _FEW_ROWS and column.present > 10 * _FEW_ROWS and not given:
        usual = column.counts.most_common(1)[0][0]
        return left_out(
            column, f"{name_says}, but only {others} of {column.present:,} rows are not {usual!r}"
        )
    is_measure = family in ("rating", "amount", "count", "duration")
    if column.distinct == 2 and (column.is_flag or not is_measure):
        return _binary(column, name_says)
    if column.kind == "string":
        is_event = family == "event" and set(words(column.name)) <= EVENTS
        is_event = is_event and column.distinct <= _FEW_CLASSES
        fits = given or is_event or family in ("label", "classes")
        return _classes(column, name_says) if fits else None
    return _numeric(column, label_family(column.name) if given else family, name_says)


def _guess_flag(column: Profile) -> Guess | None:
    is_binary = column.is_flag and column.distinct == 2
    return _binary(column, "by its name perhaps a label") if is_binary else None


def _binary(column: Profile, name_says: str) -> Guess:
    entry: dict = {"type": "binary"}
    if column.is_flag:
        reason = f"0 or 1, {percent(column.known.mean())} ones"
    else:
        ordered = column.counts.most_common()
        yes = [value for value, _ in ordered if str(value).lower() in _YES]
        if column.kind != "string":
            positive, why = max(column.counts), ", the larger one"
        elif len(yes) == 1:
            positive, why = yes[0], ""
        else:
            positive, why = ordered[-1][0], ", the rarer one"
        entry["positive"] = [positive]
        reason = f"two values, {some(column)}; {positive!r} means yes{why}"
    return Guess(column, entry, f"{name_says}; {reason}{missing_note(column)}")


def _classes(column: Profile, name_says: str) -> Guess | None:
    if column.distinct > min(_MANY_CLASSES, column.present / 2):
        return None
    reason = f"{name_says}; {column.distinct:,} classes: {some(column)}{missing_note(column)}"
    return Guess(column, {"type": "multiclass"}, reason)


def _multilabel(column: Profile) -> Guess | None:
    entry: dict = {"type": "multilabel"}
    if column.kind == "list":
        kind = column.values.type.value_type
        fits = pa.types.is_string(kind) or pa.types.is_integer(kind)
        return Guess(column, entry, f"lists of {kind}") if fits else None
    found = separator_of(column)
    if found is None:
        return None
    separator, lists = found
    entry["separator"] = separator
    classes = len({element for parts in lists for element in parts})
    return Guess(column, entry, f"labels separated by {separator!r}, {classes:,} distinct")


def _numeric(column: Profile, family: str | None, name_says: str) -> Guess | None:
    values = column.known
    low, high = values.min(), values.max()
    extent, missing = f"from {low:,.6g} to {high:,.6g}", missing_note(column)
    is_whole = column.kind == "integer"
    is_scale = is_whole and low >= 0 and high - low < _RATING_SPAN and column.distinct > 2
    if family == "rating" and is_scale:
        entry = {"type": "ordinal", "classes": list(range(int(low), int(high) + 1))}
        return Guess(column, entry, f"{name_says}; a scale {extent}: {some(column, 6)}{missing}")
    if family in ("label", "classes", None) and is_scale:
        reason = f"{name_says}; few integers {extent}: {some(column)}{missing}"
        return Guess(column, {"type": "multiclass"}, f"{reason}; if ordered, write type: ordinal")
    zeros = percent((values == 0).mean())
    # Money in whole units is money all the same, but an event counted is a count.
    is_small = high <= 1000 and np.median(values) <= 10
    is_count = family == "count" or (family in ("event", None) and is_small)
    if is_whole and low >= 0 and is_count:
        return Guess(
            column, {"type": "count"}, f"{name_says}; counts {extent}, {zeros} zeros{missing}"
        )
    if low >= 0 and family in ("amount", "event"):
        return Guess(
            column, {"type": "amount"}, f"{name_says}; amounts {extent}, {zeros} zeros{missing}"
        )
    entry = {"type": "regression"}
    reason = f"{name_says}; numbers {extent}{missing}"
    if low > -1 and column.skew > 2:
        entry["transform"] = "log1p"
        reason += f", skewed ({column.skew:.1f})"
    elif low < 0 and family in ("count", "amount"):
        reason += f": no {family}, for some are negative"
    return Guess(column, entry, reason)
