"""CSV files without a header line, whose columns the spec names, when they come to be answered."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Sequence
from glob import glob
from pathlib import Path

from mtlkeras.data import DataError, Problem
from mtlkeras.specs import CsvSource, DataSpec


def settle_header(spec: DataSpec, files: Sequence[str | Path], needed: Sequence[str]) -> DataSpec:
    """Returns the spec as the files to answer are written.

    A spec that names the columns of files without a header line names the labels too. Files to
    answer may have all those columns, all but the labels, or a header line after all; the first
    line of the first file tells.

    Args:
        spec: The data spec.
        files: Paths or patterns.
        needed: Columns that are read.

    Raises:
        DataError: The first line is none of these.
    """
    source = spec.source
    if not isinstance(source, CsvSource) or source.columns is None:
        return spec
    names = [name for file in files for name in sorted(glob(str(file)))]
    if not names or not names[0].endswith((".csv", ".csv.gz")):
        return spec
    cells = _first_line(names[0], source)
    if not cells or (len(cells) == len(source.columns) and not set(needed) <= set(cells)):
        return spec
    labels = {spec.column_of(name) for name in spec.tasks} - set(needed)
    columns = [name for name in source.columns if name not in labels]
    if set(needed) <= set(cells):
        columns = None
    elif len(cells) != len(columns):
        expected = f"{len(source.columns)} cells, or {len(columns)} without the labels"
        hint = f"Write a header line that names the columns: {', '.join(needed)}."
        raise DataError([Problem(names[0], 1, None, len(cells), expected, hint)])
    return spec.model_copy(update={"source": source.model_copy(update={"columns": columns})})


def _first_line(name: str, source: CsvSource) -> list[str]:
    """Returns the cells of the first line that is no comment; none where it cannot be read."""
    opened = gzip.open if name.endswith(".gz") else open
    try:
        with opened(name, "rt", encoding="utf-8-sig", newline="") as file:
            lines = (
                line for line in file
                if line.strip() and not (source.comment and line.startswith(source.comment))
            )  # fmt: skip
            return [cell.strip() for cell in next(csv.reader(lines, delimiter=source.separator))]
    except (OSError, UnicodeDecodeError, StopIteration, csv.Error, EOFError):
        # The reader is about to say what is wrong, with the file's name.
        return []
