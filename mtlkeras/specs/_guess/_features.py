"""Guesses what feature a column is."""

from ._categories import guess_category
from ._features_strings import guess_list, guess_string
from ._guess import Guess, left_out, missing_note, percent, some
from ._names import QUANTITIES, TIMES, is_id, says
from ._profile import Profile
from ._times import epoch_unit, guess_time, is_day_number

# Integers with so few values are rather codes than amounts, unless the name says otherwise.
_FEW = 24
# Numbers as lopsided as an exponential distribution are better on a log scale.
_SKEWED = 2.0


def guess_feature(column: Profile) -> Guess:
    """Guesses a feature, or leaves a column out.

    Args:
        column: The column.
    """
    if column.kind == "empty":
        return left_out(column, "empty")
    if column.kind == "list":
        return guess_list(column)
    if column.kind == "binary":
        return _guess_bytes(column)
    if column.kind == "other":
        return left_out(column, f"holds {column.values.type}, which no feature type takes")
    if column.kind == "time":
        return guess_time(column, unit=None)
    if column.distinct == 1:
        return left_out(column, f"always {next(iter(column.counts))!r}")
    if column.kind == "boolean":
        return _guess_boolean(column)
    if column.kind == "string":
        return guess_string(column)
    return _guess_integer(column) if column.kind == "integer" else _number(column)


def _guess_boolean(column: Profile) -> Guess:
    yes = percent(column.known.mean())
    # A text file's true and false are words to the reader of numbers.
    kind = "category" if column.is_text else "number"
    return Guess(column, {"type": kind}, f"true or false, {yes} true{missing_note(column)}")


def _guess_integer(column: Profile) -> Guess:
    name, distinct = column.name, column.distinct
    values = column.known
    if distinct == column.present and column.rows > 20:
        steps = set((values[1:] - values[:-1]).tolist())
        if steps == {1.0}:
            return left_out(column, "numbers the rows")
        if is_id(name):
            return left_out(column, "another id in every row")
    if says(name, TIMES):
        unit = epoch_unit(column)
        if unit is not None:
            return guess_time(column, unit)
        if is_day_number(column):
            reason = "days written like 20260901; a model cannot know new days"
            return left_out(column, reason)
    if is_id(name):
        reason = f"{distinct:,} distinct of {column.present:,} integers that repeat: an id"
        return guess_category(column, reason)
    if column.is_flag:
        reason = f"0 or 1, {percent(values.mean())} ones{missing_note(column)}"
        return Guess(column, {"type": "number"}, reason)
    if distinct <= _FEW and not says(name, QUANTITIES):
        reason = f"{distinct} different integers, rather codes than amounts: {some(column)}"
        return guess_category(column, reason)
    return _number(column)


def _number(column: Profile) -> Guess:
    values = column.known
    entry: dict = {"type": "number"}
    what = "integers" if column.kind == "integer" else "numbers"
    reason = f"{what} from {_plain(values.min())} to {_plain(values.max())}"
    if abs(column.skew) > _SKEWED and column.distinct > _FEW:
        entry["transform"] = "log1p"
        reason += f", skewed ({column.skew:.1f})"
    share = 1 - column.present / column.rows
    if share:
        entry["missing"] = "median"
    if share > 0.01:
        entry["indicator"] = True
    return Guess(column, entry, reason + missing_note(column))


def _guess_bytes(column: Profile) -> Guess:
    starts = {bytes(value[:4]) for value in column.values.drop_null()[:100].to_pylist()}
    magic = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM")
    if starts and all(start.startswith(magic) for start in starts):
        return Guess(column, {"type": "image", "content": "bytes"}, "encoded pictures")
    return left_out(column, "bytes that are no pictures")


def _plain(number: float) -> str:
    return f"{number:,.0f}" if float(number).is_integer() else f"{number:,.6g}"
