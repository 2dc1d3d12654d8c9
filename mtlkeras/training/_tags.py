"""Names of charts: one group a task."""

from collections.abc import Iterable, Mapping

import keras

OVERALL = "overall"


def task_names(model: keras.Model) -> list[str]:
    """Returns the names of a model's outputs."""
    # Subclassed models know their outputs only when called.
    outputs = getattr(model, "output", None)
    if isinstance(outputs, Mapping):
        return list(outputs)
    return list(getattr(model, "output_names", None) or [model.name])


def split_name(name: str, tasks: Iterable[str]) -> tuple[str, str]:
    """Returns the task and the metric of a logged value without `val_`.

    Args:
        name: Such as `"click_auc"` or `"loss"`.
        tasks: Names of the tasks.

    Returns:
        `("click", "auc")`; what belongs to no task belongs to `"overall"`.

    Example:
        >>> split_name("add_to_cart_pr_auc", ["add", "add_to_cart"])
        ('add_to_cart', 'pr_auc')
    """
    owners = [task for task in tasks if name.startswith(f"{task}_")]
    if not owners:
        return OVERALL, name
    task = max(owners, key=len)
    return task, name[len(task) + 1 :]


def tag(name: str, tasks: Iterable[str]) -> str:
    """Returns the TensorBoard tag of a logged value: `"click/auc"`, `"overall/loss"`."""
    return "/".join(split_name(name, tasks))
