"""A pandas DataFrame, converted slice by slice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from ._chunk import Chunk
from ._errors import DataError, Problem

_HINT = "Make the column one type, for example with .astype(str) or pd.to_numeric(...)."


@dataclass(frozen=True)
class Frame:
    """A DataFrame; its index is left out.

    Args:
        frame: The DataFrame.
    """

    frame: pd.DataFrame

    path = "DataFrame"
    trim = False

    def names(self) -> list[str]:
        """Returns the column names."""
        return [str(name) for name in self.frame.columns]

    def schema(self, names: Sequence[str]) -> pa.Schema:
        """Returns the Arrow types of columns; object columns are looked through."""
        return pa.schema([(name, self._type(name)) for name in names])

    def rows(self) -> int:
        """Returns the number of rows."""
        return len(self.frame)

    def chunks(self, names: Sequence[str], batch_rows: int) -> Iterator[Chunk]:
        """Yields the wanted columns."""
        schema = self.schema(names)
        columns = [self._column(name) for name in names]
        for start in range(0, len(self.frame), batch_rows):
            arrays = [
                _convert(column.iloc[start : start + batch_rows], kind)
                for column, kind in zip(columns, schema.types, strict=True)
            ]
            batch = pa.RecordBatch.from_arrays(arrays, list(names))
            yield Chunk(self.path, start + 1, batch)

    def _column(self, name: str) -> pd.Series:
        return self.frame.iloc[:, self.names().index(name)]

    def _type(self, name: str) -> pa.DataType:
        column = self._column(name)
        # Only object columns have to be looked through: the others tell their type.
        known = column if column.dtype == object else column.iloc[:0]
        try:
            return _convert(known).type
        except (pa.ArrowException, TypeError, ValueError, OverflowError) as error:
            raise DataError([self._mixed(name, column, error)]) from error

    def _mixed(self, name: str, column: pd.Series, error: Exception) -> Problem:
        """Describes the first value whose type differs from those before."""
        present = column[column.notna()] if column.dtype == object else column
        first = type(present.iloc[0]) if len(present) else object
        for row, value in enumerate(column, 1):
            try:
                pa.array([value], from_pandas=True)
            except (pa.ArrowException, TypeError, ValueError, OverflowError):
                expected = "a number, string, date or list of them"
                return Problem(self.path, row, name, value, expected, _HINT)
            if isinstance(value, first) or (pd.api.types.is_scalar(value) and pd.isna(value)):
                continue
            expected = f"{first.__name__} as in the rows before"
            return Problem(self.path, row, name, value, expected, _HINT)
        return Problem(self.path, None, name, str(error), "a column of one type", _HINT)


def _convert(column: pd.Series, kind: pa.DataType | None = None) -> pa.Array:
    try:
        array = pa.Array.from_pandas(column, type=kind)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        if column.dtype != object or not column.map(_is_array).any():
            raise
        # An empty numpy array is of floats unless told otherwise; an empty list is of anything.
        lists = [value.tolist() if _is_array(value) else value for value in column]
        array = pa.array(lists, kind, from_pandas=True)
    return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array


def _is_array(value: object) -> bool:
    return isinstance(value, np.ndarray)
