"""Pictures: light, labelled, every measured point with its spread."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import contextmanager
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter, NullLocator

from .contestants import Entry

STYLE = {
    "font.size": 10,
    "font.family": "sans-serif",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": "#525252",
    "axes.labelcolor": "#262626",
    "axes.titlesize": 11,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#e5e5e5",
    "grid.linewidth": 0.8,
    "xtick.color": "#525252",
    "ytick.color": "#525252",
    "legend.frameon": False,
    "figure.facecolor": "white",
    "savefig.dpi": 150,
}


@contextmanager
def picture(
    path: Path,
    panels: int,
    note: str,
    height: float = 4.2,
    width: float | None = None,
    rows: int = 1,
):
    """Axes side by side, written to `path` at the end.

    Args:
        path: PNG file.
        panels: How many axes.
        note: What was measured, on what: below the axes.
        height: Inches.
        width: Inches; a panel has some 5 by default, and a legend beside them 2.
        rows: Rows of so many axes each; they are handed over one after another.
    """
    with plt.rc_context(STYLE):
        figure, axes = plt.subplots(
            rows,
            panels,
            figsize=(width or 5.2 * panels + 1.6, height),
            layout="constrained",
            squeeze=False,
        )
        yield list(axes.flat)
        figure.supxlabel(note, fontsize=8, color="#737373", x=0.01, ha="left")
        path.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(path)
        plt.close(figure)


def lines(
    ax: Axes,
    points: Sequence[dict],
    x: Callable[[dict], float],
    value: Callable[[dict], dict | None],
    entries: Sequence[Entry],
    hollow: bool = False,
) -> None:
    """A line a contestant, on logarithmic axes, bars from the smallest to the largest round.

    Args:
        ax: Where to draw.
        points: Points with their `"contestants"`.
        x: Position of a point.
        value: A spread of what was measured of a contestant, `None` leaves the point out.
        entries: Who is drawn.
        hollow: A second group of points of the same contestants, without a legend.
    """
    for entry in entries:
        found = [
            (x(point), value(point["contestants"][entry.name]))
            for point in points
            if "missing" not in point["contestants"].get(entry.name, {"missing": ""})
        ]
        found = [(position, spread) for position, spread in found if spread is not None]
        if not found:
            continue
        colour, marker, style = entry.look
        middle = [spread["median"] for _, spread in found]
        reach = [
            [spread["median"] - spread["min"] for _, spread in found],
            [spread["max"] - spread["median"] for _, spread in found],
        ]
        ours = entry.name == "mtlkeras"
        ax.errorbar(
            [position for position, _ in found],
            middle,
            reach,
            color=colour,
            marker=marker,
            markerfacecolor="white" if hollow else colour,
            linestyle=":" if hollow else style,
            linewidth=(2.4 if ours else 1.4) / (2 if hollow else 1),
            markersize=6 if ours else 5,
            elinewidth=1,
            capsize=2,
            label=None if hollow else entry.label,
            zorder=3 if ours else 2,
        )
    ax.set_xscale("log")
    ax.set_yscale("log")
    low, high = ax.get_ylim()
    subs = (1.0,) if high > 100 * low else (1.0, 2.0, 5.0)
    ax.yaxis.set_major_locator(LogLocator(subs=subs))
    ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: short(value)))
    ax.yaxis.set_minor_formatter(NullFormatter())


def ticks(ax: Axes, positions: Iterable[float]) -> None:
    """Marks the measured places of a logarithmic axis, and those alone."""
    positions = sorted(set(positions))
    ax.set_xticks(positions, [short(position) for position in positions])
    ax.xaxis.set_minor_locator(NullLocator())


def bars(
    ax: Axes, labels: Sequence[str], spreads: Sequence[dict], colours: Sequence[str], text: str
) -> None:
    """Horizontal bars, the first on top, each with its figure.

    Args:
        ax: Where to draw.
        labels: Beside the bars.
        spreads: Their lengths.
        colours: Their colours.
        text: Format of the figures, e.g. `"{:,.0f}"`.
    """
    if not labels:
        ax.set_axis_off()
        ax.text(0, 0.5, "nothing could be measured", transform=ax.transAxes)
        return
    places = range(len(labels))
    middle = [spread["median"] for spread in spreads]
    reach = [
        [spread["median"] - spread["min"] for spread in spreads],
        [spread["max"] - spread["median"] for spread in spreads],
    ]
    ax.barh(places, middle, xerr=reach, color=colours, height=0.62, ecolor="#525252", capsize=2)
    for place, spread in zip(places, spreads, strict=True):
        ax.annotate(
            text.format(spread["median"]),
            (spread["max"], place),
            xytext=(4, 0),
            textcoords="offset points",
            va="center",
            fontsize=9,
            color="#262626",
        )
    ax.set_yticks(places, labels)
    ax.invert_yaxis()
    ax.grid(False, axis="y")
    ax.set_xlim(0, 1.22 * max(spread["max"] for spread in spreads))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: short(value)))


def short(value: float) -> str:
    """A number in few characters.

    Example:
        >>> short(10_000), short(2_500_000), short(0.5)
        ('10k', '2.5M', '0.5')
    """
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= size:
            return f"{value / size:.3g}{letter}"
    return f"{value:.3g}"


def once(value: float) -> dict:
    """A figure measured once, as a spread without width."""
    return {"median": value, "min": value, "max": value, "values": [value]}


def across(ax: Axes, place: float, found: dict, colour: str, **settings) -> None:
    """A mean with its interval from left to right, and the measurements behind it.

    Args:
        ax: Where to draw.
        place: How far down.
        found: What `statistics.interval` gave.
        colour: Colour of the mean.
        **settings: As of `Axes.errorbar`.
    """
    ax.plot(found["values"], [place] * len(found["values"]), ".", color="#d4d4d4")
    reach = [[found["mean"] - found["low"]], [found["high"] - found["mean"]]]
    ax.errorbar(found["mean"], place, xerr=reach, fmt="o", capsize=3, color=colour, **settings)


def names_down(ax: Axes, names: Sequence[str]) -> None:
    """Names beside what was drawn `across`, from the top.

    Args:
        ax: Where to draw.
        names: One for each place from 0 on.
    """
    ax.set_yticks(range(len(names)), list(names))
    ax.set_ylim(max(len(names), 1) - 0.5, -0.5)
