"""Guesses about columns of strings and of lists."""

import re
from collections import Counter

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ._categories import guess_category
from ._guess import Guess, left_out, missing_note, percent, round_up, some
from ._profile import Profile

_IMAGE = r"(?i)\.(jpe?g|png|bmp|gif)$"
_URL = r"^https?://"
_OTHER_DATE = r"^\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}( .*)?$|^\d{4}/\d{1,2}/\d{1,2}( .*)?$"
_LIST_LITERAL = r"^\[.*\]$"
# With blanks and commas also sentences are made: there the elements must look like ids.
_SEPARATORS = {"|": r".+", ";": r"\S+", ",": r"[\w.:-]+", " ": r"[A-Za-z_]*\d+"}
_ELEMENTS = (pa.types.is_integer, pa.types.is_string, pa.types.is_large_string)
_FEW = 30
_LOOKED_AT = 5_000


def guess_string(column: Profile) -> Guess:
    """Guesses what strings are: pictures, times, sequences, text, categories."""
    values = column.values.drop_null()
    distinct = column.distinct
    if _share(values, _IMAGE) > 0.95:
        if _share(values, _URL) > 0:
            return left_out(column, "addresses of pictures: download them and give their paths")
        return Guess(column, {"type": "image"}, f"paths of pictures{missing_note(column)}")
    if _share(values, _OTHER_DATE) > 0.95:
        return left_out(column, "dates, but not ISO 8601: write them as 2026-09-01 to use them")
    if _share(values, _LIST_LITERAL) > 0.95 and distinct > _FEW:
        reason = "lists written as text: write 1|2|3, or real lists in Parquet, to use them"
        return left_out(column, reason)
    if distinct > _FEW:
        found = separator_of(column)
        if found is not None:
            return _sequence(column, *found)
        words = word_counts(column)
        if words.mean() >= 2.5 and distinct > 100:
            return _text(column, words)
        if distinct == column.present and column.rows > 20:
            return left_out(column, "another string in every row")
    if distinct <= _FEW:
        return guess_category(column, f"{distinct} values: {some(column)}")
    return guess_category(column, f"{distinct:,} distinct among {column.present:,} strings")


def guess_list(column: Profile) -> Guess:
    """Guesses what lists are sequences of."""
    kind = column.values.type.value_type
    lengths = pc.list_value_length(column.values.drop_null()).to_numpy(zero_copy_only=False)
    if not lengths.size or not lengths.max():
        return left_out(column, "lists, all of them empty")
    entry: dict = {"type": "sequence"}
    if pa.types.is_floating(kind):
        entry["of"] = "number"
    elif not any(fits(kind) for fits in _ELEMENTS):
        return left_out(column, f"lists of {kind}, which no feature type takes")
    entry["max_length"] = round_up(np.quantile(lengths, 0.95), 10)
    return Guess(column, entry, f"lists of {kind}, {_lengths(lengths)}{missing_note(column)}")


def separator_of(column: Profile) -> tuple[str, list[list[str]]] | None:
    """The sign between the elements of delimited lists, and some of the lists."""
    values = column.values.drop_null()[:_LOOKED_AT].to_pylist()
    for separator, pattern in _SEPARATORS.items():
        lists = [value.split(separator) for value in values if separator in value]
        elements = Counter(element for parts in lists for element in parts)
        total = sum(elements.values())
        if len(lists) < 0.3 * len(values) or not total:
            continue
        fits = re.compile(pattern).fullmatch
        good = sum(n for e, n in elements.items() if len(e) <= 30 and fits(e))
        # Elements come back, where pieces of sentences do not.
        if good >= 0.98 * total and len(elements) <= 0.7 * total:
            return separator, [value.split(separator) for value in values]
    return None


def word_counts(column: Profile) -> np.ndarray:
    """Words of each string that is not missing."""
    values = column.values.drop_null()
    return pc.count_substring_regex(values, r"[^\s]+").to_numpy(zero_copy_only=False)


def _sequence(column: Profile, separator: str, lists: list[list[str]]) -> Guess:
    lengths = np.array([len(parts) for parts in lists])
    elements = {element for parts in lists for element in parts}
    entry: dict = {"type": "sequence", "separator": separator}
    if all(re.fullmatch(r"-?\d*\.\d+", element) for element in elements):
        entry["of"] = "number"
    entry["max_length"] = round_up(np.quantile(lengths, 0.95), 10)
    what = f"elements separated by {separator!r}, {len(elements):,} distinct"
    return Guess(column, entry, f"{what}, {_lengths(lengths)}{missing_note(column)}")


def _text(column: Profile, words: np.ndarray) -> Guess:
    length = round_up(np.quantile(words, 0.95), 8)
    entry = {"type": "text", "max_length": min(length, 256)}
    share = percent(column.distinct / column.present)
    reason = f"{words.mean():.0f} words on average, {share} of the strings different"
    return Guess(column, entry, reason + missing_note(column))


def _lengths(lengths: np.ndarray) -> str:
    return f"median length {np.median(lengths):.0f}, at most {lengths.max():,}"


def _share(values: pa.Array, pattern: str) -> float:
    return pc.mean(pc.match_substring_regex(values, pattern)).as_py() or 0.0
