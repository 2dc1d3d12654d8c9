"""Kept columns and answers as a Parquet file, written a row group at a time."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from ._description import Output

# A row group a batch would make a large file slow to read and small batches hard to compress.
ROW_GROUP = 131_072


class AnswerWriter:
    """Writes batches of rows with their answers; a context manager.

    Args:
        path: File to write.
        outputs: Output to its description.
        kept: Columns copied from the input.
    """

    def __init__(self, path: Path, outputs: dict[str, Output], kept: list[str]):
        self._path = path
        self._outputs = outputs
        self._kept = {name: kept_name(name, outputs, kept) for name in kept}
        self._writer: pq.ParquetWriter | None = None
        self._pending: list[pa.RecordBatch] = []
        self.rows = 0

    def __enter__(self) -> AnswerWriter:
        return self

    def write(self, batch: pa.RecordBatch, answers: dict[str, np.ndarray]) -> None:
        """Adds rows.

        Args:
            batch: Rows that hold the kept columns.
            answers: Output to its answers, as `Export.answer` returns them.
        """
        columns = {new: batch.column(name) for name, new in self._kept.items()}
        columns |= {name: answer_column(answers[name]) for name in self._outputs}
        self._pending.append(pa.RecordBatch.from_pydict(columns))
        self.rows += batch.num_rows
        if sum(part.num_rows for part in self._pending) >= ROW_GROUP:
            self._flush()

    def _flush(self) -> None:
        if self._pending:
            table = pa.Table.from_batches(self._pending)
            if self._writer is None:
                classes = {n: list(o.classes) for n, o in self._outputs.items() if o.classes}
                metadata = {"mtlkeras": json.dumps({"classes": classes}, ensure_ascii=False)}
                schema = table.schema.with_metadata(metadata)
                self._writer = pq.ParquetWriter(self._path, schema, compression="zstd")
            self._writer.write_table(table.cast(self._writer.schema))
        self._pending = []

    def __exit__(self, kind: type | None, error: BaseException | None, trace: object) -> None:
        try:
            if kind is None:
                self._flush()
        finally:
            if self._writer is not None:
                self._writer.close()


def kept_name(name: str, outputs: dict[str, Output], kept: list[str]) -> str:
    """Returns the name that a kept column has in the output."""
    if name not in outputs:
        return name
    renamed = f"{name}_input"
    if renamed in outputs or renamed in kept:
        raise ValueError(
            f"The kept column {name!r} is named like an output of the model, and {renamed!r} is "
            f"taken too. Keep other columns than {kept}."
        )
    return renamed


def answer_column(answer: np.ndarray) -> pa.Array:
    """Returns answers as an Arrow column: numbers, strings, or a list of class scores a row."""
    if answer.dtype == object:
        return pa.array(answer.ravel(), pa.binary()).cast(pa.string())
    if answer.ndim == 1:
        return pa.array(answer)
    rows, classes = answer.shape
    offsets = np.arange(rows + 1, dtype=np.int32) * classes
    return pa.ListArray.from_arrays(offsets, pa.array(answer.ravel()))
