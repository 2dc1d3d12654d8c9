"""Checks of the options of a training."""

from typing import TYPE_CHECKING, Literal, get_args

from .._spelling import check_names
from ..specs import DataSpec
from ._introduce import check_ramp
from ._named import check_named

if TYPE_CHECKING:
    from ._options import TrainOptions

Cache = Literal["memory", "disk"]
Schedule = Literal["constant", "cosine"]


def check_options(options: "TrainOptions") -> None:
    """Refuses options that are out of range or do not go together.

    Args:
        options: How the model is trained.

    Raises:
        ValueError: If there are any.
    """
    _check_numbers(options)
    for name, known in (("cache", (*get_args(Cache), None)), ("schedule", get_args(Schedule))):
        if getattr(options, name) not in known:
            raise ValueError(
                f"`{name}` should be one of {', '.join(map(repr, known))}. "
                f"Received {getattr(options, name)!r}."
            )
    if options.trunk_options and not isinstance(options.trunk, str):
        raise ValueError(
            "`trunk_options` should be left out where `trunk` is a layer, which has its own. "
            f"Received {dict(options.trunk_options)!r}."
        )
    examples = (("a funnel", "esmm"), ("an interaction", "cross_net"), ("a weighting", "famo"))
    for name, example in examples:
        part = name.split()[1]
        layer, its_own = getattr(options, part), getattr(options, f"{part}_options")
        if its_own and not isinstance(layer, str):
            why = f"there is no `{part}`" if layer is None else f"`{part}` is a layer"
            raise ValueError(
                f"`{part}_options` should be left out where {why}. Received {dict(its_own)!r}. "
                f"Name {name}, such as {part}={example!r}."
            )
    check_named("encoder", options.encoders, options.encoder_options)
    check_named("head", options.heads, options.head_options)


def check_tasks(options: "TrainOptions", spec: DataSpec) -> None:
    """Refuses options of tasks that a spec has not.

    Args:
        options: How the model is trained.
        spec: The data spec.

    Raises:
        ValueError: If there are any.
    """
    check_names("`introduce`", options.introduce, spec.tasks, "tasks of the spec")


def _check_numbers(options: "TrainOptions") -> None:
    smallest = {"epochs": 1, "batch_size": 1, "projector_rows": 0, "seed": 0}
    if options.steps_per_execution is not None:
        smallest["steps_per_execution"] = 1
    if options.monitor_gradients is not None:
        smallest["monitor_gradients"] = 1
    for name, least in smallest.items():
        value = getattr(options, name)
        if not isinstance(value, int) or value < least:
            raise ValueError(f"`{name}` should be an integer from {least} on. Received {value!r}.")
    for name in ("patience", "task_patience"):
        value = getattr(options, name)
        if value is not None and value < 1:
            raise ValueError(f"`{name}` should be at least 1, or None. Received {value!r}.")
    for task, times in options.introduce.items():
        check_ramp(task, times)
        if times[0] > options.epochs:
            raise ValueError(
                f"Task {task!r} should be introduced in one of the {options.epochs} epochs. "
                f"Received {tuple(times)!r}. Let it come in earlier, or train for more epochs "
                "(`epochs`)."
            )
    if not options.learning_rate > 0:
        raise ValueError(f"`learning_rate` should be above 0. Received {options.learning_rate!r}.")
