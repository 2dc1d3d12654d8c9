"""A comparison as a picture; matplotlib is loaded on first use."""

from pathlib import Path
from typing import TYPE_CHECKING

from ..._figures import finished, panels

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from ._comparison import Comparison

OTHERS, BEST, SEEDS = "#4C78A8", "#F58518", "#9D9D9D"


def plot(comparison: "Comparison", path: str | Path | None = None) -> "Figure":
    """Returns a figure: a panel a task with mean, spread and every seed, and step times.

    Args:
        comparison: What to draw.
        path: Where to write the figure as well.

    Raises:
        ImportError: If matplotlib is not installed.
    """
    table = comparison.table()
    size = (4.2, 1.0 + 0.28 * len(table))
    figure, axes = panels(len(comparison.metrics) + 1, size, 0.4, lines="x", what="Pictures")
    places = {trunk: place for place, trunk in enumerate(table.index)}
    for axis, (task, metric) in zip(axes, comparison.metrics.items(), strict=False):
        best = comparison.best(task)
        runs = comparison.runs[comparison.runs[task].notna()]
        rows = [places[trunk] for trunk in runs["trunk"]]
        axis.plot(runs[task], rows, ".", color=SEEDS, markersize=5, zorder=2)
        means, spreads = table[f"{task}_{metric}_mean"], table[f"{task}_{metric}_std"].fillna(0)
        for trunk, place in places.items():
            colour = BEST if trunk == best else OTHERS
            point = {"fmt": "o", "capsize": 3, "zorder": 3, "color": colour}
            axis.errorbar(means[trunk], place, xerr=spreads[trunk], **point)
        axis.set_title(f"{task}: {metric}")
    axes[-1].barh(range(len(table)), table["step_ms"].fillna(0), color=OTHERS, height=0.6)
    axes[-1].set_title("milliseconds a step")
    for axis in axes:
        axis.locator_params(axis="x", nbins=5)
        axis.set_yticks(range(len(table)), table.index)
        axis.set_ylim(len(table) - 0.5, -0.5)
    figure.suptitle(
        f"{comparison.about.get('name', 'Trunks')}, {comparison.split} rows: mean and standard "
        "deviation over seeds (grey: each seed); the best in orange",
        fontsize=9,
    )
    return finished(figure, path)
