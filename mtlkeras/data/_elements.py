"""The elements of sequences in Arrow: the host's side of what the graph splits."""

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc


def values_of(array: pa.Array, separator: str | None, missing: Sequence[str]) -> pa.Array:
    """Returns the values of a column, or the elements of its lists, without missing ones.

    Args:
        array: Values, lists or delimited strings `(rows,)`.
        separator: Splits strings; `None` where nothing is to be split.
        missing: Strings that mean missing.
    """
    if pa.types.is_list(array.type):
        array = pc.list_flatten(array)
    elif separator is not None:
        array = pc.ascii_trim_whitespace(pc.list_flatten(pc.split_pattern(array, separator)))
    if pa.types.is_string(array.type):
        blank = pc.is_in(array, value_set=pa.array(["", *missing]))
        array = array.filter(pc.invert(blank))
    return array.drop_null()
