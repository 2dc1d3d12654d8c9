"""Parts of a source to chunks in the types in which columns arrive."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pyarrow as pa

from ._chunk import Chunk
from ._columns import Use, positions
from ._conform import UTF8, Mismatch, conform
from ._csv import CsvFile
from ._csv_stream import encoding_hint
from ._errors import DataError, Problem
from ._sources import Part
from ._tfrecord import SAMPLE, TFRecordFile
from ._types import arriving_type, common_type, settled, type_problem


def arriving_schema(
    parts: Sequence[Part], names: Sequence[str], uses: Mapping[str, Use]
) -> pa.Schema:
    """Returns the types in which columns arrive from all of the parts.

    Args:
        parts: Files, tfds splits or a DataFrame.
        names: Wanted columns.
        uses: What columns are used for.

    Raises:
        DataError: Columns are missing, occur twice, hold what cannot be read, or differ
            between parts.
    """
    types: dict[str, pa.DataType] = {}
    origin: dict[str, str] = {}
    problems = []
    for part in parts:
        advice = ""
        if isinstance(part, TFRecordFile):
            advice = f"None of the first {SAMPLE} records has it."
        positions(part.path, part.names(), names, advice)
        for name, raw in zip(names, part.schema(names).types, strict=True):
            use = uses.get(name, "other")
            kind = arriving_type(raw, use)
            if kind is None:
                expected, hint = type_problem(raw, use)
                problems.append(Problem(part.path, None, name, str(raw), expected, hint))
                continue
            common = common_type(types.get(name, pa.null()), kind)
            if common is None:
                expected = f"{types[name]} as in {origin[name]}"
                hint = "Write the column with one type in all files."
                problems.append(Problem(part.path, None, name, str(raw), expected, hint))
            elif common != types.get(name):
                types[name], origin[name] = common, part.path
    if problems:
        raise DataError(problems)
    fields = [
        (name, settled(types.get(name, pa.null()), uses.get(name, "other"))) for name in names
    ]
    return pa.schema(fields)


def arriving_chunks(
    part: Part, schema: pa.Schema, missing_values: Sequence[str], batch_rows: int
) -> Iterator[Chunk]:
    """Yields the chunks of a part with columns cast; rows that cannot be are dropped.

    Args:
        part: A file, tfds split or DataFrame.
        schema: Wanted columns, as `arriving_schema` says they arrive.
        missing_values: Strings that are null.
        batch_rows: Largest number of rows of a chunk.
    """
    missing = pa.array(missing_values, pa.string())
    for chunk in part.chunks(schema.names, batch_rows):
        arrays, problems = [], []
        good = np.ones(chunk.batch.num_rows, dtype=bool)
        for field, raw in zip(schema, chunk.batch.columns, strict=True):
            array, mismatch = conform(raw, field.type, missing, part.trim)
            arrays.append(array)
            if mismatch is not None:
                good[mismatch.rows] = False
                problems += row_problems(chunk, field.name, mismatch, _encoding(part, mismatch))
        batch = pa.RecordBatch.from_arrays(arrays, schema=schema)
        cast = Chunk(chunk.path, chunk.first_row, batch, chunk.rows, chunk.dropped)
        yield cast.take(good, tuple(problems)) if problems else cast


def row_problems(
    chunk: Chunk, column: str, mismatch: Mismatch, hint: str | None = None
) -> list[Problem]:
    """Describes rows of a chunk whose value in a column is wrong."""
    return [
        Problem(chunk.path, chunk.row(row), column, value, mismatch.expected, hint or mismatch.hint)
        for row, value in zip(mismatch.rows, mismatch.values, strict=True)
    ]


def _encoding(part: Part, mismatch: Mismatch) -> str | None:
    """Returns where a CSV file stops being UTF-8."""
    if isinstance(part, CsvFile) and mismatch.expected == UTF8:
        return encoding_hint(part.path)
    return None
