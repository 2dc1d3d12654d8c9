"""What readers yield: some rows of one file, and which rows of it they are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from ._errors import Problem


@dataclass(frozen=True)
class Chunk:
    """Rows of one file, in the order of the file.

    Args:
        path: File, `"DataFrame"` or the tensorflow-datasets name and split.
        first_row: Data row, counted from 1, that the chunk begins with.
        batch: The rows, one column a requested source column.
        rows: Data row of each row of the batch, int64 `(batch.num_rows,)`, where rows were left
            out (another split's, bad ones); `None` where they count up from `first_row`.
        dropped: Bad rows that were left out because the spec's policy says so. The batch may
            have no rows at all where they were the only ones.

    Example:
        >>> batch = pa.RecordBatch.from_pydict({"price": [1.0, 2.0]})
        >>> Chunk("shop.csv", 11, batch).row(1)
        12
    """

    path: str
    first_row: int
    batch: pa.RecordBatch
    rows: np.ndarray | None = None
    dropped: tuple[Problem, ...] = ()

    def row(self, index: int) -> int:
        """Returns the data row, counted from 1, of the batch's row `index`, counted from 0."""
        return self.first_row + index if self.rows is None else int(self.rows[index])

    def row_numbers(self) -> np.ndarray:
        """Returns the data row of each row of the batch, int64 `(batch.num_rows,)`."""
        if self.rows is None:
            return np.arange(self.first_row, self.first_row + self.batch.num_rows, dtype=np.int64)
        return self.rows

    def take(self, kept: np.ndarray, dropped: tuple[Problem, ...] = ()) -> Chunk:
        """Returns the chunk with only some of its rows.

        Args:
            kept: Whether a row stays, bool `(batch.num_rows,)`.
            dropped: Bad rows among those left out, added to `dropped`.
        """
        dropped = self.dropped + tuple(dropped)
        if kept.all():
            return Chunk(self.path, self.first_row, self.batch, self.rows, dropped)
        rows = self.row_numbers()[kept]
        first = int(rows[0]) if len(rows) else self.first_row
        return Chunk(self.path, first, self.batch.filter(pa.array(kept)), rows, dropped)
