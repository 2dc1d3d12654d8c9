"""Plots of a training history and of calibration; matplotlib is loaded on first use."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from .._figures import finished, panels

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from ._evaluation import Evaluation

TRAIN, VALIDATION, GUIDE = "#4C78A8", "#F58518", "#9D9D9D"

# The metric that speaks for a task is the first of these that was logged.
_LEADING = ["auc", "accuracy", "macro_f1", "log_mae", "mae", "rmse", "poisson_deviance", "loss"]


def plot_history(history: Any, path: str | Path | None = None) -> Figure:
    """Returns a figure of the loss and of each task's leading metric, epoch by epoch.

    Args:
        history: A `Run`, what `model.fit` returned, or its dict or DataFrame of columns such as
            `loss`, `val_loss`, `click_loss`, `click_auc` and `val_click_auc`.
        path: Where to write the figure as well, for example `history.png`.

    Raises:
        ImportError: If matplotlib is not installed.
        ValueError: If there is no `loss` in the history.

    Example:
        >>> history = {"loss": [0.7, 0.6], "buy_loss": [0.7, 0.6], "buy_auc": [0.6, 0.7]}
        >>> [axis.get_title() for axis in plot_history(history).axes]
        ['loss of all tasks', 'buy: auc']
    """
    columns = dict(getattr(history, "history", history))
    if "loss" not in columns:
        raise ValueError(
            "`history` should be a Run, what `model.fit` returned, or a dict or DataFrame with "
            f"the column 'loss'. Received the columns {list(columns)}."
        )
    titles = _history_titles(columns)
    figure, axes = panels(len(titles))
    epochs = np.arange(1, len(columns["loss"]) + 1)
    lines = (("", "training", TRAIN), ("val_", "validation", VALIDATION))
    for axis, (name, title) in zip(axes, titles.items(), strict=True):
        for prefix, label, color in lines:
            if prefix + name in columns:
                values = np.asarray(columns[prefix + name])
                axis.plot(epochs, values, "o-", label=label, color=color, markersize=4)
        axis.set_title(title)
        axis.set_xlabel("epoch")
        axis.xaxis.get_major_locator().set_params(integer=True)
        axis.margins(x=0.08)
    axes[0].legend(frameon=False)
    return finished(figure, path)


def plot_calibration(evaluation: Evaluation, path: str | Path | None = None) -> Figure:
    """Returns a figure of mean label against mean prediction, one panel a task.

    Each point is a bin of rows with similar predictions; on the diagonal, what the model says
    comes true.

    Args:
        evaluation: The result of `evaluate`.
        path: Where to write the figure as well, for example `calibration.png`.

    Raises:
        ImportError: If matplotlib is not installed.
        ValueError: If no task has a mean to compare.

    Example:
        >>> from mtlkeras.evaluation import Evaluation, reliability
        >>> bins = {"buy": reliability([0, 0, 1, 1], [0.1, 0.4, 0.4, 0.9], bins=2)}
        >>> [axis.get_title() for axis in plot_calibration(Evaluation(None, bins)).axes]
        ['buy']
    """
    tables = {task: bins for task, bins in evaluation.reliability.items() if len(bins)}
    if not tables:
        raise ValueError(
            "`evaluation` should have a binary, regression, count or amount task with labels. "
            "Received none."
        )
    figure, axes = panels(len(tables))
    for axis, (task, bins) in zip(axes, tables.items(), strict=True):
        values = bins[["prediction", "label"]].to_numpy()
        ends = [values.min(), values.max()]
        axis.plot(ends, ends, "--", color=GUIDE, linewidth=1, label="perfect")
        axis.plot(bins["prediction"], bins["label"], "o-", color=TRAIN, markersize=4, label="model")
        axis.set_title(task)
        axis.set_xlabel("mean prediction")
        axis.set_ylabel("mean label")
    axes[0].legend(frameon=False)
    return finished(figure, path)


def _history_titles(columns: dict[str, Any]) -> dict[str, str]:
    """Returns the columns to draw and their titles: the loss, then one column a task."""
    titles = {"loss": "loss of all tasks"}
    for name in columns:
        task = name.removesuffix("_loss")
        # `click_log_loss` is a metric of the task `click`, not the loss of a task `click_log`.
        is_metric = f"{task.removesuffix('_log')}_loss" in columns and task.endswith("_log")
        if name.endswith("_loss") and not name.startswith("val_") and not is_metric:
            metric = next(m for m in _LEADING if f"{task}_{m}" in columns)
            titles[f"{task}_{metric}"] = f"{task}: {metric}"
    return titles
