"""Guesses about categories."""

from ._guess import Guess, missing_note
from ._profile import Profile

# More values than that in the first rows will be too many for a vocabulary.
_VERY_MANY = 30_000


def guess_category(column: Profile, reason: str) -> Guess:
    """A category, its rare values out of vocabulary where there are many."""
    entry: dict = {"type": "category"}
    if column.distinct > _VERY_MANY:
        entry["hash"] = 200_000
        reason += "; hashed, for there are very many"
    elif column.distinct > 100:
        # Of values that are rare as a rule, most must stay in the vocabulary.
        entry["min_count"] = 5 if column.present / column.distinct >= 20 else 2
    return Guess(column, entry, reason + missing_note(column))
