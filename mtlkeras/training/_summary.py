"""Logged values in a line."""

from collections.abc import Mapping

from ._tags import OVERALL, split_name
from ._waiting import percent, waiting_parts

# The metric that speaks for a task in one line is the first of these that is logged.
LEADING = ("auc", "accuracy", "log_mae", "mae", "rmse", "poisson_deviance", "loss")


def running_losses(logs: Mapping[str, float], tasks: list[str]) -> str:
    """Returns how it goes so far, `"waiting 0.4 %  loss 1.2345  click 0.5432"`."""
    parts = waiting_parts(logs)
    parts += [f"loss {logs['loss']:.4f}"] if "loss" in logs else []
    parts += [f"{t} {logs[f'{t}_loss']:.4f}" for t in tasks if f"{t}_loss" in logs]
    return "  ".join(parts + paces(logs, tasks))


def paces(logs: Mapping[str, float], tasks: list[str]) -> list[str]:
    """Returns how much tasks take part that do not wholly: `["buy counts 25.0 %"]`.

    Args:
        logs: What is logged.
        tasks: Names of the tasks.
    """
    found = {task: logs.get(f"{task}_pace", 1.0) for task in tasks}
    return [f"{task} counts {percent(pace)}" for task, pace in found.items() if pace < 1]


def summary(logs: Mapping[str, float], tasks: list[str]) -> str:
    """Returns an epoch in a line: waiting for data, losses, metrics.

    Of each task it shows the leading metric, on validation rows where there are any.

    Args:
        logs: What Keras logs for an epoch.
        tasks: Names of the tasks.
    """
    parts = waiting_parts(logs)
    parts += [f"{n} {logs[n]:.4f}" for n in ("loss", "val_loss") if n in logs]
    prefix = "val_" if "val_loss" in logs else ""
    metrics: dict[str, dict[str, float]] = {}
    for name, value in logs.items():
        if name.startswith("val_") == bool(prefix):
            task, metric = split_name(name.removeprefix(prefix), tasks)
            metrics.setdefault(task, {})[metric] = value
    metrics.pop(OVERALL, None)
    for task, values in metrics.items():
        metric = next((m for m in LEADING if m in values), None)
        if metric is not None:
            parts.append(f"{prefix}{task} {metric} {values[metric]:.4f}")
    return "  ".join(parts + paces(logs, tasks))
