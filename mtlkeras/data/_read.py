"""Rows of a split as Arrow batches, whatever the source.

Every format arrives in the same few Arrow types:

| column | type |
|---|---|
| used as a number | `float64`; where it holds lists, `list<float64>` |
| whole numbers | `int64` |
| real numbers and decimals | `float64` |
| strings; every CSV column that is not used as a number | `string` |
| encoded images (`content: bytes`) | `binary` |
| true/false | `bool` |
| dates | `date32` |
| points in time | `timestamp[us]`, UTC |
| lists of the above | `list<...>` |

Used as numbers are number features, sequences of numbers that are lists, labels of regression,
count and amount tasks, and the sample weight, whatever else the column serves for.
Null, NaN and the spec's `missing_values` (in strings) are null; infinity stays.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pyarrow as pa

from ._arrive import arriving_chunks, arriving_schema
from ._chunk import Chunk
from ._columns import column_uses
from ._cut import Cut
from ._errors import DataError, Problem
from ._sources import Part, cut_splits, find_split_files, open_files, open_split, own_splits
from ._types import arriving_type, settled

if TYPE_CHECKING:
    import pandas as pd

    from mtlkeras.specs import DataSpec

Split = Literal["train", "validation", "test", "all"]

# With `bad_rows: error`, a file is read on to this many problems, to show how common they are.
MAX_PROBLEMS = 1000


def read_chunks(
    spec: DataSpec,
    split: Split,
    columns: Sequence[str],
    *,
    frame: pd.DataFrame | None = None,
    batch_rows: int = 65_536,
    files: str | Path | Sequence[str | Path] | None = None,
) -> Iterator[Chunk]:
    """Yields the rows of a split in the order of the source, streaming.

    A split without files of its own is cut out of the training files by `spec.split`. Chunks
    have at most `batch_rows` rows, often fewer, sometimes none (see `Chunk.dropped`; with
    `policy.bad_rows: drop` rows that cannot be read are left out and are reported while reading
    `"train"` or `"all"`). A small source may have no rows in a split that is cut out at random
    or by group: then nothing is yielded.

    Args:
        spec: The data spec.
        split: `"train"`, `"validation"`, `"test"`, or `"all"` for every row of every file.
        columns: Source columns wanted; the batches have them in this order.
        frame: The DataFrame where the spec's source is one.
        batch_rows: Largest number of rows of a chunk.
        files: Files (paths or patterns) to read instead of the source's, whole; `split` is then
            not applied. The format follows the ending (`.csv`, `.parquet`, `.tfrecord`, the
            first and last also with `.gz`), otherwise the spec's source.

    Raises:
        DataError: Files, columns or rows cannot be used, or the spec has no such split.

    Example:
        >>> import pandas as pd
        >>> from mtlkeras.specs import BinaryTask, DataSpec, NumberFeature, TimeSplit
        >>> spec = DataSpec(
        ...     name="shop",
        ...     split=TimeSplit(column="day", test_from="2026-09-01"),
        ...     features={"price": NumberFeature()},
        ...     tasks={"click": BinaryTask()},
        ... )
        >>> frame = pd.DataFrame(
        ...     {"price": [2, 3], "click": [0, 1], "day": ["2026-08-31", "2026-09-01"]}
        ... )
        >>> for chunk in read_chunks(spec, "test", ["price", "click"], frame=frame):
        ...     print(chunk.row(0), chunk.batch.to_pydict())
        2 {'price': [3.0], 'click': [1]}
    """
    uses = column_uses(spec)
    wanted = list(dict.fromkeys(columns))
    if files is not None:
        parts, cut = open_files(spec, files, uses), None
    else:
        if split != "all" and not has_split(spec, split):
            hint = f"Name its files in the source, or cut it out of train (split: {spec.split.by})."
            raise DataError([Problem(spec.name, None, None, None, f"a {split} split", hint)])
        parts, cut = open_split(spec, split, frame, uses), Cut.of(spec, split)
    column = cut.column if cut else None
    names = wanted if column is None or column in wanted else [*wanted, column]
    schema = arriving_schema(parts, names, uses)
    if cut is not None:
        cut.check(parts[0].path, schema)
    found = 0
    for part in parts:
        for chunk in _policed(part, schema, spec, cut, batch_rows):
            found += chunk.batch.num_rows
            if names != wanted:
                chunk = replace(chunk, batch=chunk.batch.select(wanted))
            yield chunk
    if not found and (cut is None or cut.deliberate):
        raise DataError([_no_rows(parts, spec, split, cut)])


def _policed(
    part: Part, schema: pa.Schema, spec: DataSpec, cut: Cut | None, batch_rows: int
) -> Iterator[Chunk]:
    """Yields a part's chunks, of the split alone; bad rows are an error or left out."""
    bad: list[Problem] = []
    try:
        for chunk in arriving_chunks(part, schema, spec.missing_values, batch_rows):
            if cut is not None:
                chunk = cut.take(chunk)
            if chunk.dropped and spec.policy.bad_rows == "error":
                bad += chunk.dropped
            if len(bad) >= MAX_PROBLEMS:
                break
            if not bad and (chunk.batch.num_rows or chunk.dropped):
                yield chunk if cut is None or cut.reports else replace(chunk, dropped=())
    except DataError as error:
        raise DataError([*bad, *error.problems]) from error
    if bad:
        raise DataError(bad)
    if cut is not None:
        cut.next_part()


def _no_rows(parts: list[Part], spec: DataSpec, split: str, cut: Cut | None) -> Problem:
    path = parts[0].path if len(parts) == 1 else f"{parts[0].path} .. {parts[-1].path}"
    hint = "Give files with rows in them."
    if cut is not None and cut.seen is not None:
        hint = f"Column {cut.column} goes from {cut.seen[0]} to {cut.seen[1]}: "
        hint += "set the boundaries of the split in between."
    elif cut is not None and spec.split.by == "column":
        hint = f"List the values of column {cut.column} that mean {split} under split.{split}."
    elif cut is not None:
        hint = "Make the validation and test fractions of the split smaller, or give more rows."
    expected = "rows" if cut is None else f"rows in the {split} split"
    return Problem(path, None, None, "none", expected, hint)


def source_files(spec: DataSpec, split: Split) -> list[Path]:
    """Returns the files that a split is read from; empty for tfds and DataFrames.

    Args:
        spec: The data spec.
        split: `"train"`, `"validation"`, `"test"` or `"all"`.
    """
    return [] if spec.source.format in ("tfds", "dataframe") else find_split_files(spec, split)


def source_schema(spec: DataSpec, frame: pd.DataFrame | None = None) -> pa.Schema:
    """Returns the training source's columns with the types in which they arrive.

    Columns that the spec does not use and that cannot be read keep the type of the source.

    Args:
        spec: The data spec.
        frame: The DataFrame where the spec's source is one.
    """
    uses = column_uses(spec)
    parts = open_split(spec, "train", frame, uses)
    present = list(dict.fromkeys(parts[0].names()))
    used = [name for name in present if name in uses]
    known = arriving_schema(parts, used, uses)
    others = [name for name in present if parts[0].names().count(name) == 1 and name not in uses]
    raw = parts[0].schema(others)
    fields = {name: known.field(name).type for name in used}
    for name, kind in zip(others, raw.types, strict=True):
        arriving = arriving_type(kind)
        fields[name] = kind if arriving is None else settled(arriving)
    return pa.schema([(name, fields[name]) for name in present if name in fields])


def has_split(spec: DataSpec, split: Split) -> bool:
    """Returns whether the spec has such a split: files of its own or a cut out of `train`.

    Args:
        spec: The data spec.
        split: `"train"`, `"validation"`, `"test"` or `"all"`.
    """
    return split == "all" or split in own_splits(spec) | cut_splits(spec)


def count(spec: DataSpec, split: Split, frame: pd.DataFrame | None = None) -> int:
    """Returns the number of rows of a split, reading no more columns than it takes.

    Rows that only cannot be used for the values in other columns are counted too.

    Args:
        spec: The data spec.
        split: `"train"`, `"validation"`, `"test"` or `"all"`.
        frame: The DataFrame where the spec's source is one.
    """
    uses = column_uses(spec)
    parts = open_split(spec, split, frame, uses)
    cut = Cut.of(spec, split)
    if cut is None and all(hasattr(part, "rows") for part in parts):
        return sum(part.rows() for part in parts)
    column = (cut and cut.column) or parts[0].names()[0]
    return sum(c.batch.num_rows for c in read_chunks(spec, split, [column], frame=frame))
