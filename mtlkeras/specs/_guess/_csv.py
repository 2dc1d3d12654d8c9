"""The dialect of a CSV file, and its rows as strings."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pa_csv

from .._errors import Problem, SpecError

_HEAD_BYTES = 1 << 18
_BLOCK_BYTES = 4 << 20
_NUMBER = re.compile(r"\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?\s*")


@dataclass
class Dialect:
    """How a CSV file is written.

    Args:
        separator: Column separator.
        columns: Column names, made up where there is no header.
        has_header: Whether the first line names the columns.
        comment: Sign that the first lines to be skipped begin with.
        skip: Number of such lines.
        ragged: Numbers of rows with too many or too few cells, as far as the file was read.
    """

    separator: str
    columns: list[str]
    has_header: bool = True
    comment: str | None = None
    skip: int = 0
    ragged: list[int | None] = field(default_factory=list)


def sniff(path: Path) -> Dialect:
    """Finds separator, comments and header from the beginning of a file.

    Raises:
        SpecError: It is empty or not UTF-8.
    """
    with pa.input_stream(str(path), compression=_compression(path)) as stream:
        head = stream.read(_HEAD_BYTES)
    text = _decode(head, path)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    comment, skip = _comment(lines)
    while skip < len(lines) and not lines[skip]:
        skip += 1
    whole = lines[skip:] if len(head) < _HEAD_BYTES else lines[skip:-1]
    separator = _separator(whole)
    try:
        rows = csv.reader(io.StringIO("\n".join(lines[skip:])), delimiter=separator)
        first = next((row for row in rows if row), None)
    except csv.Error as error:
        raise SpecError([Problem(None, "", "readable CSV", str(error))], str(path)) from error
    if first is None:
        raise SpecError([Problem(None, "", "rows", "an empty file")], str(path))
    has_header = not _is_data(first)
    columns = [cell.strip() for cell in first]
    if not has_header:
        columns = [f"column_{i}" for i in range(1, len(first) + 1)]
    return Dialect(separator, columns, has_header, comment, skip)


def csv_batches(
    path: Path, dialect: Dialect, columns: list[str] | None = None
) -> Iterator[pa.RecordBatch]:
    """Rows of a CSV file as trimmed strings.

    Args:
        path: The file, plain or gzip.
        dialect: How it is written; `ragged` gets the rows that were skipped.
        columns: The columns to read; all where left out.
    """

    def skip(row: pa_csv.InvalidRow) -> str:
        dialect.ragged.append(row.number)
        return "skip"

    names = dialect.columns
    batches = pa_csv.open_csv(
        pa.input_stream(str(path), compression=_compression(path)),
        pa_csv.ReadOptions(
            block_size=_BLOCK_BYTES,
            column_names=names,
            skip_rows=dialect.skip + dialect.has_header,
        ),
        pa_csv.ParseOptions(
            delimiter=dialect.separator, newlines_in_values=True, invalid_row_handler=skip
        ),
        pa_csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()),
            include_columns=columns or [],
            strings_can_be_null=False,
        ),
    )
    yield from batches


def _decode(head: bytes, path: Path) -> str:
    try:
        return head.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if len(head) == _HEAD_BYTES and error.start >= len(head) - 4:
            return head[: error.start].decode("utf-8-sig")  # a character cut in two
        received = f"byte 0x{head[error.start]:02x} at position {error.start:,}"
        hint = "convert it, e.g. with iconv -f latin1 -t utf8"
        raise SpecError([Problem(None, "", "UTF-8 text", received, hint)], str(path)) from None


def _compression(path: Path) -> str | None:
    with path.open("rb") as file:
        return "gzip" if file.read(2) == b"\x1f\x8b" else None


def _separator(lines: list[str]) -> str:
    """The sign that splits most lines into the same number of cells, more than one."""
    best, found = (0.0, 0), ","
    for separator in (",", "\t", ";", "|"):
        try:
            rows = list(csv.reader(io.StringIO("\n".join(lines[:200])), delimiter=separator))
        except csv.Error:
            continue
        counts = Counter(len(row) for row in rows if row)
        cells, often = max(counts.items(), key=lambda pair: pair[::-1], default=(1, 0))
        score = (often / max(1, sum(counts.values())), cells)
        if cells > 1 and score > best:
            best, found = score, separator
    return found


def _comment(lines: list[str]) -> tuple[str | None, int]:
    """A sign that begins the first lines, and how many of them."""
    sign = lines[0][:1] if lines else ""
    if sign not in ("#", "|", "%") or lines[0].count(sign) > 1:
        return None, 0
    return sign, next((i for i, line in enumerate(lines) if not line.startswith(sign)), len(lines))


def _is_data(cells: list[str]) -> bool:
    """Whether a first line is data: it holds numbers that are no sequence such as years."""
    numbers = [float(cell) for cell in cells if _NUMBER.fullmatch(cell)]
    steps = {after - before for before, after in pairwise(numbers)}
    return bool(numbers) and steps != {1.0}
