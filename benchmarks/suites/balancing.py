"""(m): what each weighting of tasks costs beside the plain sum."""

from collections.abc import Iterable

from benchmarks import show
from benchmarks.bench import Bench
from benchmarks.process import Replaced
from benchmarks.statistics import spread
from benchmarks.targets import Target
from benchmarks.workload import Workload

from ._balancing_picture import FAMO, KINDS, LIMITS, MICROSECONDS, MONITORING, TASKS
from ._balancing_picture import draw as draw

ABOUT = "step time under each weighting of tasks over the plain sum's; solvers (some 9 minutes)"
# Where a trunk has experts, a few methods tell enough.
WITH_EXPERTS = (("loss", "Uncertainty"), ("representation", "PCGrad"), ("parameters", "PCGrad"))
QUICK = (("loss", "FAMO"), ("representation", "MGDA"), ("parameters", "PCGrad"))
FEATURES, DIM, ROWS = 20, 8, 262_144


def measure(bench: Bench) -> dict:
    """Method by method, each with measurements of the plain sum before and after its own."""
    rows = 4_096 if bench.quick else ROWS
    work = Workload(sizes=(10_000,) * FEATURES, tasks=4, dim=DIM, rows=rows)
    rounds = bench.pace.rounds
    result = {**bench.header(ABOUT), "workload": work.as_dict(), "steps": [], "solvers": {}}
    settings = {"workload": work.as_dict()}
    with Replaced("benchmarks.contestants.balancing", settings) as trainer:
        bench.say("loading data")
        ready = trainer.ready()
        result["does"] = ready["does"]
        for trunk, kind, method in _cases(ready["methods"], bench.quick):
            bench.say(f"{method}, {KINDS[kind][0]}, {trunk}")
            case = {"trunk": trunk, "kind": kind, "method": method}
            found = trainer.ask(what="weighting", rounds=rounds, **case)
            result["steps"].append({**case, **_spreads(found)})
        bench.say("monitoring of gradients")
        found = trainer.ask(what="monitoring", rounds=rounds, trunk="shared_bottom")
        result["monitoring"] = _spreads(found)
    with Replaced("benchmarks.contestants.solvers", {}) as solvers:
        names = ["MGDA"] if bench.quick else solvers.ready()["methods"]
        for method in names:
            bench.say(f"solver of {method}")
            result["solvers"][method] = {
                str(tasks): _spreads(solvers.ask(method=method, tasks=tasks, rounds=rounds))
                for tasks in TASKS
            }
    for told in _tables(result):
        bench.console.print(told)
    return result


def _cases(methods: dict[str, list[str]], quick: bool) -> list[tuple[str, str, str]]:
    """Trunk, kind and method."""
    every = [(kind, name) for kind, names in methods.items() for name in names]
    bottom = [("shared_bottom", *case) for case in (QUICK if quick else every)]
    return bottom + [("mmoe", *case) for case in WITH_EXPERTS[: 1 if quick else None]]


def _spreads(found: dict) -> dict:
    """Figures of all rounds as spreads, or why there are none."""
    if "missing" in found:
        return {"missing": found["missing"]}
    return {name: spread(values) for name, values in found.items() if isinstance(values, list)}


def _tables(result: dict) -> Iterable:
    rows, missing = [], {}
    for case in [*result["steps"], {"method": "monitoring", "kind": "loss", **_monitored(result)}]:
        if "missing" in case:
            missing[f"{case['method']}, {case['kind']}"] = case["missing"]
            continue
        of = KINDS[case["kind"]][0] if case["method"] != "monitoring" else "every 100 steps"
        ratio = case["ratio"]
        rows.append(
            (
                case["method"],
                of,
                case["trunk"],
                f"{case['plain_ms']['median']:.2f}",
                f"{case['step_ms']['median']:.2f}",
                f"{ratio['median']:.3f}",
                f"{ratio['min']:.3f} to {ratio['max']:.3f}",
            )
        )
    columns = ("", "of", "trunk", "plain ms", "ms a step", "ratio", "spread")
    yield show.table("Step time over the plain sum's", columns, rows, missing, words=3)
    rows, missing = [], {}
    for method, found in result["solvers"].items():
        lost = [each["missing"] for each in found.values() if "missing" in each]
        if lost:
            missing[method] = lost[0]
            continue
        rows.append((method, *(f"{found[str(k)]['microseconds']['median']:.1f}" for k in TASKS)))
    columns = ("", *(f"{k} tasks" for k in TASKS))
    yield show.table("Microseconds of a call of the weighting", columns, rows, missing)


def _monitored(result: dict) -> dict:
    return {"trunk": "shared_bottom", **result["monitoring"]}


def targets(result: dict) -> list[Target]:
    """The slowest of each kind on the shared bottom, monitoring, and the slowest solver."""
    found = []
    bottom = [case for case in result["steps"] if case["trunk"] == "shared_bottom"]
    for kind, required in LIMITS.items():
        cases = {c["method"]: c for c in bottom if c["kind"] == kind and c["method"] != "FAMO"}
        text = f"step time over the plain sum's, weightings by {KINDS[kind][0]}"
        found.append(_slowest(text, required, cases, "ratio"))
    famo = {case["method"]: case for case in bottom if case["method"] == "FAMO"}
    found.append(_slowest("step time over the plain sum's", FAMO, famo, "ratio"))
    text = "step time of the plain sum, its gradients looked at every 100 steps"
    monitoring = {"monitoring": result["monitoring"]}
    found.append(_slowest(text, MONITORING, monitoring, "ratio"))
    most = str(TASKS[-1])
    solvers = {method: each[most] for method, each in result["solvers"].items()}
    text = f"microseconds of a weighting of {most} tasks"
    found.append(_slowest(text, MICROSECONDS, solvers, "microseconds"))
    return found


def _slowest(text: str, required: float, cases: dict[str, dict], figure: str) -> Target:
    """The slowest of some; not measured where one of them is missing."""
    lost = [method for method, case in cases.items() if "missing" in case]
    if lost or not cases:
        return Target(f"{text}: {', '.join(lost) or 'none'}", "<=", required, None)
    name = max(cases, key=lambda method: cases[method][figure]["median"])
    worst = cases[name][figure]
    return Target(f"{text}: {name}", "<=", required, worst["median"], worst["min"], worst["max"])
