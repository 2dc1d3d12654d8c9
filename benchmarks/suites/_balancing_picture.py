"""The picture of what weightings cost."""

from pathlib import Path

from matplotlib.axes import Axes

from benchmarks.bench import note_of
from benchmarks.draw import picture, ticks

# What is to be reached.
TASKS = (2, 4, 8, 16)
LIMITS = {"loss": 1.05, "representation": 1.15, "parameters": 1.6}
FAMO, MONITORING, MICROSECONDS = 1.4, 1.02, 1000.0
KINDS = {
    "loss": ("losses", "#c2410c", "o"),
    "representation": ("gradients of the representation", "#1d4ed8", "o"),
    "parameters": ("gradients of the parameters", "#15803d", "s"),
}
SHADES = {2: "#d4d4d4", 4: "#a3a3a3", 8: "#737373", 16: "#c2410c"}


def draw(result: dict, path: Path) -> None:
    """Ratios of losses, of gradients, and microseconds of solvers, a line a method."""
    work = result["workload"]
    note = (
        f"mtlkeras, shared bottom (hollow: MMoE), {work['tasks']} tasks, {len(work['sizes'])} "
        f"tables of {work['sizes'][0]:,} x {work['dim']}, batch {work['batch_size']:,}, losses "
        "only; dashed: what was to be reached\n"
    )
    with picture(path, 3, note + note_of(result), height=6.0, width=17.5) as axes:
        losses, gradients, solvers = axes
        _ratios(losses, result["steps"], ("loss",))
        _extra(losses, result["monitoring"])
        losses.set_title("Step time over the plain sum's: weightings of losses")
        _ratios(gradients, result["steps"], ("representation", "parameters"))
        gradients.set_title("Weightings and aggregators of gradients")
        gradients.legend(loc="upper center", bbox_to_anchor=(0.5, -0.06), ncol=2)
        _solvers(solvers, result["solvers"])
        solvers.set_title("Microseconds of the weighting itself")
        solvers.legend(loc="upper center", bbox_to_anchor=(0.5, -0.06), ncol=4)


def _ratios(ax: Axes, cases: list[dict], kinds: tuple[str, ...]) -> None:
    """Dots with their spread; the methods of all kinds share their lines."""
    cases = [case for case in cases if case["kind"] in kinds and "missing" not in case]
    names = sorted({case["method"] for case in cases}, key=str.lower)
    for kind in kinds:
        label, colour, marker = KINDS[kind]
        for trunk in ("shared_bottom", "mmoe"):
            there = [c for c in cases if (c["kind"], c["trunk"]) == (kind, trunk)]
            if not there:
                continue
            ratios = [case["ratio"] for case in there]
            # Beside one another where a method has two.
            shift = 0.14 * (kinds.index(kind) * 2 - len(kinds) + 1)
            places = [names.index(case["method"]) + shift for case in there]
            middle = [ratio["median"] for ratio in ratios]
            reach = [
                [ratio["median"] - ratio["min"] for ratio in ratios],
                [ratio["max"] - ratio["median"] for ratio in ratios],
            ]
            ax.errorbar(
                middle,
                places,
                xerr=reach,
                fmt=marker,
                color=colour,
                markerfacecolor=colour if trunk == "shared_bottom" else "white",
                elinewidth=1,
                label=label if trunk == "shared_bottom" else None,
            )
        ax.axvline(LIMITS[kind], color=colour, linestyle="--", linewidth=1)
    ax.axvline(1.0, color="#525252", linewidth=1)
    ax.set_yticks(range(len(names)), names)
    ax.set_ylim(len(names) - 0.5, -0.5)


def _extra(ax: Axes, monitoring: dict) -> None:
    """What is no weighting of losses by one pass: FAMO's own limit, and monitoring."""
    names = [label.get_text() for label in ax.get_yticklabels()]
    if "FAMO" in names:
        place = names.index("FAMO")
        ax.plot([FAMO, FAMO], [place - 0.5, place + 0.5], "--", color=KINDS["loss"][1])
    if "missing" in monitoring:
        return
    place, ratio = len(names), monitoring["ratio"]
    reach = [[ratio["median"] - ratio["min"]], [ratio["max"] - ratio["median"]]]
    ax.errorbar(ratio["median"], place, xerr=reach, fmt="D", color="#525252", elinewidth=1)
    ax.plot([MONITORING, MONITORING], [place - 0.5, place + 0.5], "--", color="#525252")
    ax.set_yticks(range(place + 1), [*names, "plain, monitored"])
    ax.set_ylim(place + 0.5, -0.5)


def _solvers(ax: Axes, solvers: dict[str, dict]) -> None:
    """A dot for each number of tasks."""
    there = {
        method: found
        for method, found in solvers.items()
        if not any("missing" in each for each in found.values())
    }
    names = sorted(there, key=str.lower)
    for tasks in TASKS:
        values = [there[name][str(tasks)]["microseconds"]["median"] for name in names]
        label = f"{tasks} tasks"
        ax.plot(values, range(len(names)), "o", color=SHADES[tasks], label=label)
    ax.axvline(MICROSECONDS, color=SHADES[16], linestyle="--", linewidth=1)
    ax.set_xscale("log")
    ticks(ax, (1, 10, 100, 1000))
    ax.set_yticks(range(len(names)), names)
    ax.set_ylim(len(names) - 0.5, -0.5)
