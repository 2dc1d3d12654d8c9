"""Affinity of tasks: a table, a picture and a suggestion."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from rich.box import SIMPLE_HEAD
from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Table
from rich.text import Text

from ._affinity_plot import plot_affinity
from ._grouping import best_partition
from ._units import common_unit, in_units

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True, eq=False, repr=False)
class TaskAffinity:
    """How much each task helps each other one.

    Args:
        frame: What a step for the row's task takes from the loss of the column's, as a share of
            it: above 0 it helps. NaN where no batch had labels of both.
        count: Number of groups to suggest.
        learning_rate: Length of the steps.
        batches: Batches that the mean is over.

    Example:
        >>> names = ["buy", "click", "rating"]
        >>> values = [[0.3, 0.2, -0.1], [0.1, 0.3, -0.1], [-0.1, 0.0, 0.3]]
        >>> found = TaskAffinity(pd.DataFrame(values, names, names), 2, 0.01, 50)
        >>> found.groups
        [['buy', 'click'], ['rating']]
    """

    frame: pd.DataFrame
    count: int
    learning_rate: float
    batches: int

    @property
    def groups(self) -> list[list[str]]:
        """Names of the tasks in each suggested group."""
        return self.suggest(self.count)

    def suggest(self, groups: int) -> list[list[str]]:
        """Returns the groups in which tasks are helped most.

        Every task is in one group. Groups are chosen by the sum over tasks of the mean affinity
        of the others in its group to it, a task alone counting 0: up to 8 tasks by trying all,
        beyond by joining and moving.

        Args:
            groups: Number of groups.

        Raises:
            ValueError: If there are not so many tasks.
        """
        names = list(self.frame.index)
        check_groups(groups, names)
        found = best_partition(self.frame.to_numpy(), groups)
        return [[names[task] for task in group] for group in found]

    def plot(self, path: str | Path | None = None) -> Figure:
        """Returns a figure of the affinities, tasks of a group beside each other.

        Args:
            path: Where to write the figure as well, for example `affinity.png`.

        Raises:
            ImportError: If matplotlib is not installed.
        """
        return plot_affinity(self.frame, self.groups, path)

    @property
    def unit(self) -> float:
        """Power of ten that the numbers are shown in; 1 unless those between tasks are small."""
        between = ~np.eye(len(self.frame), dtype=bool)
        return common_unit(self.frame.to_numpy(np.float64)[between])

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield Text(self._title())
        yield self._table()
        yield Text(self._suggestion())

    def __str__(self) -> str:
        text = io.StringIO()
        Console(file=text, width=200, color_system=None, force_jupyter=False).print(self)
        return "\n".join(line.rstrip() for line in text.getvalue().splitlines()).strip("\n")

    __repr__ = __str__

    def _repr_html_(self) -> str:
        table = self.frame.map(lambda value: in_units(value, self.unit)).to_html(border=0)
        return f"<p>{self._title()}</p>{table}<p>{self._suggestion()}</p>"

    def _title(self) -> str:
        unit = "" if self.unit == 1 else f", in units of {self.unit:g}"
        return f"Share of a task's loss that a step takes from it{unit} ({self.batches} batches)"

    def _table(self) -> Table:
        table = Table(box=SIMPLE_HEAD, pad_edge=False)
        table.add_column("step for", style="bold", no_wrap=True)
        for name in self.frame.columns:
            table.add_column(name, justify="right", min_width=9, max_width=14, overflow="fold")
        for name, row in self.frame.iterrows():
            cells = (
                # What a task does for itself is no affinity between two.
                Text(
                    in_units(v, self.unit),
                    style="dim" if to == name else "red" if v < 0 else "green",
                )
                for to, v in row.items()
            )
            table.add_row(str(name), *cells)
        return table

    def _suggestion(self) -> str:
        groups = ", ".join(" + ".join(group) for group in self.groups)
        return f"Suggested groups: {groups}"


def check_groups(groups: int, tasks: Sequence[str]) -> None:
    """Raises where tasks cannot be put into so many groups.

    Args:
        groups: Number of groups.
        tasks: Names of the tasks.

    Raises:
        ValueError: If they cannot, or there is one task only.
    """
    if len(tasks) < 2:
        raise ValueError(
            f"Affinity is between tasks, and there is one only: {', '.join(map(repr, tasks))}. "
            "Take a model of two or more."
        )
    if isinstance(groups, bool) or not isinstance(groups, int) or not 1 <= groups <= len(tasks):
        raise ValueError(
            f"`groups` should be an integer from 1 to the number of tasks, {len(tasks)}. "
            f"Received {groups!r}."
        )
