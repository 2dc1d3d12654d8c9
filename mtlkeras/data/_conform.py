"""The strict cast of a column to the type in which it arrives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pt

from ._types import FLOAT, INT, STRING, TIME, is_binary

UTF8 = "UTF-8 text"


@dataclass(frozen=True)
class Mismatch:
    """Rows of an array that cannot be cast.

    Args:
        rows: Their positions in the array, int64.
        values: Their values.
        expected: What should have been there.
        hint: What to do.
    """

    rows: np.ndarray
    values: list
    expected: str
    hint: str


def conform(
    array: pa.Array, target: pa.DataType, missing: pa.Array | None = None, trim: bool = False
) -> tuple[pa.Array, Mismatch | None]:
    """Casts a column to the type in which it arrives.

    Args:
        array: The column as read.
        target: `arriving_type` of it, or the `common_type` of several files.
        missing: Strings that are null.
        trim: Whether white space around strings is left out.

    Returns:
        The cast column, null where the cast fails, and the rows where it does.
    """
    array = _plain(array)
    if pt.is_list(target) and not pt.is_null(array.type):
        return _conform_lists(array, target, missing)
    mismatch = None
    if pt.is_large_string(array.type) or pt.is_string_view(array.type):
        array = array.cast(STRING)
    elif is_binary(array.type) and target != pa.binary():
        array, mismatch = _cast(array, STRING, UTF8, "Save the text as UTF-8.")
    if pt.is_string(array.type):
        if trim:
            array = pc.utf8_trim_whitespace(array)
        if missing is not None and len(missing):
            absent = pc.is_in(array, value_set=missing)
            if absent.true_count:
                array = pc.if_else(absent, pa.scalar(None, STRING), array)
    if mismatch is None:
        array, mismatch = _to_scalar(array, target)
    else:
        array, _ = _to_scalar(array, target)
    if target == FLOAT:
        array = _null_nan(array)
    return array, mismatch


def _plain(array: pa.Array) -> pa.Array:
    """Undoes extension types and dictionaries."""
    if isinstance(array, pa.ExtensionArray):
        array = array.storage
    if pt.is_dictionary(array.type):
        array = array.dictionary_decode()
    return array


def _to_scalar(array: pa.Array, target: pa.DataType) -> tuple[pa.Array, Mismatch | None]:
    if array.type == target:
        return array, None
    if pt.is_null(array.type):
        return pa.nulls(len(array), target), None
    if target == FLOAT and not pt.is_string(array.type):
        # Features and labels are float32 in the end: digits beyond 2**53 are no error.
        return array.cast(FLOAT, safe=False), None
    if target == FLOAT:
        hint = "Correct the cell, or list the text under missing_values."
        return _cast(array, FLOAT, "a number", hint)
    if target == INT and pt.is_floating(array.type):
        hint = "Other files hold whole numbers in this column: store it with one type."
        return _cast(_null_nan(array.cast(FLOAT)), INT, "a whole number", hint)
    if target == INT:
        return _cast(array, INT, "a whole number below 2**63", "Store larger ids as strings.")
    if target == TIME:
        return array.cast(TIME, safe=False), None
    return array.cast(target), None


def _cast(
    array: pa.Array, target: pa.DataType, expected: str, hint: str
) -> tuple[pa.Array, Mismatch | None]:
    try:
        return array.cast(target), None
    except pa.ArrowInvalid:
        rows = np.asarray(_failing(array, lambda part: part.cast(target), 0), dtype=np.int64)
    values = [array[int(row)].as_py() for row in rows]
    bad = np.zeros(len(array), dtype=bool)
    bad[rows] = True
    cleared = pc.if_else(pa.array(bad), pa.scalar(None, array.type), array)
    return cleared.cast(target), Mismatch(rows, values, expected, hint)


def _failing(array: pa.Array, cast: Callable[[pa.Array], object], start: int) -> list[int]:
    """Returns the positions at which a cast fails, by halving."""
    try:
        cast(array)
    except pa.ArrowInvalid:
        if len(array) == 1:
            return [start]
        half = len(array) // 2
        return _failing(array[:half], cast, start) + _failing(array[half:], cast, start + half)
    return []


def _null_nan(array: pa.Array) -> pa.Array:
    nan = pc.is_nan(array)
    return pc.if_else(nan, pa.scalar(None, array.type), array) if nan.true_count else array


def _conform_lists(
    array: pa.Array, target: pa.DataType, missing: pa.Array | None
) -> tuple[pa.Array, Mismatch | None]:
    if not pt.is_list(array.type):
        array = array.cast(pa.list_(array.type.value_type))
    values, mismatch = conform(array.flatten(), target.value_type, missing)
    lengths = pc.list_value_length(array).fill_null(0).to_numpy(zero_copy_only=False)
    offsets = np.append(0, np.cumsum(lengths))
    absent = array.is_null().to_numpy(zero_copy_only=False)
    starts = pa.array(offsets, pa.int32(), mask=np.append(absent, False))
    lists = pa.ListArray.from_arrays(starts, values)
    if mismatch is not None:
        # An item's position among all items tells the row that it is in.
        rows = np.searchsorted(offsets, mismatch.rows, side="right") - 1
        mismatch = Mismatch(rows, mismatch.values, mismatch.expected, mismatch.hint)
    return lists.cast(target), mismatch
