"""Rows of a split as Arrow batches, whatever the source.

Every format arrives in the same few Arrow types:

| column | type |
|---|---|
| used as a number (number features, sequences of numbers held as lists, regression, count and amount labels, the sample weight) | `float64`, `list<float64>` |
| whole numbers | `int64` |
| real numbers and decimals used otherwise | `float64` |
| strings; every CSV column that is not used as a number | `string` |
| encoded images (`content: bytes`) | `binary` |
| true/false | `bool` |
| dates | `date32` |
| points in time | `timestamp[us]`, UTC |
| lists of the above | `list<...>` |

Null, NaN and the spec's `missing_values` (in strings) are null; infinity stays.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pyarrow as pa

from ._chunk import Chunk

if TYPE_CHECKING:
    import pandas as pd

    from mtlkeras.specs import DataSpec

Split = Literal["train", "validation", "test", "all"]


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
    """


def source_files(spec: DataSpec, split: Split) -> list[Path]:
    """Returns the files that a split is read from; empty for tfds and DataFrames."""


def source_schema(spec: DataSpec, frame: pd.DataFrame | None = None) -> pa.Schema:
    """Returns the source's columns with the types that they arrive with."""


def has_split(spec: DataSpec, split: Split) -> bool:
    """Returns whether the spec has such a split: files of its own or a cut out of `train`."""


def count(spec: DataSpec, split: Split, frame: pd.DataFrame | None = None) -> int:
    """Returns the number of rows of a split, reading no more than it takes."""
