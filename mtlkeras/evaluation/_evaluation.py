"""The result of an evaluation: one value a task, metric and scenario."""

import io
import json
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
from rich.console import Console, ConsoleOptions, RenderResult

from ._table import ALL, MAX_SCENARIOS, least_width, lines_of, rich_table, wide

COLUMNS = ["task", "kind", "metric", "scenario", "value", "rows"]


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
        return wide(self.frame)

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
        head, lines = lines_of(self.frame)
        rows = [head, ["---"] * 2 + ["---:"] * (len(head) - 2), *lines]
        return "\n".join("| " + " | ".join(row) + " |" for row in rows) + "\n"

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Shows as many scenarios as fit side by side, the largest ones."""
        for scenarios in range(MAX_SCENARIOS, -1, -1):
            table = rich_table(self.frame, scenarios)
            if not scenarios or least_width(console, table) <= options.max_width:
                yield table
                return

    def __str__(self) -> str:
        text = io.StringIO()
        console = Console(file=text, width=200, color_system=None, force_jupyter=False)
        console.print(rich_table(self.frame))
        return "\n".join(line.rstrip() for line in text.getvalue().splitlines()).strip("\n")

    def _repr_html_(self) -> str:
        head, lines = lines_of(self.frame)
        frame = pd.DataFrame(lines, columns=head)
        return frame.to_html(index=False, border=0, justify="left")


def _records(frame: pd.DataFrame) -> list[dict]:
    """Returns rows as dicts that JSON can hold: NaN and infinity become null."""
    safe = frame.astype(object).where(frame.notna() & ~frame.isin([np.inf, -np.inf]), None)
    return safe.to_dict("records")
