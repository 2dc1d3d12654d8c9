"""A spec on its way in: what of it is valid so far."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ._errors import Finding
from ._features import Feature, Strict
from ._spelling import nearest
from ._tasks import Task

Path = tuple[str | int, ...]


@dataclass
class Draft:
    """The valid parts of a spec, so that they can be checked beside the broken ones.

    Args:
        values: Top-level key to validated value; broken keys are absent.
        features: Feature name to feature; `None` where the feature is broken.
        tasks: Task name to task; `None` where the task is broken.
        findings: What was wrong so far.
    """

    values: dict[str, Any] = field(default_factory=dict)
    features: dict[str, Feature | None] = field(default_factory=dict)
    tasks: dict[str, Task | None] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def get(self, key: str) -> Any:
        """A top-level value, `None` where it is broken or was not given."""
        return self.values.get(key)

    def entries(self) -> list[tuple[Path, str, Feature | Task]]:
        """Path, name and content of all valid features, then of all valid tasks."""
        features = [(("features", name), name, item) for name, item in self.features.items()]
        tasks = [(("tasks", name), name, item) for name, item in self.tasks.items()]
        return [entry for entry in features + tasks if entry[2] is not None]


def name_or_column(word: str, items: Mapping[str, Feature | Task | None]) -> str:
    """A hint for a name that no item has: the nearest one, by its name or by its column."""
    columns = {item.column: name for name, item in items.items() if item and item.column}
    found = columns.get(word) or nearest(word, items) or columns.get(nearest(word, columns))
    return f"did you mean '{found}'?" if found else ""


def given(item: Strict, key: str) -> bool:
    """Whether somebody wrote the key, rather than left it at its default."""
    return key in item.model_fields_set and getattr(item, key) is not None
