"""CSV files, read as strings block by block."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv

from ._chunk import Chunk
from ._csv_stream import CsvStream, encoding_hint
from ._errors import DataError, Problem

BLOCK_BYTES = 4 << 20
_QUOTES = "Cells that hold the separator, a quote or a line break belong in quotes."


@dataclass(frozen=True)
class CsvFile:
    """One CSV file, plain or gzip, UTF-8 with or without a byte order mark.

    Args:
        path: The file.
        separator: Column separator.
        columns: Column names where the file has no header line.
        comment: Lines that begin with this are skipped.
    """

    path: str
    separator: str = ","
    columns: tuple[str, ...] | None = None
    comment: str | None = None

    trim = True

    def names(self) -> list[str]:
        """Returns the column names, white space trimmed."""
        return [name.strip() for name in self._header()]

    def schema(self, names: Sequence[str]) -> pa.Schema:
        """Returns the types of columns before they are converted: strings."""
        return pa.schema([(name, pa.string()) for name in names])

    def chunks(self, names: Sequence[str], batch_rows: int) -> Iterator[Chunk]:
        """Yields the wanted columns as bytes; rows with too few or too many cells are dropped."""
        header = self._header()
        trimmed = [name.strip() for name in header]
        raw = [header[trimmed.index(name)] for name in names]
        ragged: list[pa_csv.InvalidRow] = []

        def keep(row: pa_csv.InvalidRow) -> str:
            ragged.append(row)
            return "skip"

        next_row = 1
        try:
            stream = CsvStream(self.path, self.comment)
            for batch in self._batches(stream, raw, keep):
                for start in range(0, batch.num_rows, batch_rows):
                    part = batch.slice(start, batch_rows).rename_columns(list(names))
                    rows = self._row_numbers(next_row, part.num_rows, ragged)
                    end = int(rows[-1]) + 1
                    dropped = self._ragged(ragged, end)
                    whole = end - next_row == part.num_rows
                    yield Chunk(self.path, int(rows[0]), part, None if whole else rows, dropped)
                    next_row = end
        except (pa.ArrowInvalid, OSError) as error:
            if "Empty CSV" in str(error) and self.columns is None:
                return  # a header and nothing else
            raise DataError([self._broken(error, next_row)]) from error
        if ragged:
            yield Chunk(self.path, next_row, _empty(names), None, self._ragged(ragged, None))
        if stream.quotes % 2:
            self._refuse_open_quote()

    def _header(self) -> list[str]:
        if self.columns is not None:
            return list(self.columns)
        try:
            # Rows behind the header may be broken; that is reported with their number.
            text = io.TextIOWrapper(
                CsvStream(self.path, self.comment), "utf-8", "surrogateescape", newline=""
            )
            for cells in csv.reader(text, delimiter=self.separator):
                if cells:
                    "".join(cells).encode("utf-8")
                    return cells
        except UnicodeEncodeError as error:
            value = error.object.encode("utf-8", "surrogateescape")
            hint = encoding_hint(self.path)
            raise DataError([Problem(self.path, None, None, value, "UTF-8 text", hint)]) from error
        except (OSError, csv.Error) as error:
            raise DataError([self._broken(error, 1)]) from error
        hint = "Remove the file, or write it again."
        raise DataError([Problem(self.path, None, None, "an empty file", "a header line", hint)])

    def _batches(self, stream: CsvStream, raw: list[str], keep) -> Iterator[pa.RecordBatch]:
        read = pa_csv.ReadOptions(
            # Threads would hide the numbers of ragged rows, and gain nothing here.
            use_threads=False,
            block_size=BLOCK_BYTES,
            column_names=None if self.columns is None else list(self.columns),
        )
        parse = pa_csv.ParseOptions(
            delimiter=self.separator, newlines_in_values=True, invalid_row_handler=keep
        )
        convert = pa_csv.ConvertOptions(
            include_columns=list(dict.fromkeys(raw)),
            column_types={name: pa.binary() for name in raw},
            strings_can_be_null=False,
            check_utf8=False,
        )
        return pa_csv.open_csv(stream, read, parse, convert)

    def _row_numbers(self, first: int, count: int, ragged: list) -> np.ndarray:
        """Returns the data rows of the next `count` good rows."""
        if not ragged:
            return np.arange(first, first + count)
        bad = np.array([self._data_row(row) for row in ragged])
        bad = bad[bad >= first]
        numbers = np.arange(first, first + count + len(bad))
        return numbers[~np.isin(numbers, bad)][:count]

    def _data_row(self, row: pa_csv.InvalidRow) -> int:
        return row.number - (self.columns is None)

    def _ragged(self, ragged: list, end: int | None) -> tuple[Problem, ...]:
        """Takes the ragged rows before `end` out of the list and describes them."""
        found = [row for row in ragged if end is None or self._data_row(row) < end]
        ragged[:] = ragged[len(found) :]
        return tuple(
            Problem(
                self.path,
                self._data_row(row),
                None,
                row.actual_columns,
                f"{row.expected_columns} cells",
                f"The row reads {row.text[:60]!r}. {_QUOTES}",
            )
            for row in found
        )

    def _broken(self, error: Exception, row: int) -> Problem:
        text = str(error)
        if "straddl" in text or "field larger" in text:
            hint = f"A quote of row {row} or a later one was probably never closed. {_QUOTES}"
            expected = f"rows of less than {BLOCK_BYTES >> 20} MiB"
            return Problem(self.path, None, None, text, expected, hint)
        if isinstance(error, OSError):
            hint = f"Write or copy the file again: reading stopped behind row {row - 1}."
            if "UTF-16" in text:
                hint = "Save the file as UTF-8."
            # The path is named already, and a long one would cut off what is wrong with it.
            value = text.replace(self.path, "the file")
            return Problem(self.path, None, None, value, "a readable CSV file", hint)
        if "Empty CSV" in text:
            hint = "Remove the file, or write it again."
            return Problem(self.path, None, None, "an empty file", "rows", hint)
        ragged = re.search(r"Row #(\d+): Expected (\d+) columns, got (\d+)", text)
        if ragged is not None:
            # Arrow does not hand over ragged rows that are not UTF-8.
            number, expected, got = map(int, ragged.groups())
            row = number - (self.columns is None)
            hint = encoding_hint(self.path)
            return Problem(self.path, row, None, got, f"{expected} cells of UTF-8 text", hint)
        return Problem(self.path, row, None, text, "readable CSV", _QUOTES)

    def _refuse_open_quote(self) -> None:
        """Raises an error where the last row ends within quotes (the parser takes no offence)."""
        text = io.TextIOWrapper(
            CsvStream(self.path, self.comment), "utf-8", "surrogateescape", newline=""
        )
        lines: list[str] = []

        def remembered() -> Iterator[str]:
            for line in text:
                lines.append(line)
                yield line

        row, last = -1 if self.columns is None else 0, []
        limit = csv.field_size_limit(2**31 - 1)
        try:
            for cells in csv.reader(remembered(), delimiter=self.separator):
                row += bool(cells)
                last, lines[:] = list(lines), []
            list(csv.reader(last, delimiter=self.separator, strict=True))
        except csv.Error as error:
            if "unexpected end of data" in str(error):
                value = "".join(last)
                expected = "a closing quote"
                raise DataError(
                    [Problem(self.path, max(row, 1), None, value, expected, _QUOTES)]
                ) from error
        finally:
            csv.field_size_limit(limit)


def _empty(names: Sequence[str]) -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays([pa.array([], pa.binary()) for _ in names], list(names))
