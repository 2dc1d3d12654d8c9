"""TFRecord files of tf.Example."""

from __future__ import annotations

import gzip
import os
import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import tensorflow as tf

from ._chunk import Chunk
from ._errors import DataError, Problem
from ._examples import infer_types, parse_examples

SAMPLE = 1000
_BUFFER_BYTES = 4 << 20
_FRAME_BYTES = 16  # length (8 bytes), its checksum (4), the record, its checksum (4)


@dataclass(frozen=True)
class TFRecordFile:
    """One TFRecord file.

    Args:
        path: The file; gzip where it ends with `.gz`.
        types: Type of each feature, as `tfrecord_types` inferred them.
    """

    path: str
    types: Mapping[str, pa.DataType]

    trim = False

    def names(self) -> list[str]:
        """Returns the names of the features."""
        return list(self.types)

    def schema(self, names: Sequence[str]) -> pa.Schema:
        """Returns the types of features."""
        return pa.schema([(name, self.types[name]) for name in names])

    def chunks(self, names: Sequence[str], batch_rows: int) -> Iterator[Chunk]:
        """Yields the wanted features; records that are no such examples are dropped."""
        types = {name: self.types[name] for name in names}
        row = 1
        for records in record_batches(self.path, batch_rows):
            yield examples_chunk(records, types, self.path, row)
            row += len(records)


def tfrecord_types(
    paths: Sequence[str],
    lists: frozenset[str] = frozenset(),
    numbers: frozenset[str] = frozenset(),
) -> dict[str, pa.DataType]:
    """Infers the types of features from the first 1000 records of the first file that has any.

    Args:
        paths: Files.
        lists: Features known to hold lists.
        numbers: Features that hold numbers even if these records show no value of them.
    """
    for path in paths:
        for records in record_batches(path, SAMPLE):
            return infer_types(records, lists, numbers)
    return {}


def examples_chunk(
    records: np.ndarray, types: Mapping[str, pa.DataType], path: str, row: int
) -> Chunk:
    """Returns a chunk of parsed records, the first of which is the data row `row`."""
    batch, good, problems = parse_examples(records, types, path, row)
    if good.all():
        return Chunk(path, row, batch)
    rows = np.flatnonzero(good) + row
    return Chunk(path, int(rows[0]) if len(rows) else row, batch, rows, problems)


def record_batches(
    path: str, batch_rows: int, skip: int = 0, take: int = -1
) -> Iterator[np.ndarray]:
    """Yields serialized records, bytes `(rows,)`.

    Args:
        path: The file; gzip where it ends with `.gz`.
        batch_rows: Largest number of records of a batch.
        skip: Records left out at the beginning.
        take: Records read after that; all of them where negative.

    Raises:
        DataError: A record is damaged.
    """
    compression = "GZIP" if path.endswith(".gz") else ""
    dataset = tf.data.TFRecordDataset(path, compression, _BUFFER_BYTES).skip(skip).take(take)
    count = size = 0
    try:
        for batch in dataset.batch(batch_rows):
            records = batch.numpy()
            count += len(records)
            size += sum(map(len, records)) + _FRAME_BYTES * len(records)
            yield records
    except tf.errors.OpError as error:
        raise DataError([_damage(path, str(error))]) from error
    # A file cut off where a record begins reads as if it ended there.
    whole = take == count if take >= 0 else skip > 0 or size == _unpacked_bytes(path, size)
    if not whole:
        hint = "The file was not written or copied to its end: write or copy it again."
        problem = Problem(
            path, skip + count + 1, None, "the end of the file", "a whole record", hint
        )
        raise DataError([problem])


def _unpacked_bytes(path: str, size: int) -> int:
    """Returns how many bytes a file holds, or -1 where a gzip file is damaged.

    Args:
        path: The file; gzip where it ends with `.gz`.
        size: What is expected: saves unpacking where a gzip file says the same of itself.
    """
    if not path.endswith(".gz"):
        return os.path.getsize(path)
    with open(path, "rb") as file:
        file.seek(-4, os.SEEK_END)
        if int.from_bytes(file.read(4), "little") == size % 2**32:
            return size
    try:
        # Several gzip files in one tell the size of the last one only.
        with gzip.open(path, "rb") as file:
            return sum(map(len, iter(lambda: file.read(_BUFFER_BYTES), b"")))
    except (OSError, EOFError, zlib.error):
        return -1


def _damage(path: str, text: str) -> Problem:
    """Describes a damaged record, found by its offset in the error's text."""
    found = re.search(r"record at (\d+)", text)
    if found is None:
        hint = "Write or copy the file again."
        text = text.split("}} ")[-1].split(" [Op")[0]
        return Problem(path, None, None, text, "a readable TFRecord file", hint)
    offset = int(found[1])
    row = _record_at(path, offset)
    value = f"a damaged record at byte {offset}"
    hint = "Write or copy the file again; the records before it are whole."
    if offset == 0:
        hint = (
            "The file is no TFRecord file, or it is damaged at its beginning (the name of a gzip "
            "file ends with .gz)."
        )
    return Problem(path, row, None, value, "a whole record", hint)


def _record_at(path: str, offset: int) -> int:
    """Returns the number, counted from 1, of the record that begins at an offset."""
    row, position = 1, 0
    with (gzip.open if path.endswith(".gz") else open)(path, "rb") as file:
        try:
            while len(head := file.read(12)) == 12:
                length = int.from_bytes(head[:8], "little")
                position += _FRAME_BYTES + length
                if position > offset:
                    break
                row += 1
                file.seek(length + 4, 1)
        except (OSError, EOFError, zlib.error):
            return row
    return row
