"""Parquet files, read row group by row group."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.parquet as pq

from ._chunk import Chunk
from ._errors import DataError, Problem


@dataclass(frozen=True)
class ParquetFile:
    """One Parquet file.

    Args:
        path: The file.
    """

    path: str

    trim = False

    def names(self) -> list[str]:
        """Returns the names of the top-level columns."""
        return self._open().schema_arrow.names

    def schema(self, names: Sequence[str]) -> pa.Schema:
        """Returns the types that columns have in the file."""
        schema = self._open().schema_arrow
        return pa.schema([schema.field(name) for name in names])

    def rows(self) -> int:
        """Returns the number of rows, by the footer."""
        return self._open().metadata.num_rows

    def chunks(self, names: Sequence[str], batch_rows: int) -> Iterator[Chunk]:
        """Yields the wanted columns."""
        file, first_row = self._open(), 1
        try:
            for batch in file.iter_batches(batch_rows, columns=list(names)):
                yield Chunk(self.path, first_row, batch.select(list(names)))
                first_row += batch.num_rows
        except (pa.ArrowException, OSError) as error:
            hint = f"Write or copy the file again: reading stopped behind row {first_row - 1}."
            raise DataError([self._problem(error, hint)]) from error
        finally:
            file.close()

    def _open(self) -> pq.ParquetFile:
        try:
            return pq.ParquetFile(self.path, page_checksum_verification=True)
        except (pa.ArrowException, OSError) as error:
            hint = "It is another format, or was not written or copied to its end: write it again."
            raise DataError([self._problem(error, hint)]) from error

    def _problem(self, error: Exception, hint: str) -> Problem:
        return Problem(self.path, None, None, str(error), "a readable Parquet file", hint)
