"""The funnel of a model: which tasks it links, and what it knows of them."""

import warnings
from collections.abc import Mapping, Sequence

import keras

from .._spelling import check_names
from ..data import TaskTarget
from ..heads import funnels
from ..heads.funnels import Funnel
from ..specs import DataSpec
from ._names import Namer, by_name


def with_parents(
    funnel: keras.layers.Layer | str,
    spec: DataSpec,
    targets: Mapping[str, TaskTarget],
    tower: Sequence[int],
    name: Namer,
) -> Funnel:
    """The funnel that is asked for, knowing its tasks and their base rates.

    Args:
        funnel: A funnel or its name. One that leaves its parents out stays as it is; a copy gets
            them.
        spec: The data spec, whose `parent` links tasks.
        targets: Task to what was counted on the training split.
        tower: Widths of the hidden layers of each task, for a funnel that is given by name.
        name: Gives names.

    Raises:
        ValueError: If it is no funnel, or the spec's tasks do not fit one.
    """
    if isinstance(funnel, str):
        funnel = by_name("funnel", funnel, funnels)
        funnel = type(funnel).from_config({**funnel.get_config(), "tower": tuple(tower)})
    if not isinstance(funnel, Funnel):
        raise ValueError(
            "funnel must be a funnel of mtlkeras.heads.funnels, e.g. "
            f"funnel=mtlkeras.heads.funnels.ESMM(), or its name. Received: funnel={funnel!r}."
        )
    kind = type(funnel).__name__
    config = {**funnel.get_config(), "name": name(kind.lower())}
    if funnel.parents is None:
        config["parents"] = _linked(kind, spec)
    made = type(funnel).from_config(config)
    _check(made, spec)
    _warn_of_missing(made, targets)
    if funnel.base_rates is None:
        config["base_rates"] = {task: float(targets[task].mean) for task in made.tasks}
    return type(funnel).from_config(config)


def _linked(kind: str, spec: DataSpec) -> dict[str, str]:
    binary = {task: settings for task, settings in spec.tasks.items() if settings.type == "binary"}
    linked = {task: settings.parent for task, settings in binary.items() if settings.parent}
    if not linked:
        raise ValueError(
            f"funnel {kind} links binary tasks by `parent`, but no binary task of the spec has "
            "one. Write it in the spec, e.g. `purchase: {type: binary, parent: click}`, or leave "
            "the funnel out."
        )
    return linked


def _check(funnel: Funnel, spec: DataSpec) -> None:
    kind = type(funnel).__name__
    check_names(f"tasks of the funnel {kind}", funnel.tasks, spec.tasks, "tasks of the spec")
    for task in funnel.tasks:
        settings = spec.tasks[task]
        if settings.type != "binary":
            children = [child for child, before in funnel.before().items() if task in before]
            role = f", from which {children[0]!r} follows," if children else ""
            raise ValueError(
                f"funnel {kind} links binary tasks, but {task!r}{role} is {settings.type}. Link "
                "a binary task in its place (whether there was any), or remove the link."
            )
        if settings.observed in funnel.ancestors(task):
            raise ValueError(
                f"funnel {kind} learns {task!r} from all impressions, but the spec counts its "
                f"label only where {settings.observed!r} is 1. Remove `observed` from {task!r} "
                "and let its column be 0 in all other rows."
            )
        for key in ("class_weights", "label_smoothing", "focal_gamma", "keep_negatives"):
            if getattr(settings, key) != type(settings).model_fields[key].default:
                raise ValueError(
                    f"funnel {kind} multiplies or compares probabilities, which `{key}` of "
                    f"{task!r} would distort. Remove `{key}` from the task, or leave the funnel "
                    "out."
                )


def _warn_of_missing(funnel: Funnel, targets: Mapping[str, TaskTarget]) -> None:
    for child in funnel.children:
        parent = funnel.parents[child]
        rows, before = targets[child].rows, targets[parent].rows
        if rows < before and rows <= before * targets[parent].mean + 0.5:
            warnings.warn(
                f"Task {child!r} has {rows:,} labels, no more than {parent!r} has rows of 1: it "
                "seems that it has none elsewhere. A funnel learns from all impressions: write 0 "
                f"where {parent!r} is 0.",
                stacklevel=4,
            )
