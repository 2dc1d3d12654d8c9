"""Figures of one or several panels; matplotlib is loaded on first use."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_ACROSS = 3


def new_figure(
    size: tuple[float, float], rows: int = 1, columns: int = 1, what: str = "Plots", **settings: Any
) -> tuple[Figure, np.ndarray]:
    """Returns a figure and its axes, `(rows, columns)`.

    Args:
        size: Width and height in inches.
        rows: Panels above each other.
        columns: Panels beside each other.
        what: What cannot be drawn without matplotlib, for the error.
        settings: Passed to `pyplot.subplots`.

    Raises:
        ImportError: If matplotlib is not installed.
    """
    try:
        from matplotlib import pyplot
    except ImportError as error:
        raise ImportError(
            f"{what} need matplotlib, which is not installed. Run: pip install 'mtlkeras[examples]'"
        ) from error
    settings = {"squeeze": False, "layout": "constrained", **settings}
    figure, axes = pyplot.subplots(rows, columns, figsize=size, **settings)
    # A notebook shows what a cell returns; closed, the figure is not shown a second time.
    pyplot.close(figure)
    return figure, axes


def panels(
    count: int,
    size: tuple[float, float] = (4.0, 3.0),
    above: float = 0.0,
    lines: str = "both",
    what: str = "Plots",
    **settings: Any,
) -> tuple[Figure, list[Axes]]:
    """Returns a figure of panels with thin lines, three beside each other at most, and them.

    Args:
        count: Number of panels.
        size: Width and height of each in inches.
        above: Height for a title in inches.
        lines: The axis with lines behind the drawing: `"x"`, `"y"` or `"both"`.
        what: What cannot be drawn without matplotlib, for the error.
        settings: Passed to `pyplot.subplots`.

    Raises:
        ImportError: If matplotlib is not installed.

    Example:
        >>> figure, axes = panels(4)
        >>> len(axes), figure.get_size_inches().tolist()
        (4, [12.0, 6.0])
    """
    columns = min(count, MOST_ACROSS)
    rows = -(-count // columns)
    whole = (size[0] * columns, size[1] * rows + above)
    figure, axes = new_figure(whole, rows, columns, what, **settings)
    for axis in axes.flat:
        axis.spines[["top", "right"]].set_visible(False)
        axis.grid(alpha=0.25, axis=lines)
    for axis in axes.flat[count:]:
        axis.remove()
    return figure, list(axes.flat[:count])


def finished(figure: Figure, path: str | Path | None) -> Figure:
    """Returns a figure, written to a file where there is a path.

    Args:
        figure: The figure.
        path: Such as `history.png`, or `None`.
    """
    if path is not None:
        figure.savefig(path, dpi=150)
    return figure
