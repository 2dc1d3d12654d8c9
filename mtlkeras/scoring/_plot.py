"""A picture of how much each exponent matters; matplotlib is loaded on first use."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from .._figures import finished, panels

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_LINE, _FOUND = "#4C78A8", "#F58518"


def plot_curves(
    curves: Mapping[str, pd.DataFrame],
    found: Mapping[str, float],
    metric: str,
    path: str | Path | None = None,
) -> Figure:
    """Returns a figure with one panel a number.

    Args:
        curves: Name to two columns, the number and the metric.
        found: Name to the number that was found.
        metric: What the metric is called.
        path: Where to write the figure as well.

    Raises:
        ImportError: If matplotlib is not installed.
    """
    figure, axes = panels(len(curves), sharey=True)
    for axis, (name, curve) in zip(axes, curves.items(), strict=True):
        numbers, values = curve.iloc[:, 0], curve.iloc[:, 1]
        axis.plot(numbers, values, "-", color=_LINE)
        best = values[numbers == found[name]].iloc[0]
        axis.plot([found[name]], [best], "o", color=_FOUND, label=f"{found[name]:g}")
        axis.set_title(name)
        axis.set_xlabel("number in the formula")
        axis.legend(frameon=False)
    axes[0].set_ylabel(metric)
    return finished(figure, path)
