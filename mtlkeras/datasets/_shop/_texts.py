"""Columns of joined strings, without a Python loop over rows."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

SENTIMENTS = ("negative", "neutral", "positive")
FILLER = (
    *("the", "it", "i", "this", "was", "my", "for", "with"),
    *("and", "bought", "size", "color", "delivery", "box", "week", "item"),
)
WORDS = {
    "negative": ("broken", "awful", "cheap", "late", "disappointed", "poor", "worst", "torn"),
    "neutral": ("okay", "average", "expected", "fine", "normal", "decent", "usual", "plain"),
    "positive": ("love", "great", "perfect", "soft", "recommend", "beautiful", "happy", "best"),
}
# How often a word tells the sentiment; the others are filler.
TELLING = 0.35


def joined(words: np.ndarray, lengths: np.ndarray, separator: str) -> np.ndarray:
    """Joins consecutive words to one string a row.

    Args:
        words: All rows' words one after another.
        lengths: Words of each row, `(rows,)`; a row of none becomes `""`.
        separator: What stands between words.
    """
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    lists = pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), pa.array(words, pa.string()))
    return pc.binary_join(lists, separator).to_numpy(zero_copy_only=False)


def reviews(sentiment: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Writes a review of 5 to 14 words a row, words drawn by sentiment.

    Args:
        sentiment: Index into `SENTIMENTS`, `(rows,)`.
        rng: Source of chance.
    """
    lengths = rng.integers(5, 15, len(sentiment))
    of_row = np.repeat(sentiment, lengths)
    telling = np.array([WORDS[name] for name in SENTIMENTS])
    words = np.where(
        rng.random(len(of_row)) < TELLING,
        telling[of_row, rng.integers(0, telling.shape[1], len(of_row))],
        np.array(FILLER)[rng.integers(0, len(FILLER), len(of_row))],
    )
    return joined(words, lengths, " ")


def recent_items(
    user: np.ndarray, item: np.ndarray, clicked: np.ndarray, names: np.ndarray, longest: int
) -> np.ndarray:
    """The items that the row's user clicked before, most recent last, joined by `|`.

    Args:
        user: User of each row; rows are in the order of time.
        item: Item of each row.
        clicked: Whether the row was clicked, bool.
        names: Item names.
        longest: At most so many, the most recent.
    """
    order = np.argsort(user, kind="stable")
    before = np.cumsum(clicked[order]) - clicked[order]
    # Clicks of the user before the row: all before it minus those of users sorted before.
    first = np.searchsorted(user[order], user[order])
    count = np.minimum(before - before[first], longest)
    clicks = item[order][clicked[order]]
    end = np.cumsum(count)
    position = np.arange(end[-1] if len(end) else 0) - np.repeat(end - count, count)
    position += np.repeat(before - count, count)
    texts = np.empty(len(user), dtype=object)
    texts[order] = joined(names[clicks[position]], count, "|")
    return texts


def as_category(codes: np.ndarray, names: list[str] | tuple[str, ...]) -> pd.Categorical:
    """Returns names for codes, missing where the code is -1."""
    return pd.Categorical.from_codes(codes, list(names))
