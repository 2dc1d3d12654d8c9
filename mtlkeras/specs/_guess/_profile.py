"""What one column's first rows look like."""

from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

MISSING_DEFAULT = ("", "NA", "null")
# Missing wherever they stand; the second kind only among numbers, where they can mean no value.
_MISSING = ("?", "N/A", "n/a", "#N/A", "NULL", "Null", "nan", "NaN", "NAN", "\\N")
_MISSING_AMONG_NUMBERS = ("-", "--", "None", "none", "missing", "unknown", ".")

_NUMBER = r"^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$"
# A leading zero says that it is a code.
_INTEGER = r"^[-+]?(0|[1-9]\d{0,17})(\.0*)?$"
_ISO = r"^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[-+]\d{2}:?\d{2})?)?$"


@dataclass
class Profile:
    """A column.

    Args:
        name: Its name.
        kind: `"integer"`, `"number"`, `"boolean"`, `"string"`, `"time"`, `"list"`, `"binary"`,
            `"empty"` or `"other"`.
        values: Its values with missing ones null: int64 or float64 for numbers, timestamps for
            times, strings for all that is text.
        missing: Strings in it that mean missing, beside the usual ones.
        is_text: Whether the column itself holds strings, whatever they mean.
    """

    name: str
    kind: str
    values: pa.Array
    missing: tuple[str, ...] = field(default=())
    is_text: bool = False

    @property
    def rows(self) -> int:
        """All rows looked at."""
        return len(self.values)

    @cached_property
    def present(self) -> int:
        """Rows that are not missing."""
        return self.rows - self.values.null_count

    @cached_property
    def counts(self) -> Counter:
        """How often each value occurs; for scalars."""
        values = self.values
        if pa.types.is_timestamp(values.type):
            values = values.cast(pa.int64())  # Python's calendar is shorter than Arrow's
        pairs = values.drop_null().value_counts()
        values, counts = pairs.field("values").to_pylist(), pairs.field("counts").to_pylist()
        return Counter(dict(zip(values, counts, strict=True)))

    @property
    def distinct(self) -> int:
        """Number of different values."""
        return len(self.counts)

    @cached_property
    def numbers(self) -> np.ndarray:
        """Values of a number, boolean or time as float64 `(rows,)`, NaN where missing."""
        values = self.values
        if pa.types.is_timestamp(values.type):
            values = values.cast(pa.int64())
        return values.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False)

    @property
    def known(self) -> np.ndarray:
        """`numbers` that are not missing."""
        return self.numbers[~np.isnan(self.numbers)]

    @property
    def skew(self) -> float:
        """Skewness; 0 for a constant."""
        largest = np.abs(self.known).max()
        if largest == 0:
            return 0.0
        scaled = self.known / largest  # or the cubes of huge numbers overflow
        centred = scaled - scaled.mean()
        spread = centred.std()
        return float((centred**3).mean() / spread**3) if spread > 1e-9 else 0.0

    @property
    def is_flag(self) -> bool:
        """Whether it says yes or no."""
        if self.kind == "boolean":
            return True
        return self.kind == "integer" and set(self.counts) == {0, 1}


def profile(name: str, column: pa.ChunkedArray) -> Profile:
    """Finds out what a column holds.

    Args:
        name: Its name.
        column: Its first rows; strings where the file has no types.
    """
    array = _plain(column)
    kind = array.type
    if pa.types.is_string(kind):
        return _of_strings(name, array)
    if array.null_count == len(array):
        return Profile(name, "empty", array)
    if pa.types.is_boolean(kind):
        return Profile(name, "boolean", array)
    if pa.types.is_integer(kind) and not pa.types.is_uint64(kind):
        return Profile(name, "integer", array.cast(pa.int64()))
    if pa.types.is_floating(kind) or pa.types.is_decimal(kind) or pa.types.is_uint64(kind):
        return _of_floats(name, array.cast(pa.float64(), safe=False))
    if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        return Profile(name, "time", array.cast(pa.timestamp("us"), safe=False))
    if pa.types.is_fixed_size_list(kind):
        array = array.cast(pa.list_(kind.value_type))
    if pa.types.is_list(array.type) or pa.types.is_large_list(kind):
        return Profile(name, "list", array)
    return Profile(name, "binary" if pa.types.is_binary(kind) else "other", array)


def to_times(strings: pa.Array) -> pa.Array:
    """ISO 8601 strings as UTC timestamps; null where they are none."""
    strings = pc.utf8_trim_whitespace(strings)
    fits = pc.match_substring_regex(strings, _ISO)
    # Arrow wants seconds in front of a zone, and no zone where the type has none.
    bare = pc.replace_substring_regex(pc.if_else(fits, strings, None), r"(Z|[-+]\d{2}:?\d{2})$", "")
    try:
        return bare.cast(pa.timestamp("us"))
    except pa.ArrowInvalid:
        return pa.nulls(len(strings), pa.timestamp("us"))  # such as 2026-02-30


def _plain(column: pa.ChunkedArray) -> pa.Array:
    array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if isinstance(array, pa.ChunkedArray):
        array = pa.concat_arrays(array.chunks)
    if isinstance(array.type, pa.BaseExtensionType):
        array = array.storage
    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    if pa.types.is_large_string(array.type) or pa.types.is_string_view(array.type):
        array = array.cast(pa.string())
    return array


def _of_strings(name: str, array: pa.Array) -> Profile:
    array = pc.utf8_trim_whitespace(array)
    words = set(pc.unique(array).to_pylist())
    usual = tuple(word for word in _MISSING if word in words)
    array = _without(array, MISSING_DEFAULT + usual)
    if array.null_count == len(array):
        return Profile(name, "empty", array, usual, is_text=True)
    rare = tuple(word for word in _MISSING_AMONG_NUMBERS if word in words)
    bare = _without(array, rare)
    if _all(bare, _NUMBER) and not _any(bare, r"^[-+]?0\d"):
        return _of_numbers(name, bare, usual + rare)
    if words - {*MISSING_DEFAULT, *usual} <= {"true", "false", "True", "False", "TRUE", "FALSE"}:
        values = pc.equal(pc.utf8_lower(array), "true")
        return Profile(name, "boolean", values, usual, is_text=True)
    if _all(array, _ISO):
        times = to_times(array)
        if times.null_count == array.null_count:
            return Profile(name, "time", times, usual, is_text=True)
    return Profile(name, "string", array, usual, is_text=True)


def _of_numbers(name: str, strings: pa.Array, missing: tuple[str, ...]) -> Profile:
    bare = pc.replace_substring_regex(strings, r"^\+", "")
    if _all(strings, _INTEGER):
        whole = pc.replace_substring_regex(bare, r"\.0*$", "")
        return Profile(name, "integer", whole.cast(pa.int64()), missing, is_text=True)
    return Profile(name, "number", bare.cast(pa.float64()), missing, is_text=True)


def _of_floats(name: str, array: pa.Array) -> Profile:
    array = pc.if_else(pc.is_finite(array), array, None)
    if array.null_count == len(array):
        return Profile(name, "empty", array)
    whole = pc.and_(pc.equal(array, pc.floor(array)), pc.less(pc.abs(array), 2.0**53))
    if pc.all(whole).as_py():  # as pandas writes integers of which some are missing
        return Profile(name, "integer", array.cast(pa.int64()))
    return Profile(name, "number", array)


def _without(array: pa.Array, words: tuple[str, ...]) -> pa.Array:
    absent = pc.is_in(array, value_set=pa.array(words, pa.string()))
    return pc.if_else(absent, pa.scalar(None, pa.string()), array)


def _all(array: pa.Array, pattern: str) -> bool:
    """Whether every value that is not missing fits; there is at least one."""
    return pc.all(pc.match_substring_regex(array, pattern), min_count=1).as_py() is True


def _any(array: pa.Array, pattern: str) -> bool:
    return pc.any(pc.match_substring_regex(array, pattern)).as_py() is True
