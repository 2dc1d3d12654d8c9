"""(n): every weighting against single-task models, on a simulated shop and on real data."""

from collections.abc import Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import fmean
from tempfile import TemporaryDirectory

import yaml

from benchmarks import show
from benchmarks.bench import Bench, machine_note
from benchmarks.draw import across, names_down, picture
from benchmarks.process import ContestantError, Replaced
from benchmarks.statistics import half, interval, intervals
from benchmarks.targets import Target
from benchmarks.weighting_cases import (
    COURSES,
    FAMILIES,
    KUAIRAND,
    MODEL,
    PLAIN,
    Course,
    Entrant,
    entrants,
    multi_task_gain,
)

ABOUT = (
    "every weighting against single-task models, 3 seeds; kuairand_pure with --data (25 minutes)"
)
SEEDS, BATCH, QUICK_ROWS = 3, 512, 2_000
COLOURS = dict(zip(FAMILIES, ("#171717", "#0369a1", "#c2410c", "#7e22ce"), strict=True))


def measure(bench: Bench) -> dict:
    """Every method on each data set that is there."""
    seeds = list(range(1 if bench.quick else SEEDS))
    result = {**bench.header(ABOUT), "seeds": seeds, "batch_size": BATCH, "model": MODEL}
    families = {each.name: each.family for each in entrants(bench.quick)}
    result |= {"families": families, "data": {}, "left_out": {}}
    for course in COURSES:
        reason = _why_not(course, bench.data)
        if reason is not None:
            result["left_out"][course.name] = reason
            bench.console.print(f"{course.name} is left out: {reason}", soft_wrap=True)
            continue
        with _settings(course, bench) as settings:
            found = _measure(bench, course, settings, seeds)
        result["data"][course.name] = found
        bench.console.print(_table(course, found))
    return result


def _why_not(course: Course, folder: Path | None) -> str | None:
    """Why a data set is left out; `None` where it is there."""
    if course.source:
        return None
    if folder is None:
        return (
            f"name the folder that holds {course.name}/: python -m benchmarks weightings --data "
            "FOLDER"
        )
    missing = KUAIRAND.missing(folder)
    return f"{folder / course.name} lacks {', '.join(missing)}" if missing else None


@contextmanager
def _settings(course: Course, bench: Bench):
    """What builds the contestant of a data set."""
    epochs = 1 if bench.quick else course.epochs
    common = {"tasks": list(course.tasks), "model": MODEL, "batch_size": BATCH, "epochs": epochs}
    if course.source:
        shop = {**course.source["shop"], **({"num_rows": 2 * QUICK_ROWS} if bench.quick else {})}
        yield {**common, "shop": shop}
        return
    with TemporaryDirectory() as place:
        rows = KUAIRAND.read(bench.data / course.name).sort_values("time_ms", kind="stable")
        if bench.quick:
            rows = rows.groupby("split").head(QUICK_ROWS)
        rows.to_parquet(Path(place) / "rows.parquet")
        spec = Path(place) / "spec.yaml"
        spec.write_text(yaml.safe_dump(KUAIRAND.spec("rows.parquet", course.tasks)))
        yield {**common, "spec": str(spec)}


def _measure(bench: Bench, course: Course, settings: dict, seeds: Sequence[int]) -> dict:
    alone = [Entrant(task, "single", {"tasks": [task]}) for task in course.tasks]
    everybody = [*alone, *entrants(bench.quick)]
    answers: dict[str, list[dict]] = {}
    missing: dict[str, str] = {}
    with Replaced("benchmarks.contestants.weightings", settings) as contestant:
        facts = contestant.ready()
        for number, each in enumerate(everybody, 1):
            for seed in seeds:
                say = f"{course.name}: {each.name} ({number} of {len(everybody)}), seed {seed + 1}"
                bench.say(f"{say} of {len(seeds)}")
                answer = contestant.ask(seed=seed, **each.settings)
                if "missing" in answer:
                    missing[each.name] = answer["missing"]
                    break
                answers.setdefault(each.name, []).append(answer)
    lacking = [each.name for each in alone if each.name in missing]
    if lacking:
        raise ContestantError(f"no model of {lacking[0]} alone: {missing[lacking[0]]}")
    singles = {task: [each[f"auc_{task}"] for each in answers.pop(task)] for task in course.tasks}
    methods = {name: found for name, found in answers.items() if name not in missing}
    return {
        "does": facts["does"],
        "rows": facts["rows"],
        "tasks": list(course.tasks),
        "epochs": settings["epochs"],
        "single": {task: interval(values) for task, values in singles.items()},
        "methods": {name: _figures(found, singles) for name, found in methods.items()},
        "missing": missing,
    }


def _figures(answers: Sequence[dict], singles: Mapping[str, Sequence[float]]) -> dict:
    """Figure to its mean and interval over the seeds."""
    names = [f"auc_{task}" for task in singles]
    gains = [
        multi_task_gain(
            {task: answer[f"auc_{task}"] for task in singles},
            {task: values[k] for task, values in singles.items()},
        )
        for k, answer in enumerate(answers)
    ]
    more = (*names, "auc", "step_ms", "seconds")
    return {"gain": interval(gains), **intervals(answers, more)}


def _table(course: Course, found: dict):
    def row(name: str, areas: Sequence[dict], *more: str):
        return (name, *(f"{area['mean']:.4f}" for area in areas), *more)

    rows = [row("single tasks", found["single"].values(), "", "", "")]
    for name, figures in found["methods"].items():
        gain = figures["gain"]
        areas = [figures[f"auc_{task}"] for task in found["tasks"]]
        rows.append(
            row(
                name,
                areas,
                f"{gain['mean']:+.2f}",
                f"{half(gain):.2f}",
                f"{figures['step_ms']['mean']:.1f}",
            )
        )
    columns = ("", *found["tasks"], "gain %", "±", "ms/step")
    return show.table(course.name, columns, rows, found["missing"])


def targets(result: dict) -> list[Target]:
    """None was set: what helps is a question to the data."""
    return []


def draw(result: dict, path: Path) -> None:
    """Gain of each method over single-task models, a panel a data set."""
    names = list(result["data"])
    families = result["families"]
    order = sorted(families, key=lambda name: _place(result, name))
    units = " and ".join(str(width) for width in result["model"]["units"])
    note = (
        f"shared bottom of {units}, batch {result['batch_size']}, {len(result['seeds'])} seeds, "
        "default options; dotted: the plain sum\n"
        "gain: mean of the tasks' relative change of AUC; mean over seeds, 95 % interval, each "
        "seed\n"
    )
    height = 1.6 + 0.24 * len(order)
    with picture(path, len(names), note + machine_note(result), height=height) as panels:
        for ax, name in zip(panels, names, strict=True):
            _dots(ax, result["data"][name]["methods"], order, families)
            ax.set_title(name)
            ax.set_xlabel("gain over single-task models, %")
            if ax is not panels[0]:
                ax.tick_params(labelleft=False)
        handles = [
            panels[-1].plot([], [], "o", color=COLOURS[each], label=text)[0]
            for each, text in FAMILIES.items()
        ]
        panels[-1].legend(handles=handles, loc="upper left", bbox_to_anchor=(1.0, 1.0), fontsize=9)


def _place(result: dict, name: str) -> tuple[int, float]:
    """By family, then by the mean gain over the data sets."""
    found = [data["methods"].get(name) for data in result["data"].values()]
    gains = [figures["gain"]["mean"] for figures in found if figures is not None]
    return list(FAMILIES).index(result["families"][name]), -fmean(gains or [float("-inf")])


def _dots(ax, methods: dict, order: Sequence[str], families: Mapping[str, str]) -> None:
    low, high = _limits([each["gain"] for each in methods.values()])
    for place, name in enumerate(order):
        if name not in methods:
            ax.annotate(" stopped", (low, place), fontsize=8, color="#737373", va="center")
            continue
        gain, colour = methods[name]["gain"], COLOURS[families[name]]
        if gain["mean"] < low:
            ax.annotate(
                f"◂ {gain['mean']:.1f}", (low, place), fontsize=8, color=colour, va="center"
            )
            continue
        across(ax, place, gain, colour, markersize=5)
    ax.axvline(0, color="#525252", linewidth=1)
    if PLAIN in methods:
        ax.axvline(methods[PLAIN]["gain"]["mean"], color="#171717", linewidth=1, linestyle=":")
    ax.set_xlim(low, high)
    names_down(ax, order)


def _limits(gains: Sequence[dict]) -> tuple[float, float]:
    """Where most of the gains lie: one method that failed should not flatten all others."""
    means = sorted(gain["mean"] for gain in gains) or [0.0]
    middle, quarter = means[len(means) // 2], means[len(means) // 4]
    bound = middle - 6 * max(middle - quarter, 0.4)
    kept = [gain for gain in gains if gain["mean"] >= bound]
    least = min((gain["mean"] for gain in kept), default=0.0)
    span = max(means[-1] - least, 0.1)
    # Nor should an interval that tells nothing.
    low = max(min((gain["low"] for gain in kept), default=0.0), least - span)
    high = min(max((gain["high"] for gain in kept), default=0.0), means[-1] + span)
    low, high = min(low, 0.0), max(high, 0.0)
    room = 0.05 * max(high - low, 0.1)
    return low - room, high + room
