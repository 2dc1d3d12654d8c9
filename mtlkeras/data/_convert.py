"""Arrow arrays of any type to the three types that raw columns have, and which rows fail."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ._times import iso_parts

NUMBER = r"^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$"
INTEGER = r"^[-+]?\d+$"
# Ticks of each time unit in a day.
TICKS = {"D": 1, "s": 86_400, "ms": 86_400_000, "us": 86_400_000_000, "ns": 86_400_000_000_000}


def to_floats(array: pa.Array) -> tuple[pa.Array, np.ndarray | None]:
    """Returns float64 values with NaN as null, and which rows are no numbers (`None`: all are)."""
    kind = array.type
    if is_text(kind):
        trimmed = pc.utf8_trim_whitespace(array)
        fine = pc.match_substring_regex(trimmed, NUMBER)
        bare = pc.replace_substring_regex(trimmed, r"^\+", "")
        values = pc.cast(pc.if_else(fine, bare, None), pa.float64())
        return values, _failed(array, fine)
    if pa.types.is_temporal(kind) or pa.types.is_binary(kind):
        return pa.nulls(len(array), pa.float64()), _failed(array, None)
    values = array if pa.types.is_float64(kind) else array.cast(pa.float64(), safe=False)
    return pc.if_else(pc.is_nan(values), None, values), None


def to_integers(array: pa.Array) -> tuple[pa.Array, np.ndarray | None]:
    """Returns int64 values and which rows are no whole numbers."""
    kind = array.type
    if pa.types.is_integer(kind) or pa.types.is_boolean(kind):
        if pa.types.is_uint64(kind):
            fine = pc.less_equal(array, pa.scalar(np.iinfo(np.int64).max, pa.uint64()))
            return pc.if_else(fine, array, None).cast(pa.int64()), _failed(array, fine)
        return array.cast(pa.int64()), None
    if is_text(kind):
        trimmed = pc.utf8_trim_whitespace(array)
        fine = pc.match_substring_regex(trimmed, INTEGER)
        bare = pc.replace_substring_regex(trimmed, r"^\+", "")
        return pc.cast(pc.if_else(fine, bare, None), pa.int64()), _failed(array, fine)
    values, _ = to_floats(array)
    fine = pc.and_(pc.equal(pc.floor(values), values), pc.less(pc.abs(values), 2.0**63))
    return pc.if_else(fine, values, None).cast(pa.int64()), _failed(array, fine)


def to_strings(array: pa.Array) -> tuple[pa.Array, np.ndarray | None]:
    """Returns strings (or bytes as they are); a float without fraction reads as the integer."""
    kind = array.type
    if pa.types.is_binary(kind) or pa.types.is_string(kind):
        return array, None
    if pa.types.is_large_binary(kind):
        return array.cast(pa.binary()), None
    if pa.types.is_timestamp(kind):
        return array.cast(pa.timestamp(kind.unit)).cast(pa.string()), None
    if pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        values, _ = to_floats(array)
        whole, failed = to_integers(values)
        if failed is None or not failed.any():
            return whole.cast(pa.string()), None
        return pc.coalesce(whole.cast(pa.string()), values.cast(pa.string())), None
    return array.cast(pa.string()), None


def to_ticks(array: pa.Array, unit: str) -> tuple[pa.Array, np.ndarray | None]:
    """Returns times as int64 ticks of `unit` since 1970-01-01, rounded down."""
    kind = array.type
    if is_text(kind):
        digits = pc.match_substring_regex(array, INTEGER)
        ticks = pc.if_else(digits, array, None).cast(pa.int64())
        parsed, failed = _parse_times(pc.if_else(digits, None, array))
        return pc.coalesce(ticks, to_ticks(parsed, unit)[0]), failed
    if pa.types.is_date(kind):
        array, source = array.cast(pa.date32()).cast(pa.int32()).cast(pa.int64()), "D"
    elif pa.types.is_timestamp(kind):
        array, source = array.cast(pa.int64()), kind.unit
    elif pa.types.is_floating(kind):
        return to_integers(pc.floor(to_floats(array)[0]))
    else:
        return to_integers(array)
    if TICKS[unit] >= TICKS[source]:
        return pc.multiply(array, TICKS[unit] // TICKS[source]), None
    ticks = array.fill_null(0).to_numpy(zero_copy_only=False) // (TICKS[source] // TICKS[unit])
    return pa.array(ticks, mask=array.is_null().to_numpy(zero_copy_only=False)), None


def is_text(kind: pa.DataType) -> bool:
    """Returns whether an Arrow type holds strings."""
    return pa.types.is_string(kind) or pa.types.is_large_string(kind)


def plain(array: pa.Array | pa.ChunkedArray) -> pa.Array:
    """Returns one array without dictionary or chunks; an array of nulls becomes strings."""
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    if pa.types.is_null(array.type):
        array = array.cast(pa.string())
    if pa.types.is_string_view(array.type) or pa.types.is_large_string(array.type):
        array = array.cast(pa.string())
    return array


def _parse_times(array: pa.Array) -> tuple[pa.Array, np.ndarray | None]:
    """Returns ISO 8601 strings as timestamps, and which rows are none."""
    fine, fields = iso_parts(array)
    stamp = fields["days"] * TICKS["s"] + fields["seconds"]
    return pa.array(stamp, mask=~fine).cast(pa.timestamp("s")), _failed(array, pa.array(fine))


def _failed(array: pa.Array, fine: pa.Array | None) -> np.ndarray | None:
    """Returns the rows that hold a value but not a fine one."""
    present = array.is_valid().to_numpy(zero_copy_only=False)
    if fine is None:
        return present
    failed = present & ~fine.fill_null(False).to_numpy(zero_copy_only=False)
    return failed if failed.any() else None
