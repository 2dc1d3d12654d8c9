"""The result of an evaluation: one value a task, metric and scenario."""

import io
import json
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
from rich.box import SIMPLE_HEAD
from rich.console import Console, ConsoleOptions, RenderResult
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

COLUMNS = ["task", "kind", "metric", "scenario", "value", "rows"]
ALL = "all"
MAX_SCENARIOS = 6


@dataclass(frozen=True, eq=False)
class Evaluation:
    """Metrics of every task, overall and per scenario.

    Args:
        frame: One line a value, with the columns `task`, `kind`, `metric`, `scenario` (`"all"`
            is every row), `value` (NaN where the metric is undefined, shown as n/a) and
            `rows` (labelled rows behind the value).
        reliability: Task to predicted and observed means in bins; see `reliability`.

    Example:
        >>> frame = pd.DataFrame([["click", "binary", "auc", "all", 0.75, 100]], columns=COLUMNS)
        >>> Evaluation(frame).value("click", "auc")
        0.75
    """

    frame: pd.DataFrame
    reliability: dict[str, pd.DataFrame] = field(default_factory=dict)

    def value(self, task: str, metric: str, scenario: str = ALL) -> float:
        """Returns one value.

        Args:
            task: Name of the task.
            metric: Name of the metric.
            scenario: Name of the scenario; every row where left out.

        Raises:
            KeyError: If there is no such value.
        """
        f = self.frame
        for column, wanted in (("task", task), ("metric", metric), ("scenario", scenario)):
            known = f[column].unique()
            if wanted not in known:
                names = ", ".join(map(repr, known))
                raise KeyError(f"{column} {wanted!r} is not in this evaluation; it has {names}.")
            f = f[f[column] == wanted]
        return float(f["value"].iloc[0])

    def table(self) -> pd.DataFrame:
        """Returns the values with tasks and metrics down and scenarios across."""
        index = pd.MultiIndex.from_frame(self.frame[["task", "metric"]].drop_duplicates())
        wide = self.frame.pivot(index=["task", "metric"], columns="scenario", values="value")
        wide = wide.reindex(index=index, columns=self.frame["scenario"].unique())
        return wide.rename_axis(columns=None)

    def to_json(self, path: str | Path | None = None) -> str:
        """Returns the evaluation as JSON and writes it to `path` where one is given.

        Args:
            path: File to write.
        """
        content = {
            "format": "mtlkeras-evaluation",
            "version": 1,
            "metrics": _records(self.frame),
            "reliability": {task: _records(bins) for task, bins in self.reliability.items()},
        }
        text = json.dumps(content, indent=1, allow_nan=False, ensure_ascii=False)
        if path is not None:
            Path(path).write_text(text + "\n", encoding="utf-8")
        return text

    @classmethod
    def from_json(cls, source: str | Path) -> "Evaluation":
        """Returns the evaluation that `to_json` wrote.

        Args:
            source: The JSON text or the path of the file.

        Raises:
            ValueError: If the text is no such JSON.
        """
        is_text = isinstance(source, str) and source.lstrip().startswith("{")
        text = source if is_text else Path(source).read_text(encoding="utf-8")
        try:
            content = json.loads(text)
            if content["format"] != "mtlkeras-evaluation":
                raise KeyError(content["format"])
            frame = pd.DataFrame(content["metrics"], columns=COLUMNS)
            bins = {task: pd.DataFrame(rows) for task, rows in content["reliability"].items()}
        except (json.JSONDecodeError, KeyError, TypeError) as error:
            name = "the text" if is_text else f"{source}"
            raise ValueError(
                f"{name} should be an evaluation written by `Evaluation.to_json`. "
                f"Received {text[:40]!r}... Evaluate again to write a new one."
            ) from error
        return cls(frame.astype({"value": "float64", "rows": "int64"}), bins)

    def to_markdown(self) -> str:
        """Returns the table as Markdown."""
        head, lines = _lines(self)
        rows = [head, ["---"] * 2 + ["---:"] * (len(head) - 2), *lines]
        return "\n".join("| " + " | ".join(row) + " |" for row in rows) + "\n"

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Shows as many scenarios as fit side by side, the largest ones."""
        for scenarios in range(MAX_SCENARIOS, -1, -1):
            table = _rich_table(self, scenarios)
            if not scenarios or _least_width(console, table) <= options.max_width:
                yield table
                return

    def __str__(self) -> str:
        text = io.StringIO()
        console = Console(file=text, width=200, color_system=None, force_jupyter=False)
        console.print(_rich_table(self, MAX_SCENARIOS))
        return "\n".join(line.rstrip() for line in text.getvalue().splitlines()).strip("\n")

    def _repr_html_(self) -> str:
        head, lines = _lines(self)
        frame = pd.DataFrame(lines, columns=head)
        return frame.to_html(index=False, border=0, justify="left")


def shown(value: float) -> str:
    """Returns a metric value as it is printed, `"n/a"` where it is undefined."""
    if np.isnan(value):
        return "n/a"
    if value and abs(value) < 1e-3:
        return f"{value:.2e}"
    return f"{value:.4f}" if abs(value) < 100 else f"{value:,.1f}"


def _least_width(console: Console, table: Table) -> int:
    unlimited = console.options.update(max_width=10_000)
    return Measurement.get(console, unlimited, table).minimum


def _rich_table(evaluation: Evaluation, scenarios: int) -> Table:
    head, lines = _lines(evaluation, scenarios)
    hidden = evaluation.frame["scenario"].nunique() - (len(head) - 2)
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


def _lines(
    evaluation: Evaluation, most_scenarios: int = MAX_SCENARIOS
) -> tuple[list[str], list[list[str]]]:
    """Returns the head and the lines of the printed table, the largest scenarios only."""
    frame = evaluation.frame
    wide = evaluation.table()
    rows = frame.groupby(["task", "scenario"], sort=False)["rows"].max().unstack(fill_value=0)
    others = [name for name in wide.columns if name != ALL]
    largest = set(rows.sum()[others].nlargest(most_scenarios).index) if others else set()
    scenarios = [ALL, *(name for name in others if name in largest)]
    lines = []
    for task in frame["task"].unique():
        counts = [f"{int(rows.loc[task].get(s, 0)):,}" for s in scenarios]
        lines.append([task, "rows", *counts])
        for metric, values in wide.loc[task, scenarios].iterrows():
            lines.append(["", metric, *map(shown, values)])
    return ["task", "metric", *map(str, scenarios)], lines


def _records(frame: pd.DataFrame) -> list[dict]:
    """Returns rows as dicts that JSON can hold: NaN and infinity become null."""
    safe = frame.astype(object).where(frame.notna() & ~frame.isin([np.inf, -np.inf]), None)
    return safe.to_dict("records")
