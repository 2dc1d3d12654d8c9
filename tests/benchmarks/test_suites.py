"""Suites: what they conclude from results, and that their pictures can be drawn."""

import ast
import json
from pathlib import Path

import pytest

from benchmarks.__main__ import main
from benchmarks.contestants import ENTRIES
from benchmarks.contestants import _entries as entries_module
from benchmarks.machine import GIB, describe
from benchmarks.real_data import DATA
from benchmarks.statistics import interval, spread
from benchmarks.suites import SUITES, bottom, quality, real, small
from benchmarks.workload import Workload

HEADER = {"date": "2026-01-01", "machine": describe(), "pace": {"rounds": 1, "seconds": 1.0}}


def speed(value: float, peak: float = 1.0) -> dict:
    """A contestant of a race, measured once."""
    return {
        "rows_per_second": spread([value]),
        "peak_bytes": peak * GIB,
        "state_bytes": 0.5 * GIB,
    }


def race(**speeds: float) -> dict:
    """A race of some, all others missing."""
    return {
        **{name: {"missing": "left out"} for name in ENTRIES},
        **{name: speed(value) for name, value in speeds.items()},
    }


def tables() -> dict:
    def point(rows, count, contestants):
        work = Workload(sizes=(rows,) * count).as_dict()
        return {
            "rows_per_table": rows,
            "tables": count,
            "workload": work,
            "contestants": contestants,
        }

    large = race(mtlkeras=70_000.0, keras_adam=1_000.0, torch_sparse_adam=10_000.0, limit=70_000.0)
    large["mtlkeras"]["peak_bytes"] = 2.0 * GIB
    return {
        **HEADER,
        "points": [
            point(10_000, 10, race(mtlkeras=80_000.0, keras_adam=40_000.0, limit=100_000.0)),
            point(1_000_000, 10, large),
            point(10_000, 4, race(mtlkeras=100_000.0)),
            point(10_000_000, 4, race(mtlkeras=60_000.0)),
        ],
    }


def readers() -> dict:
    found = {name: {"missing": "left out"} for name, *_ in SUITES["readers"].READERS}
    found["prepared"] = speed(2_000_000.0)
    found["csv"] = speed(100_000.0)
    training = {"waited": spread([0.02])}
    return {**HEADER, "rows": 10, "tfrecord_rows": 5, "readers": found, "training": training}


def batches() -> dict:
    work = Workload().as_dict()
    points = [
        {"batch_size": 256, "workload": work, "contestants": race(mtlkeras=50.0, limit=100.0)},
        {"batch_size": 1024, "workload": work, "contestants": race(mtlkeras=90.0, limit=100.0)},
    ]
    return {**HEADER, "points": points}


def experts() -> dict:
    work = Workload().as_dict()
    shapes = ((1, 4), (2, 4), (2, 8))
    points = [
        {"tasks": tasks, "experts": experts, "workload": work, "contestants": race(mtlkeras=9.0)}
        for tasks, experts in shapes
    ]
    return {**HEADER, "points": points}


def small_tables() -> dict:
    contestants = {entry.name: speed(10_000.0) for entry in small.ENTRANTS}
    contestants["mtlkeras"] = speed(25_000.0, peak=0.8)
    work = Workload(sizes=small.sizes(30)).as_dict()
    return {**HEADER, "points": [{"workload": work, "contestants": contestants}]}


def bottoms() -> dict:
    contestants = {"mmoe": speed(50.0), "wide": speed(60.0), "narrow": speed(100.0)}
    return {**HEADER, "points": [{"workload": Workload().as_dict(), "contestants": contestants}]}


def first_steps() -> dict:
    case = {"seconds": spread([2.0]), "build_seconds": spread([0.5])}
    cases = {name: dict(case) for name, *_ in SUITES["first_step"].CASES}
    return {**HEADER, "workload": Workload(numbers=5).as_dict(), "cases": cases}


def sharings() -> dict:
    auc = {f"auc_{task}": spread([0.7]) for task in SUITES["sharing"].TASKS}
    cases = {
        "together": {"seconds": spread([3.0]), **auc},
        "apart": {"seconds": spread([10.0]), **auc},
        "plain": {"seconds": spread([5.0]), **auc},
    }
    return {**HEADER, "rows": 10, "epochs": 1, "cases": cases}


def qualities() -> dict:
    """Better ones are better by 0.1, or unbiased where the others are biased by 5 %."""

    def figures(case, name):
        better = name in case.better
        values = {True: [0.8, 0.8], False: [0.7, 0.7]}
        if case.figure == "bias_percent":
            values = {True: [-1.0, 1.0], False: [-5.0, -5.0]}
        distance = {True: [10.0, 10.0], False: [14.0, 14.0]}
        found = dict.fromkeys((case.figure, "parameters", "seconds"), interval(values[better]))
        return {**found, "distance": interval(distance[better])}

    cases = {
        case.name: {each.name: figures(case, each.name) for each in case.variants}
        for case in quality.CASES
    }
    return {**HEADER, "seeds": [0, 1], "cases": cases}


def reals() -> dict:
    """A data set is missing; on the other one peer is better by 0.01 and one by 0.001."""

    def figures(area):
        names = ("auc", "parameters", "step_ms", "seconds", *(f"auc_{t}" for t in DATA[0].raced))
        return {name: interval([area, area + 0.02]) for name in names}

    peers = {
        "shared_bottom/mtlkeras": figures(0.7),
        "shared_bottom/torch_rechub": figures(0.71),
        "shared_bottom/deepctr_torch": figures(0.701),
    }
    groups = {"trunks": {"mmoe": figures(0.7)}, "peers": peers}
    header = {**HEADER, "seeds": [0, 1], "epochs": 3, "batch_size": 512}
    return {**header, "data": {DATA[0].name: {"groups": groups}}}


def weightings() -> dict:
    """One method stopped, one failed; a data set is left out."""

    def figures(gain):
        names = ("auc", "step_ms", "seconds", *(f"auc_{task}" for task in ("click", "cart")))
        return {"gain": interval([gain, gain + 0.2]), **dict.fromkeys(names, interval([0.7, 0.8]))}

    families = {
        "plain sum": "plain",
        "FAMO": "losses",
        "MGDA": "representation",
        "PCGrad": "representation",
        "MGDA, parameters": "parameters",
    }
    methods = {name: figures(-0.5) for name in families if name != "MGDA"}
    methods["MGDA, parameters"] = figures(-40.0)
    shop = {"tasks": ["click", "cart"], "methods": methods, "missing": {"MGDA": "ended"}}
    header = {**HEADER, "seeds": [0, 1], "batch_size": 512, "model": {"units": [32, 16]}}
    return {**header, "families": families, "data": {"simulated_shop": shop}}


def balancings() -> dict:
    """One method of gradients could not be measured."""

    def case(kind, method, ratio, trunk="shared_bottom"):
        figures = {"ratio": ratio, "step_ms": 3.0 * ratio, "plain_ms": 3.0}
        found = {name: spread([value]) for name, value in figures.items()}
        return {"trunk": trunk, "kind": kind, "method": method, **found}

    steps = [
        case("loss", "Static", 1.01),
        case("loss", "Uncertainty", 1.04),
        case("loss", "FAMO", 1.5),
        case("representation", "MGDA", 1.2),
        case("representation", "PCGrad", 1.9, trunk="mmoe"),
        case("parameters", "MGDA", 1.3),
        {"trunk": "shared_bottom", "kind": "parameters", "method": "MoCo", "missing": "ended"},
    ]
    solver = {str(tasks): {"microseconds": spread([10.0 * tasks])} for tasks in (2, 4, 8, 16)}
    return {
        **HEADER,
        "workload": Workload().as_dict(),
        "steps": steps,
        "monitoring": {"ratio": spread([1.01])},
        "solvers": {"MGDA": solver},
    }


def paretos() -> dict:
    """One method misses a known point, another the front from one start."""
    names = [name for name, _ in SUITES["pareto"].METHODS]
    path = [[9.0, 9.0], [0.0, -8.4]]
    valley = {name: {"paths": [path] * 5, "distance": [0.0] * 5} for name in names}
    valley["famo"]["distance"] = [0.0] * 4 + [3.0]
    bowls = {name: {"paths": [path], "known": [[1.0, 0.0]], "distance": [0.0]} for name in names}
    bowls["sum"]["distance"] = [0.001, 0.02]
    steps = {"valley": 100, "bowls": 100}
    return {**HEADER, "steps": steps, "valley": valley, "bowls": bowls}


RESULTS = {
    "balancing": balancings,
    "pareto": paretos,
    "tables": tables,
    "batch": batches,
    "experts": experts,
    "small": small_tables,
    "first_step": first_steps,
    "bottom": bottoms,
    "readers": readers,
    "sharing": sharings,
    "quality": qualities,
    "real": reals,
    "weightings": weightings,
}
# The figure of each pair of a better and another variant.
QUALITY = [case.figure for case in quality.CASES for others in case.better.values() for _ in others]
# Required, reached, met.
JUDGED = {
    "balancing": [
        (1.05, 1.04, True),
        (1.15, 1.2, False),
        (1.6, None, None),
        (1.4, 1.5, False),
        (1.02, 1.01, True),
        (1000.0, 160.0, True),
    ],
    "pareto": [(0.01, 0.02, False), (5.0, 4.0, False)],
    "tables": [
        (60, 70.0, True),
        (8, 7.0, False),
        (1.3, 2.0, True),
        (1.3, None, None),
        (0.75, 0.6, False),
        (0.85, 0.8, False),
        (1.0, 1.5, False),
    ],
    "batch": [(0.85, 0.5, False)],
    "experts": [],
    "small": [(2.0, 2.5, True), (0.9, 0.8 * GIB / 1e9, True)],
    "first_step": [(3.0, 2.0, True)],
    "bottom": [(1.6, 2.0, False), (1.6, 1.2, True)],
    "readers": [
        (1_000_000, 2_000_000.0, True),
        (300_000, None, None),
        (150_000, 100_000.0, False),
        (0.05, 0.02, True),
    ],
    "sharing": [(0.45, 0.3, True), (0.45, 0.6, False)],
    "quality": [
        *[(0.0, 0.1, True) for figure in QUALITY if figure != "bias_percent"],
        # One degree of freedom: t is 12.706, times the standard error of 1. Then 5 - 0, 14 - 10.
        (0.0, 12.706, True),
        (0.0, 5.0, True),
        (0.0, 4.0, True),
    ],
    "real": [(-0.002, -0.01, False), (-0.002, -0.001, True), *[(-0.002, None, None)] * 13],
    "weightings": [],
}


def test_every_suite_is_judged_here():
    assert set(RESULTS) == set(JUDGED) == set(SUITES)


@pytest.mark.parametrize("name", SUITES)
def test_targets_follow_from_the_figures(name):
    found = SUITES[name].targets(RESULTS[name]())
    assert [target.required for target in found] == [required for required, *_ in JUDGED[name]]
    for target, (_, reached, met) in zip(found, JUDGED[name], strict=True):
        assert target.reached == (None if reached is None else pytest.approx(reached)), target.text
        assert target.met is met


@pytest.mark.parametrize("name", SUITES)
def test_pictures_are_drawn(name, tmp_path):
    path = tmp_path / "pictures" / f"{name}.png"
    SUITES[name].draw(RESULTS[name](), path)
    assert path.read_bytes().startswith(b"\x89PNG")


def test_a_picture_of_nothing_says_so(tmp_path):
    result = first_steps()
    result["cases"] = {name: {"missing": "left out"} for name in result["cases"]}
    SUITES["first_step"].draw(result, tmp_path / "empty.png")
    assert (tmp_path / "empty.png").exists()


def test_better_variants_of_a_case_are_its_variants():
    for case in quality.CASES:
        names = {variant.name for variant in case.variants}
        assert set(case.better) <= names
        assert {other for others in case.better.values() for other in others} <= names
        assert (
            case.request(quick=True)["shop"]["num_rows"] < case.request(False)["shop"]["num_rows"]
        )


def test_every_trunk_and_funnel_is_entered():
    from mtlkeras import heads, trunks

    entered = [each.name for each in real.trunk_entrants(DATA[0], quick=False)]
    assert len(entered) == len(trunks.__all__)
    (pepnet,) = [
        each for each in real.trunk_entrants(DATA[0], quick=False) if each.name == "pepnet"
    ]
    assert pepnet.settings["options"] == {"prior": list(DATA[0].prior)}
    funnels = {each.name for each in real.funnel_entrants(quick=False)}
    assert {"esmm", "aitm"} <= funnels <= {name.lower() for name in heads.funnels.__all__}


def test_contestants_can_be_built_with_their_options():
    # Read, not imported: peers are not installed here.
    folder = Path(entries_module.__file__).parent
    for entry in [*ENTRIES.values(), *small.ENTRANTS, *bottom.ENTRANTS]:
        tree = ast.parse((folder / f"{entry.module}.py").read_text())
        (build,) = [
            node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "build"
        ]
        arguments = [argument.arg for argument in build.args.args]
        assert arguments[0] == "workload", entry.name
        assert set(entry.options) <= set(arguments[1:]), entry.name


def test_results_written_before_are_judged(tmp_path, capsys):
    for name in ("tables", "readers"):
        (tmp_path / f"{name}.json").write_text(json.dumps(RESULTS[name]()))
    main(["targets", "--output", str(tmp_path)])
    printed = capsys.readouterr().out
    assert "missed" in printed
    assert "not measured" in printed
    written = json.loads((tmp_path / "targets.json").read_text())
    assert set(written) == {"tables", "readers"}
    assert [target["met"] for target in written["readers"]["targets"]] == [True, None, False, True]


def test_without_a_suite_all_are_listed(capsys):
    main([])
    printed = capsys.readouterr().out
    assert all(name in printed for name in SUITES)


def test_an_unknown_suite_is_an_error(capsys):
    with pytest.raises(SystemExit):
        main(["table"])
    assert "there is no suite 'table'; choose from all, tables" in capsys.readouterr().err
