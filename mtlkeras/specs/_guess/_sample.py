"""The first rows of a file, with what the spec must say to read it again."""

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from .._errors import Problem, SpecError
from .._names import data_set_name
from ._csv import Dialect, csv_batches, sniff

SAMPLE_ROWS = 50_000
# Times are read from the whole file, for files are often sorted by them.
TIME_ROWS = 5_000_000
_CSV_ENDINGS = (".csv", ".tsv", ".txt", ".data", ".csv.gz", ".tsv.gz", ".txt.gz", ".data.gz")
_PARQUET_ENDINGS = (".parquet", ".pq")


@dataclass
class Sample:
    """The first rows of a data set.

    Args:
        name: Name of the data set.
        origin: What it was read from, in words.
        source: The spec's `source`; `None` for a DataFrame.
        table: The rows; CSV columns are strings.
        rows: Rows of the whole data set, where they are known without reading it.
        notes: What a reader of the spec should know about the file.
        path: The file.
        dialect: How to read a CSV file.
        frame: The DataFrame or Arrow table that the rows are from.
    """

    name: str
    origin: str
    source: dict[str, Any] | None
    table: pa.Table
    rows: int | None = None
    notes: list[str] = field(default_factory=list)
    path: Path | None = None
    dialect: Dialect | None = None
    frame: Any = None

    def column_batches(self, column: str) -> Iterator[pa.Array]:
        """One column of the whole data set, in pieces."""
        if self.path is None:
            yield _column(self.frame, column)
        elif self.dialect is not None:
            for batch in csv_batches(self.path, self.dialect, [column]):
                yield batch.column(0)
        else:
            for batch in pq.ParquetFile(self.path).iter_batches(columns=[column]):
                yield batch.column(0)


def take_sample(data: Any, name: str | None, folder: str | os.PathLike | None) -> Sample:
    """Reads the first rows.

    Args:
        data: Path, DataFrame or Arrow table.
        name: Name of the data set, or `None` for the file's.
        folder: Folder that the spec's path is relative to.

    Raises:
        SpecError: The file cannot be read.
    """
    if not isinstance(data, (str, os.PathLike)):
        return _of_frame(data, name or "data")
    path = Path(data)
    lowered = path.name.lower()
    stem = _stem(path.name)
    try:
        if lowered.endswith(_PARQUET_ENDINGS):
            sample = _of_parquet(path)
        elif lowered.endswith(_CSV_ENDINGS):
            sample = _of_csv(path)
        else:
            wanted = f"a file ending in {', '.join(_CSV_ENDINGS[:2] + _PARQUET_ENDINGS[:1])} ..."
            raise _refused(path, wanted, path.name, "rename it or convert it")
    except (pa.ArrowInvalid, OSError, EOFError) as error:
        received = "no such file" if not path.exists() else str(error)[:200]
        raise _refused(path, "a readable CSV or Parquet file", received) from error
    sample.name = data_set_name(name or stem)
    sample.source["train"] = _relative(path, folder)
    return sample


def _stem(name: str) -> str:
    endings = sorted(_CSV_ENDINGS + _PARQUET_ENDINGS, key=len, reverse=True)
    return next((name[: -len(end)] for end in endings if name.lower().endswith(end)), name)


def _of_csv(path: Path) -> Sample:
    dialect = sniff(path)
    _refuse_duplicates(dialect.columns, path)
    batches, count = [], 0
    for batch in csv_batches(path, dialect):
        batches.append(batch)
        count += batch.num_rows
        if count >= SAMPLE_ROWS:
            break
    if not count:
        raise _refused(path, "rows", "an empty file")
    source: dict[str, Any] = {"format": "csv", "train": str(path)}
    notes = []
    if dialect.separator != ",":
        source["separator"] = dialect.separator
    if dialect.comment is not None:
        source["comment"] = dialect.comment
    if not dialect.has_header:
        source["columns"] = dialect.columns
        notes.append("The file has no header line: give its columns better names.")
    if dialect.ragged:
        notes.append(f"{len(dialect.ragged):,} rows with too many or too few cells were skipped.")
    table = pa.Table.from_batches(batches).slice(0, SAMPLE_ROWS)
    rows = table.num_rows if count < SAMPLE_ROWS else None
    return Sample("", path.name, source, table, rows, notes, path, dialect)


def _of_parquet(path: Path) -> Sample:
    file = pq.ParquetFile(path)
    _refuse_duplicates(file.schema_arrow.names, path)
    batches, count = [], 0
    for batch in file.iter_batches(batch_size=10_000):
        batches.append(batch)
        count += batch.num_rows
        if count >= SAMPLE_ROWS:
            break
    if not count:
        raise _refused(path, "rows", "an empty file")
    table = pa.Table.from_batches(batches).slice(0, SAMPLE_ROWS)
    source = {"format": "parquet", "train": str(path)}
    return Sample("", path.name, source, table, file.metadata.num_rows, path=path)


def _of_frame(data: Any, name: str) -> Sample:
    names = data.column_names if isinstance(data, pa.Table) else list(data.columns)
    if not len(data):
        raise _refused(name, "rows", "an empty table")
    _refuse_duplicates(list(map(str, names)), name)
    notes, columns = [], {}
    for column in names:
        try:
            columns[str(column)] = _column(data[:SAMPLE_ROWS], column)
        except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError):
            notes.append(f"Left out: {column!r} holds values of several types.")
    table = pa.table(columns)
    return Sample(data_set_name(name), "a table", None, table, len(data), notes, frame=data)


def _column(data: Any, name: str) -> pa.Array | pa.ChunkedArray:
    return data.column(name) if isinstance(data, pa.Table) else pa.array(data[name])


def _relative(path: Path, folder: str | os.PathLike | None) -> str:
    """The path as the spec has it: relative, unless somebody gave an absolute one elsewhere."""
    folder = Path(folder if folder is not None else Path.cwd()).absolute()
    if path.is_absolute() and not path.is_relative_to(folder):
        return path.as_posix()
    return Path(os.path.relpath(path.absolute(), folder)).as_posix()


def _refuse_duplicates(names: list[str], where: Path | str) -> None:
    twice = sorted(name for name, count in Counter(map(str.strip, names)).items() if count > 1)
    if twice:
        received = f"{twice[0]!r} more than once"
        raise _refused(where, "each column name once", received, "rename the columns")


def _refused(where: Path | str, expected: str, received: str, hint: str = "") -> SpecError:
    return SpecError([Problem(None, "", expected, received, hint)], str(where))
