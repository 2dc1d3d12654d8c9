"""The few Arrow types in which columns arrive, whatever the source."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.types as pt

from ._columns import Use

FLOAT, INT, STRING, TIME = pa.float64(), pa.int64(), pa.string(), pa.timestamp("us")
_KEPT = {pa.bool_(), pa.date32(), pa.binary()}
_BAD_TYPE = "numbers, strings, true/false, dates, points in time or lists of them"


def arriving_type(raw: pa.DataType, use: Use = "other") -> pa.DataType | None:
    """Returns the type in which a column arrives, or `None` where there is none for it.

    Columns that hold nothing but nulls stay of the null type: see `common_type` and `settled`.

    Args:
        raw: Type in the source.
        use: What the column is used for.
    """
    if isinstance(raw, pa.BaseExtensionType):
        return arriving_type(raw.storage_type, use)
    if pt.is_dictionary(raw):
        return arriving_type(raw.value_type, use)
    if pt.is_list(raw) or pt.is_large_list(raw) or pt.is_fixed_size_list(raw):
        item = arriving_type(raw.value_type, use)
        return None if item is None or pt.is_list(item) else pa.list_(item)
    scalar = _scalar_type(raw, use)
    if use == "number" and scalar != pa.null():
        return FLOAT if scalar in (FLOAT, INT, STRING, pa.bool_()) else None
    return scalar


def settled(kind: pa.DataType, use: Use = "other") -> pa.DataType:
    """Returns the arriving type with nulls made strings, or numbers where they are used as such."""
    if pt.is_list(kind):
        return pa.list_(settled(kind.value_type, use))
    if pt.is_null(kind):
        return FLOAT if use == "number" else STRING
    return kind


def common_type(first: pa.DataType, second: pa.DataType) -> pa.DataType | None:
    """Returns the arriving type that holds both without loss, or `None`.

    Whole numbers stay whole: where one file has floats (as pandas writes integers with gaps),
    they are cast back strictly.
    """
    if first == second or pt.is_null(second):
        return first
    if pt.is_null(first):
        return second
    if pt.is_list(first) and pt.is_list(second):
        item = common_type(first.value_type, second.value_type)
        return None if item is None else pa.list_(item)
    pair = {first, second}
    if pair == {INT, FLOAT}:
        return INT
    if pair == {pa.date32(), TIME}:
        return TIME
    return None


def type_problem(raw: pa.DataType, use: Use) -> tuple[str, str]:
    """Returns what was expected and what to do where a column has no arriving type."""
    if use == "number":
        return "numbers", "Use the column as another feature type, or convert it to numbers."
    return _BAD_TYPE, f"Convert the column (it holds {raw}) or leave it out of the spec."


def _scalar_type(raw: pa.DataType, use: Use) -> pa.DataType | None:
    if pt.is_null(raw):
        return raw
    if pt.is_integer(raw):
        return INT
    if pt.is_floating(raw) or pt.is_decimal(raw):
        return FLOAT
    if pt.is_string(raw) or pt.is_large_string(raw) or pt.is_string_view(raw):
        return pa.binary() if use == "bytes" else STRING
    if is_binary(raw):
        return pa.binary() if use == "bytes" else STRING
    if pt.is_timestamp(raw):
        return TIME
    if pt.is_date(raw):
        return pa.date32()
    return raw if raw in _KEPT else None


def is_binary(kind: pa.DataType) -> bool:
    """Returns whether an Arrow type holds bytes."""
    return (
        pt.is_binary(kind)
        or pt.is_large_binary(kind)
        or pt.is_binary_view(kind)
        or pt.is_fixed_size_binary(kind)
    )
