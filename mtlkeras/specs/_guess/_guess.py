"""One guess about one column."""

from dataclasses import dataclass
from typing import Any

from ._profile import Profile


@dataclass
class Guess:
    """What a column is taken for.

    Args:
        column: The column.
        entry: The feature or task as plain data; `None` where the column is left out.
        reason: Why, for a comment.
    """

    column: Profile
    entry: dict[str, Any] | None
    reason: str


def left_out(column: Profile, reason: str) -> Guess:
    """A column that is not used."""
    return Guess(column, None, reason)


def percent(share: float) -> str:
    """A share in words: `82.2%`."""
    number = 100 * share
    if 0 < number < 1:
        return f"{number:.2g}%"
    return "more than 99.9%" if 99.95 <= number < 100 else f"{number:.1f}%"


def some(column: Profile, limit: int = 4) -> str:
    """The most frequent values with their shares."""
    parts = [
        f"{str(value)[:30]} {percent(count / column.present)}"
        for value, count in column.counts.most_common(limit)
    ]
    more = ", ..." if column.distinct > limit else ""
    return ", ".join(parts).replace("\n", " ") + more


def missing_note(column: Profile) -> str:
    """`; 3.4% missing`, or nothing."""
    share = 1 - column.present / column.rows
    return f"; {percent(share)} missing" if share else ""


def round_up(number: float, step: int) -> int:
    """The next multiple of `step`."""
    return max(step, int(-(-number // step) * step))
