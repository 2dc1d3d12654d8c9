"""What was read: rows, labels, missing and unseen values a split."""

from dataclasses import dataclass, field

from rich.console import Console, Group
from rich.table import Table

from ._errors import Problem


@dataclass
class SplitReport:
    """What one split holds.

    Args:
        rows: Rows kept.
        dropped: Bad rows left out.
        labels: Task to the number of rows whose label counts.
        means: Task to the mean label (binary: share of positives); only tasks with one number a
            row.
        missing: Feature to the share of rows where it is missing.
        unseen: Feature to the share of its values that are out of vocabulary.
        problems: The first bad rows.
    """

    rows: int = 0
    dropped: int = 0
    labels: dict[str, int] = field(default_factory=dict)
    means: dict[str, float] = field(default_factory=dict)
    missing: dict[str, float] = field(default_factory=dict)
    unseen: dict[str, float] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


@dataclass
class Report:
    """What `load_data` found; print it, or show it with rich.

    Args:
        name: Name of the data set.
        splits: Split to what it holds.

    Example:

    >>> report = Report("shop", {"train": SplitReport(8, labels={"click": 8},
    ...                                               means={"click": 0.25})})
    >>> print(report.splits["train"].means["click"])
    0.25
    """

    name: str
    splits: dict[str, SplitReport] = field(default_factory=dict)

    def __rich__(self) -> Group:
        """Returns two tables, of tasks and of features, one column a split."""
        return Group(self._tasks(), self._features())

    def __str__(self) -> str:
        console = Console(width=100, no_color=True)
        with console.capture() as capture:
            console.print(self.__rich__())
        return "\n".join(line.rstrip() for line in capture.get().splitlines())

    def _tasks(self) -> Table:
        table = self._table("task", "labels (mean)")
        table.add_row("rows", *(f"{s.rows:,}" for s in self.splits.values()))
        if any(s.dropped for s in self.splits.values()):
            table.add_row("bad rows left out", *(f"{s.dropped:,}" for s in self.splits.values()))
        for task in self._keys("labels"):
            table.add_row(task, *(_labels(s, task) for s in self.splits.values()))
        return table

    def _features(self) -> Table:
        table = self._table("feature", "missing / unseen")
        for feature in self._keys("missing"):
            cells = (
                _share(s.missing.get(feature)) + " / " + _share(s.unseen.get(feature))
                for s in self.splits.values()
            )
            table.add_row(feature, *cells)
        return table

    def _table(self, first: str, what: str) -> Table:
        table = Table(title=f"{self.name}: {what}", title_justify="left")
        table.add_column(first)
        for split in self.splits:
            table.add_column(split, justify="right")
        return table

    def _keys(self, attribute: str) -> list[str]:
        return list(dict.fromkeys(k for s in self.splits.values() for k in getattr(s, attribute)))


def _labels(split: SplitReport, task: str) -> str:
    text = f"{split.labels.get(task, 0):,}"
    return f"{text} ({split.means[task]:.4g})" if task in split.means else text


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.1%}"
