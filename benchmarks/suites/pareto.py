"""(o): where weightings lead on toy problems whose Pareto points are known."""

import math
from pathlib import Path

import numpy as np

from benchmarks import show
from benchmarks.bench import Bench, machine_note
from benchmarks.draw import picture
from benchmarks.process import Replaced
from benchmarks.targets import Target

ABOUT = "where weightings lead on toy problems of known Pareto points (1 minute)"
STEPS = {"valley": 50_000, "bowls": 20_000}
# Name, label.
METHODS = (
    ("sum", "plain sum"),
    ("mgda", "MGDA"),
    ("pcgrad", "PCGrad"),
    ("cagrad", "CAGrad"),
    ("imtlg", "IMTL-G"),
    ("nashmtl", "Nash-MTL"),
    ("famo", "FAMO"),
)
THROUGH = ("mgda", "imtlg", "nashmtl", "famo")  # those that no gorge should hold
REACHED = 0.05  # nearer than this to the Pareto set counts as there
METHOD_COLOURS = (
    "#525252", "#1d4ed8", "#c2410c", "#15803d", "#7e22ce", "#0e7490", "#db2777",
)  # fmt: skip
# The gorges are shallow beside the valley.
LEVELS = (-14.0, -12.0, -9.0, -6.0, -3.0, -1.0, 1.0, 3.0, 4.5, 5.5, 6.2, 6.8, 7.2)
COLOURS = ("#1d4ed8", "#c2410c", "#15803d", "#7e22ce", "#0e7490")


def measure(bench: Bench) -> dict:
    """Every method from every start."""
    shorter = 10 if bench.quick else 1
    result = {**bench.header(ABOUT), "steps": {}, "valley": {}, "bowls": {}}
    with Replaced("benchmarks.contestants.pareto", {}) as process:
        result["does"] = process.ready()["does"]
        for problem, steps in STEPS.items():
            result["steps"][problem] = steps // shorter
            for name, label in METHODS:
                bench.say(f"{label} on the {problem}")
                found = process.ask(problem=problem, method=name, steps=steps // shorter)
                result[problem][name] = {k: v for k, v in found.items() if k != "peak_bytes"}
    bench.console.print(_table(result))
    return result


def _table(result: dict):
    rows, missing = [], {}
    for name, label in METHODS:
        found = [result[problem].get(name, {}) for problem in STEPS]
        lost = [each["missing"] for each in found if "missing" in each]
        if lost:
            missing[label] = lost[0]
            continue
        valley, bowls = found
        ends = [f"{path[-1][0]:.2f} {path[-1][1]:.2f}" for path in valley["paths"]]
        worst = f"{max(bowls['distance']):.4f}" if bowls else "-"
        rows.append((label, *ends, str(_reached(valley)), worst))
    starts = [f"start {number}" for number in range(1, 6)]
    columns = ("", *starts, "on the front", "bowls: off by")
    return show.table("Ends of descents", columns, rows, missing)


def _reached(valley: dict) -> int:
    """Of how many starts the end is on the Pareto set; of none where nothing was measured."""
    return sum(distance < REACHED for distance in valley.get("distance", ()))


def targets(result: dict) -> list[Target]:
    """That all end where they should on bowls, and those that are to reach the front do."""
    off = {
        label: max(result["bowls"].get(name, {}).get("distance", [math.inf]))
        for name, label in METHODS
    }
    ends = {
        label: _reached(result["valley"].get(name, {}))
        for name, label in METHODS
        if name in THROUGH
    }
    worst, least = max(off, key=off.get), min(ends, key=ends.get)
    text = "two bowls: distance of the end from the known Pareto point, worst of all"
    reached = None if math.isinf(off[worst]) else off[worst]
    bowls = Target(f"{text}: {worst}", "<=", 0.01, reached)
    text = "valley: starts of five that end on the Pareto front, worst of those that should"
    return [bowls, Target(f"{text}: {least}", ">=", 5.0, float(ends[least]))]


def draw(result: dict, path: Path) -> None:
    """Paths over the contours of the valley, a panel a method, and those on the bowls."""
    # Here alone, so that what races starts from a small process.
    from benchmarks.contestants.pareto import CENTERS
    from benchmarks.toys import floor_of_valley, valley

    note = (
        f"{result['steps']['valley']:,} steps of Adam on the valley of Liu et al. (2021), its "
        "first loss times 0.1; contours: mean of both losses; grey: Pareto set; dots: starts, "
        "crosses: ends. Rings of MGDA, PCGrad, FAMO: the nearest point of the Pareto set\n"
    )
    grid = np.linspace(-11, 11, 111)
    places = np.stack(np.meshgrid(grid, grid), axis=-1)
    heights = valley(places, np.float64(1)).numpy().mean(-1) - 21  # as in the papers
    first = np.linspace(-7, 7, 57)
    with picture(path, 4, note + machine_note(result), height=8.6, width=15.5, rows=2) as axes:
        for ax, (name, label) in zip(axes, METHODS, strict=False):
            ax.contour(
                grid,
                grid,
                heights,
                levels=LEVELS,
                colors="#d4d4d4",
                linewidths=0.8,
                linestyles="solid",
            )
            ax.plot(first, floor_of_valley(first), color="#a3a3a3", linewidth=6, zorder=1)
            found = result["valley"].get(name, {})
            ax.set_title(label)
            if "paths" in found:
                _paths(ax, found["paths"])
                ax.set_title(f"{label}: {_reached(found)} of {len(found['paths'])} reach the front")
            ax.grid(False)
        _bowls(axes[-1], result["bowls"], CENTERS)


def _paths(ax, paths: list) -> None:
    for points, colour in zip(paths, COLOURS, strict=False):
        points = np.array(points)
        ax.plot(points[:, 0], points[:, 1], color=colour, linewidth=1.6, zorder=3)
        ax.plot(*points[0], "o", color=colour, markersize=6, zorder=4)
        ax.plot(*points[-1], "x", color=colour, markersize=9, markeredgewidth=2.2, zorder=5)


def _bowls(ax, found: dict, centers: np.ndarray) -> None:
    """A colour a method; known ends as rings."""
    ax.plot(*centers.T, color="#a3a3a3", linewidth=6, zorder=1)
    colours = dict(zip((name for name, _ in METHODS), METHOD_COLOURS, strict=True))
    for name, label in METHODS:
        for number, points in enumerate(found.get(name, {}).get("paths", ())):
            points = np.array(points)
            shown = label if number == 0 else None
            ax.plot(points[:, 0], points[:, 1], color=colours[name], linewidth=1.3, label=shown)
            ax.plot(*found[name]["known"][number], "o", color=colours[name], fillstyle="none")
            ax.plot(*points[0], "o", color="#525252", markersize=5)
    ax.set_title("Two bowls; rings: known ends")
    ax.set_aspect("equal", adjustable="datalim")
    ax.legend(fontsize=8, loc="upper right")
