"""A heat map of affinities; matplotlib is loaded on first use."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from .._figures import finished, new_figure
from ._units import common_unit, in_units

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def plot_affinity(
    frame: pd.DataFrame, groups: list[list[str]], path: str | Path | None = None
) -> Figure:
    """Returns a figure of affinities, tasks of a group beside each other and framed.

    Args:
        frame: Affinities of rows to columns.
        groups: Names of the tasks in each group.
        path: Where to write the figure as well.

    Raises:
        ImportError: If matplotlib is not installed.
    """
    names = [name for group in groups for name in group]
    values = frame.loc[names, names].to_numpy(np.float64)
    between = np.where(np.eye(len(names), dtype=bool), np.nan, values)
    unit = common_unit(between)
    between = between / unit
    most = np.nanmax(np.abs(between)) if np.isfinite(between).any() else 0.0
    size = 2.4 + 0.85 * len(names)
    figure, axes = new_figure((size + 1.2, size))
    from matplotlib.patches import Rectangle  # which is there, now that there is a figure

    axis = axes[0, 0]
    limits = {"vmin": -(most or 1.0), "vmax": most or 1.0}
    shades = axis.imshow(np.ma.masked_invalid(between), cmap="PuOr", **limits)
    axis.set_facecolor("#E8E8E8")
    for i, row in enumerate(values):
        for j, number in enumerate(row):
            dark = i != j and abs(number) / unit > 0.6 * most
            colour = "white" if dark else "#777777" if i == j else "black"
            axis.text(
                j, i, in_units(number, unit), ha="center", va="center", color=colour, fontsize=8
            )
    start = -0.5
    for group in groups:
        corner, wide = (start, start), len(group)
        axis.add_patch(Rectangle(corner, wide, wide, fill=False, linewidth=2.5, clip_on=False))
        start += wide
    axis.set_xticks(range(len(names)), names, rotation=30, ha="right")
    axis.set_yticks(range(len(names)), names)
    axis.set_xlabel("share of the loss of")
    axis.set_ylabel("taken by a step for")
    units = "" if unit == 1 else f" in units of {unit:g}"
    axis.set_title(f"Affinity of tasks{units}, and suggested groups")
    axis.tick_params(length=0)
    axis.spines[:].set_visible(False)
    figure.colorbar(shades, ax=axis, shrink=0.8, label="harms        helps")
    return finished(figure, path)
