"""What benchmarks found out about weightings, where they were run."""

import json
from collections.abc import Mapping
from pathlib import Path
from statistics import fmean

from benchmarks.statistics import half, interval
from benchmarks.weighting_cases import FAMILIES, PLAIN

RESULTS = Path(__file__).resolve().parents[2] / "benchmarks" / "results"
PARETO = """\
On toy problems whose best compromises are known, where some methods go from several starts:

![Ways of methods to the Pareto front](../benchmarks/results/pareto.png)
"""
ABSENT = "Not measured yet: `python -m benchmarks weightings --data FOLDER`.\n"


def read(path: Path) -> dict | None:
    """A result of `python -m benchmarks`; `None` where there is none, or one of `--quick`.

    Args:
        path: Its JSON file.
    """
    if not path.exists():
        return None
    result = json.loads(path.read_text(encoding="utf-8"))
    return None if result.get("quick") else result


def costs(result: Mapping | None) -> dict[tuple[str, str], float]:
    """Method and kind (`"loss"`, or its scope) to its step time over the plain sum's.

    Args:
        result: That of `python -m benchmarks balancing`.
    """
    steps = [] if result is None else result["steps"]
    return {
        (case["method"], case["kind"]): case["ratio"]["median"]
        for case in steps
        if case["trunk"] == "shared_bottom" and "ratio" in case
    }


def conditions(result: Mapping | None) -> str:
    """On what costs were measured, in a sentence; empty where they were not."""
    if result is None:
        return ""
    work = result["workload"]
    return (
        f"Costs: {work['tasks']} tasks, {len(work['sizes'])} tables, batch "
        f"{work['batch_size']:,}, a shared bottom, on {_machine(result)}.\n\n"
        "![Step time over the plain sum's](../benchmarks/results/balancing.png)\n"
    )


def gains(result: Mapping | None) -> str:
    """Tables of what each method gains, as Markdown.

    Args:
        result: That of `python -m benchmarks weightings`.
    """
    if result is None:
        return ABSENT
    units = " and ".join(str(width) for width in result["model"]["units"])
    parts = [
        "Test AUC of each method with its default options, and its gain: the mean of the tasks' "
        "relative change of AUC against models of one task with the same trunk (Maninis et al., "
        '"Attentive Single-Tasking of Multiple Tasks", 2019). '
        f"A shared bottom of {units}, {len(result['seeds'])} seeds, every method from the same "
        "weights and with the same order of rows; mean and half of the 95 % confidence interval "
        "over seeds, which does not tell how much other test rows would change. Steps are those "
        f"of `fit` with metrics, on {_machine(result)}.\n",
        "![Gain of each method over single-task models](../benchmarks/results/weightings.png)\n",
    ]
    for name, data in result["data"].items():
        parts += [f"### {name}\n", _rows(data), _table(data, result["families"]), _verdict(data)]
    return "\n".join(parts)


def _machine(result: Mapping) -> str:
    found = result["machine"]
    return f"{found['processor']}, {found['cores']} cores, {result['date']}"


def _rows(data: Mapping) -> str:
    rows = data["rows"]
    return (
        f"{rows['train']:,} training and {rows['test']:,} test rows; the best of {data['epochs']} "
        "epochs by validation rows.\n"
    )


def _table(data: Mapping, families: Mapping[str, str]) -> str:
    tasks = data["tasks"]
    lines = [
        f"| | {' | '.join(f'`{task}`' for task in tasks)} | gain, % | ms a step |",
        f"|---|{'--:|' * len(tasks)}--:|--:|",
        f"| single tasks | {_areas(data['single'][task] for task in tasks)} | | |",
    ]
    methods = data["methods"]
    for family in FAMILIES:
        names = [name for name, kind in families.items() if kind == family]
        there = [name for name in names if name in methods]
        for name in sorted(there, key=lambda each: -methods[each]["gain"]["mean"]):
            found = methods[name]
            gain = found["gain"]
            areas = _areas(found[f"auc_{task}"] for task in tasks)
            step = f"{found['step_ms']['mean']:.1f}"
            lines.append(f"| {name} | {areas} | {gain['mean']:+.2f} ± {half(gain):.2f} | {step} |")
        stopped = [name for name in names if name in data["missing"]]
        blank = " | ".join(["-"] * (len(tasks) + 2))
        lines += [f"| {name} | {blank} |" for name in stopped]
    return "\n".join(lines) + "\n"


def _areas(areas) -> str:
    return " | ".join(f"{area['mean']:.4f}" for area in areas)


def _verdict(data: Mapping) -> str:
    """Which methods differ from the plain sum, seed by seed."""
    methods = data["methods"]
    plain = methods[PLAIN]["gain"]["values"]
    others = {name: found["gain"]["values"] for name, found in methods.items() if name != PLAIN}
    better, worse = [], []
    for name, values in others.items():
        found = interval([a - b for a, b in zip(values, plain, strict=True)])
        if found["low"] > 0:
            better.append(name)
        elif found["high"] < 0:
            worse.append(name)
    of = f"of {len(others)} methods, {0.05 * len(others):.0f} would differ by chance alone"
    return (
        "Compared with the plain sum seed by seed, the 95 % confidence interval lies above 0 for "
        f"{_listed(better)}, and below 0 for {_listed(worse)} ({of}). The mean of all methods "
        f"gains {fmean(map(fmean, others.values())):+.2f} %, the plain sum {fmean(plain):+.2f} %.\n"
    )


def _listed(names: list[str]) -> str:
    return ", ".join(names) or "none"
