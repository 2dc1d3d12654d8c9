"""Rows done, rows a second and time left, on the terminal."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from glob import glob
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    TaskProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)


@contextmanager
def row_progress(show: bool, files: list[str | Path]) -> Iterator[Callable[[int], None]]:
    """Shows progress on stderr while the block runs.

    Args:
        show: Show anything at all. Where no line can move, or `MTLKERAS_PLAIN` stands in the
            environment, nothing is shown either.
        files: The files read, for how many rows there will be.

    Yields:
        A function to call with the number of rows done since its last call.
    """
    console = Console(stderr=True)
    if not show or not console.is_terminal or os.environ.get("MTLKERAS_PLAIN"):
        yield lambda rows: None
        return
    columns = (
        TextColumn("predict"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.completed:,.0f} rows"),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("predict", total=_total_rows(files), rate="")

        def advance(rows: int) -> None:
            progress.advance(task, rows)
            speed = progress.tasks[0].speed
            progress.update(task, rate=f"{speed:,.0f} rows/s" if speed else "")

        yield advance


def _total_rows(files: list[str | Path]) -> int | None:
    """Returns the rows of Parquet files, which their footers tell; `None` for other formats."""
    names = [name for file in files for name in glob(str(file))]
    if not names or not all(name.endswith(".parquet") for name in names):
        return None
    try:
        return sum(pq.read_metadata(name).num_rows for name in names)
    except (pa.ArrowException, OSError):
        # The reader is about to say what is wrong, with the file's name.
        return None
