"""An evaluation as a table: tasks and metrics down, scenarios across."""

import numpy as np
import pandas as pd
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

ALL = "all"
MAX_SCENARIOS = 6


def wide(frame: pd.DataFrame) -> pd.DataFrame:
    """Returns the values with tasks and metrics down and scenarios across."""
    index = pd.MultiIndex.from_frame(frame[["task", "metric"]].drop_duplicates())
    table = frame.pivot(index=["task", "metric"], columns="scenario", values="value")
    table = table.reindex(index=index, columns=frame["scenario"].unique())
    return table.rename_axis(columns=None)


def shown(value: float) -> str:
    """Returns a metric value as it is printed, `"n/a"` where it is undefined."""
    if np.isnan(value):
        return "n/a"
    if value and abs(value) < 1e-3:
        return f"{value:.2e}"
    return f"{value:.4f}" if abs(value) < 100 else f"{value:,.1f}"


def least_width(console: Console, table: Table) -> int:
    """Returns the width below which a table would be cut off."""
    unlimited = console.options.update(max_width=10_000)
    return Measurement.get(console, unlimited, table).minimum


def rich_table(frame: pd.DataFrame, scenarios: int = MAX_SCENARIOS) -> Table:
    """Returns the table to print.

    Args:
        frame: Values as `Evaluation.frame` holds them.
        scenarios: Scenarios beside each other at most, the largest ones.
    """
    head, lines = lines_of(frame, scenarios)
    hidden = frame["scenario"].nunique() - (len(head) - 2)
    note = f"Smaller scenarios left out: {hidden}. `.frame` has all of them." if hidden else None
    table = Table(box=SIMPLE_HEAD, caption=note, caption_justify="left", pad_edge=False)
    for i, name in enumerate(head):
        if i < 2:
            table.add_column(name, no_wrap=True)
        else:
            # Long names of scenarios are broken, numbers never are.
            table.add_column(name, justify="right", min_width=7, max_width=14, overflow="fold")
    for line, following in zip(lines, [*lines[1:], None], strict=True):
        last_of_task = following is not None and bool(following[0])
        style = "dim" if line[1] == "rows" else ""
        cells = [Text(line[0], style="bold"), *(Text(cell, style=style) for cell in line[1:])]
        table.add_row(*cells, end_section=last_of_task)
    return table


def lines_of(
    frame: pd.DataFrame, most_scenarios: int = MAX_SCENARIOS
) -> tuple[list[str], list[list[str]]]:
    """Returns the head and the lines of the table.

    Args:
        frame: Values as `Evaluation.frame` holds them.
        most_scenarios: Scenarios beside each other at most, the largest ones.
    """
    values = wide(frame)
    rows = frame.groupby(["task", "scenario"], sort=False)["rows"].max().unstack(fill_value=0)
    others = [name for name in values.columns if name != ALL]
    largest = set(rows.sum()[others].nlargest(most_scenarios).index) if others else set()
    scenarios = [ALL, *(name for name in others if name in largest)]
    lines = []
    for task in frame["task"].unique():
        counts = [f"{int(rows.loc[task].get(s, 0)):,}" for s in scenarios]
        lines.append([task, "rows", *counts])
        for metric, row in values.loc[task, scenarios].iterrows():
            lines.append(["", metric, *map(shown, row)])
    return ["task", "metric", *map(str, scenarios)], lines
