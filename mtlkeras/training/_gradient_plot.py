"""Weights and gradients of tasks as a figure; matplotlib is loaded on first use."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from .._figures import finished, new_figure
from ._gradient_monitor import Sight
from ._heat_map import colours
from ._tensorboard import TensorBoard

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Inches of a panel of lines, of a row of the heat map, and of what stands around them.
_LINES, _ROW, _AROUND, _WIDE = 1.6, 0.28, 1.2, 9.0


def plot_gradients(board: TensorBoard, path: str | Path | None = None) -> Figure:
    """Returns a figure of what a training's `monitor_gradients` has seen, over the steps.

    From top to bottom: the factor of each task's loss; the norm of its gradient in the dense
    weights that tasks share; and, as a heat map, the cosines of all pairs of these gradients,
    orange where two tasks are in conflict. White is 0, and grey where a gradient is 0.

    Args:
        board: The callback that has watched.
        path: Where to write the figure as well, for example `gradients.png`.

    Raises:
        ImportError: If matplotlib is not installed.
        ValueError: If the callback has seen nothing.

    Example:
        >>> board = TensorBoard("runs/shop", monitor_gradients=10)
        >>> norms, cosines = {"click": 2.0, "buy": 0.5}, {("click", "buy"): -0.3}
        >>> for step in (10, 20):
        ...     board.monitor.sights.append(Sight(step, {"click": 1.0, "buy": 1.0}, norms, cosines))
        >>> [axis.get_title("left") for axis in plot_gradients(board).axes[:2]]
        ['weight of the loss', 'norm of the gradient']
    """
    sights = board.monitor.sights if board.monitor is not None else []
    if not sights:
        raise ValueError(
            "`board` should be a mtlkeras.TensorBoard that has looked at gradients. Received one "
            "that has seen none: pass it `monitor_gradients`, a number of steps that is smaller "
            "than those of the training, and train a model of two tasks or more with it."
        )
    pairs = len(sights[0].cosines)
    heights = [_LINES, _LINES, max(_ROW * pairs, _ROW)]
    figure, axes = new_figure(
        (_WIDE, sum(heights) + _AROUND), rows=3, sharex=True, height_ratios=heights
    )
    weights, norms, cosines = axes[:, 0]
    steps = [sight.step for sight in sights]
    _draw_lines(weights, steps, [sight.weights for sight in sights], "weight of the loss")
    _draw_lines(norms, steps, [sight.norms for sight in sights], "norm of the gradient")
    # Gradients of tasks differ by orders of magnitude.
    norms.set_yscale("log", nonpositive="mask")
    weights.legend(frameon=False, loc="center left", bbox_to_anchor=(1.0, 0.5))
    _draw_cosines(cosines, steps, sights)
    return finished(figure, path)


def _draw_lines(axis: Axes, steps: list[int], values: list[dict[str, float]], title: str) -> None:
    for task in values[0]:
        points = "o" if len(steps) == 1 else None
        axis.plot(steps, [each[task] for each in values], label=task, marker=points, linewidth=1.2)
    axis.set_title(title, loc="left")
    axis.spines[["top", "right"]].set_visible(False)
    axis.grid(alpha=0.25)


def _draw_cosines(axis: Axes, steps: list[int], sights: list[Sight]) -> None:
    names = [f"{first} · {second}" for first, second in sights[0].cosines]
    values = np.array([[*sight.cosines.values()] for sight in sights], np.float64).T
    middles = (np.array(steps[1:]) + steps[:-1]) / 2
    half = (steps[-1] - steps[0]) / max(2 * (len(steps) - 1), 1) or 0.5
    edges = [steps[0] - half, *middles, steps[-1] + half]
    from matplotlib.colors import ListedColormap  # which is there, now that there is a figure

    # The colours of TensorBoard's picture.
    limits = {"cmap": ListedColormap(colours(np.linspace(-1, 1, 201)) / 255), "vmin": -1, "vmax": 1}
    axis.set_facecolor(colours(np.array(np.nan)) / 255)
    rows = np.arange(len(names) + 1)
    shades = axis.pcolormesh(edges, rows, np.ma.masked_invalid(values), **limits)
    axis.set_title("cosine of two tasks' gradients", loc="left")
    axis.set_yticks(np.arange(len(names)) + 0.5, names)
    axis.set_ylim(len(names), 0)
    axis.set_xlim(edges[0], edges[-1])
    axis.set_xlabel("step")
    axis.tick_params(axis="y", length=0)
    axis.spines[:].set_visible(False)
    high = min(1.0, _LINES / (_ROW * len(names)))
    beside = axis.inset_axes((1.02, 1 - high, 0.02, high))  # below the legend
    bar = axis.figure.colorbar(shades, cax=beside, ticks=[-1, 0, 1])
    bar.ax.set_yticklabels(["-1 conflict", "0", "1 agree"])
    bar.outline.set_visible(False)
