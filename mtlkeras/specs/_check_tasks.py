"""Contradictions inside one task and between tasks."""

from collections.abc import Iterator

from ._check_features import check_range, check_values
from ._draft import Draft, Path, name_or_column
from ._errors import Finding
from ._tasks import (
    AmountTask,
    BinaryTask,
    ClassWeights,
    CountTask,
    Imbalance,
    RegressionTask,
    Task,
)
from ._words import one_of, show


def check_tasks(draft: Draft) -> Iterator[Finding]:
    """All contradictions of tasks."""
    missing = draft.get("missing_values")
    for name, task in draft.tasks.items():
        path = ("tasks", name)
        for key in ("classes", "positive"):
            yield from check_values(getattr(task, key, None), (*path, key), missing)
        if isinstance(task, ClassWeights) and isinstance(task.class_weights, list):
            yield from _check_class_weights(task, path)
        if isinstance(task, Imbalance) and task.calibrated:
            yield from _check_calibrated(task, path)
        if isinstance(task, RegressionTask):
            yield from _check_regression(task, path)
        if isinstance(task, (CountTask, AmountTask)):
            yield from _check_ceilings(task, path)
        if task is not None:
            yield from _check_relatives(draft, name, task)
    yield from _check_cycles(draft, "parent")
    yield from _check_cycles(draft, "observed")
    tasks = list(draft.tasks.values())
    if tasks and all(task is not None and task.weight == 0 for task in tasks):
        yield Finding(("tasks",), "a task with a weight above 0", "weight 0 in all of them")


def _check_class_weights(task: ClassWeights, path: Path) -> Iterator[Finding]:
    path, weights = (*path, "class_weights"), task.class_weights
    classes = ("negative", "positive") if isinstance(task, BinaryTask) else task.classes
    if classes is None:
        hint = "a list has no order without `classes`; give them, or write `balanced`"
        yield Finding(path, "`classes` beside a list of weights", show(weights), hint)
    elif len(weights) != len(classes):
        names = one_of(classes).removeprefix("one of ")
        wanted = f"{len(classes)} numbers, one a class ({names})"
        yield Finding(path, wanted, f"{len(weights)}")
    if any(weight < 0 for weight in weights) or not any(weights):
        yield Finding(path, "numbers of at least 0, not all of them 0", show(weights))


def _check_calibrated(task: Imbalance, path: Path) -> Iterator[Finding]:
    path, weights = (*path, "calibrated"), task.class_weights
    if weights is None:
        yield Finding(path, "`class_weights` to correct for", "none", "remove `calibrated`")
    elif isinstance(weights, list) and not all(weights):
        hint = "a class that trains nothing has no odds to be corrected; remove `calibrated`"
        yield Finding(path, "`class_weights` above 0", show(weights), hint)


def _check_regression(task: RegressionTask, path: Path) -> Iterator[Finding]:
    yield from check_range(task, path)
    if task.transform == "log1p" and task.minimum is not None and task.minimum <= -1:
        hint = "log1p needs labels above -1"
        yield Finding(
            (*path, "minimum"), "above -1 with `transform: log1p`", show(task.minimum), hint
        )


def _check_ceilings(task: CountTask | AmountTask, path: Path) -> Iterator[Finding]:
    if task.maximum is not None and task.maximum <= 0:
        yield Finding((*path, "maximum"), "a number above 0", show(task.maximum))
    elif isinstance(task, CountTask):
        yield from check_range(task, path, "clip", "maximum")


def _check_relatives(draft: Draft, name: str, task: Task) -> Iterator[Finding]:
    for key in ("parent", "observed"):
        other = getattr(task, key)
        if other is None:
            continue
        path = ("tasks", name, key)
        if other == name:
            yield Finding(path, "another task", "the task itself", "remove it")
        elif other not in draft.tasks:
            others = {n: t for n, t in draft.tasks.items() if n != name}
            wanted = one_of(others) if others else "another task, and there is none"
            yield Finding(path, wanted, show(other), name_or_column(other, others))
        elif key == "observed" and draft.tasks[other] is not None:
            kind = draft.tasks[other].type
            if kind != "binary":
                hint = "`observed` names the task whose label 1 says that this label was seen"
                yield Finding(path, "a binary task", f"'{other}', which is {kind}", hint)


def _check_cycles(draft: Draft, key: str) -> Iterator[Finding]:
    next_of = {name: getattr(task, key, None) for name, task in draft.tasks.items()}
    done: set[str] = set()
    for start in draft.tasks:
        trail: dict[str, None] = {}  # an ordered set
        name = start
        while name in next_of and name not in done and name not in trail:
            trail[name] = None
            name = next_of[name]
        circle = list(trail)[list(trail).index(name) :] if name in trail else []
        if len(circle) > 1:
            received = " -> ".join([*circle, name])
            hint = "remove one of them"
            yield Finding(("tasks", circle[0], key), f"no circle of `{key}`", received[:200], hint)
        done.update(trail)
