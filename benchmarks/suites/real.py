"""(l): every trunk on real data, and the same architectures of other libraries."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import yaml

from benchmarks import show
from benchmarks.bench import Bench, SkippedError, machine_note
from benchmarks.draw import across, names_down, picture
from benchmarks.process import ContestantError, Process
from benchmarks.real_data import DATA, DIM, RealData
from benchmarks.statistics import figures_of, half, interval
from benchmarks.targets import Target
from mtlkeras._catalogue import describe_all

ABOUT = "every trunk on real data, 3 seeds, and other libraries' same ones; needs --data FOLDER"
SEEDS, EPOCHS, BATCH, QUICK_ROWS = 3, 3, 512, 2_000
# Of the architectures that other libraries have too: the same sizes for all.
SIZES = {
    "dim": DIM,
    "units": [64],
    "tower": [32],
    "experts": 4,
    "levels": 2,
    "own": 1,
    "shared": 1,
}
WORST = 0.002  # AUC
OURS, THEIRS = "#c2410c", {"torch_rechub": "#7e22ce", "deepctr_torch": "#d946ef"}
LIBRARIES = {"torch_rechub": "torch-rechub", "deepctr_torch": "DeepCTR-Torch"}


@dataclass(frozen=True)
class Entrant:
    """A model of this toolkit.

    Args:
        name: The key in results.
        settings: What the contestant is asked.
        peers: Libraries that have the same.
    """

    name: str
    settings: dict
    peers: tuple[str, ...] = ()


@dataclass
class Race:
    """The processes of a data set and what they answered.

    Args:
        bench: The pace.
        data: The data set.
        seeds: Seeds.
        answers: Group, then contestant, to its answers.
        missing: Contestant to why it has none.
    """

    bench: Bench
    data: RealData
    seeds: list[int]
    answers: dict[str, dict[str, list[dict]]] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)

    def ask(self, group: str, name: str, process: Process, **settings) -> None:
        """Trains one with every seed."""
        found: list[dict] = []
        for seed in self.seeds:
            self.bench.say(f"{self.data.name}: {name}, seed {seed + 1} of {len(self.seeds)}")
            try:
                found.append(process.ask(seed=seed, **settings))
            except ContestantError as error:
                self.missing[f"{group}: {name}"] = str(error)
                return
        self.answers.setdefault(group, {})[name] = found


def trunk_entrants(data: RealData, quick: bool) -> Iterator[Entrant]:
    """Every trunk with default options, and the features of the prior where it takes some."""
    for name, trunk in describe_all().items():
        if quick and name not in ("shared_bottom", "star", "transformer"):
            continue
        has_prior = any(option.name == "prior" for option in trunk.options)
        options = {"prior": list(data.prior)} if has_prior else {}
        yield Entrant(name, {"trunk": name, "options": options})


def funnel_entrants(quick: bool) -> Iterator[Entrant]:
    """Every funnel on the shared bottom."""
    for name in describe_all("heads.funnels"):
        if name not in ("step", "funnel") and not (quick and name != "esmm"):
            settings = {"trunk": "shared_bottom", "funnel": {"name": name}}
            yield Entrant(name, settings)


def peer_entrants(data: RealData, quick: bool) -> Iterator[Entrant]:
    """What other libraries have too, in equal sizes."""
    units, tower = SIZES["units"], SIZES["tower"]
    both = ("torch_rechub", "deepctr_torch")
    ple = {"num_levels": SIZES["levels"], "num_task_experts": SIZES["own"]}
    ple |= {"num_shared_experts": SIZES["shared"]}
    yield Entrant(
        "shared_bottom", {"trunk": "shared_bottom", "options": {"units": units}}, peers=both
    )
    mmoe = {"num_experts": SIZES["experts"], "units": units}
    if not quick:
        yield Entrant("mmoe", {"trunk": "mmoe", "options": mmoe}, peers=both)
        yield Entrant("ple", {"trunk": "ple", "options": {**ple, "units": units}}, peers=both)
    if data.funnel:
        esmm = {"name": "esmm", "options": {"tower": [*units, *tower]}}
        yield Entrant("esmm", {"trunk": "features", "funnel": esmm}, peers=both)
        aitm = {"name": "aitm", "options": {"tower": units}}
        yield Entrant("aitm", {"trunk": "features", "funnel": aitm}, peers=both[:1])


def measure(bench: Bench) -> dict:
    """Each data set that is there, one after another."""
    if bench.data is None:
        raise SkippedError(
            "it needs real data. Name the folder that holds "
            f"{' and '.join(f'{data.name}/' for data in DATA)}: python -m benchmarks real --data "
            "FOLDER"
        )
    there = [data for data in DATA if not data.missing(bench.data)]
    for data in DATA:
        if data not in there:
            files = ", ".join(data.missing(bench.data))
            bench.console.print(f"{data.name} is left out: {bench.data / data.name} lacks {files}.")
    if not there:
        names = " nor ".join(data.name for data in DATA)
        raise SkippedError(f"{bench.data} holds neither {names}.")
    seeds = list(range(1 if bench.quick else SEEDS))
    result = {**bench.header(ABOUT), "seeds": seeds, "epochs": EPOCHS, "batch_size": BATCH}
    result |= {"sizes": SIZES, "data": {}}
    for data in there:
        result["data"][data.name] = _measure(bench, data, seeds)
    first = result["data"][there[0].name]["groups"]["trunks"]
    result["step_ms"] = {name: found["step_ms"]["mean"] for name, found in first.items()}
    return result


def _measure(bench: Bench, data: RealData, seeds: list[int]) -> dict:
    race = Race(bench, data, seeds)
    epochs = 1 if bench.quick else EPOCHS
    with TemporaryDirectory() as place:
        folder = Path(place)
        rows = data.read(bench.data / data.name)
        if bench.quick:
            rows = rows.groupby("split").head(QUICK_ROWS)
        rows.to_parquet(folder / "rows.parquet")
        common = {"raced": list(data.raced), "batch_size": BATCH, "epochs": epochs}
        arrays = {"arrays": str(folder / "rows.npz")}
        more = {"amounts": list(data.amounts)}
        with _ours(folder, data, (*data.raced, *data.amounts), {**common, **more}) as ours:
            does = {"mtlkeras": ours.ready()["does"]}
            for each in trunk_entrants(data, bench.quick):
                race.ask("trunks", each.name, ours, **each.settings)
            for each in funnel_entrants(bench.quick) if data.funnel else ():
                race.ask("funnels", each.name, ours, **each.settings)
        with _ours(folder, data, data.raced, {**common, **arrays}) as ours:
            ours.ready()
            for each in peer_entrants(data, bench.quick):
                race.ask("peers", f"{each.name}/mtlkeras", ours, **each.settings)
        for library, label in LIBRARIES.items():
            reason = bench.peers.why_not(label.lower()) if bench.peers else "peers were left out"
            if reason:
                race.missing[label] = reason
                continue
            module = f"benchmarks.contestants.real_{library}"
            settings = {**common, **arrays, "sizes": SIZES}
            with Process(module, settings, bench.peers.python or sys.executable) as theirs:
                try:
                    does[library] = theirs.ready()["does"]
                except ContestantError as error:
                    race.missing[label] = str(error)
                    continue
                for each in peer_entrants(data, bench.quick):
                    if library in each.peers:
                        race.ask("peers", f"{each.name}/{library}", theirs, trunk=each.name)
    groups = {
        group: {name: figures_of(answers) for name, answers in found.items()}
        for group, found in race.answers.items()
    }
    for group, found in groups.items():
        missing = {k: v for k, v in race.missing.items() if k.startswith(f"{group}:")}
        bench.console.print(_table(f"{data.name}: {group}", data, found, missing))
    splits = {str(name): int(count) for name, count in rows["split"].value_counts().items()}
    return {"rows": splits, "does": does, "groups": groups, "missing": race.missing}


def _ours(folder: Path, data: RealData, tasks: tuple[str, ...], settings: dict) -> Process:
    """This toolkit on some tasks of a data set."""
    path = folder / f"{len(tasks)}_tasks.yaml"
    path.write_text(yaml.safe_dump(data.spec("rows.parquet", tasks)))
    return Process("benchmarks.contestants.real_ours", {**settings, "spec": str(path)})


def _table(title: str, data: RealData, found: dict, missing: dict):
    rows = []
    named = (f"gini_{task}" for task in data.amounts)
    ginis = [each for each in named if all(each in figures for figures in found.values())]
    for name, figures in found.items():
        areas = [figures[f"auc_{task}"] for task in data.raced] + [figures["auc"]]
        held = [figures[each] for each in ginis]
        rows.append(
            (
                name,
                *(f"{area['mean']:.4f}" for area in areas),
                f"{half(areas[-1]):.4f}",
                *(f"{each['mean']:.3f}" for each in held),
                f"{figures['parameters']['mean']:,.0f}",
                f"{figures['step_ms']['mean']:.1f}",
                f"{figures['seconds']['mean']:.1f}",
            )
        )
    held = (each.replace("_", " of ") for each in ginis)
    columns = ("", *data.raced, "mean AUC", "±", *held, "parameters", "ms/step", "seconds")
    return show.table(title, columns, rows, missing)


def targets(result: dict) -> list[Target]:
    """Mean AUC no worse than that of another library's same architecture by more than 0.002."""
    found = []
    for data in DATA:
        peers = result["data"].get(data.name, {}).get("groups", {}).get("peers", {})
        for each in peer_entrants(data, quick=False):
            for library in each.peers:
                text = f"{data.name}: mean AUC of {each.name} over {LIBRARIES[library]}'s"
                ours, theirs = (peers.get(f"{each.name}/{who}") for who in ("mtlkeras", library))
                if ours is None or theirs is None:
                    found.append(Target(text, ">=", -WORST, None))
                    continue
                pairs = zip(ours["auc"]["values"], theirs["auc"]["values"], strict=True)
                gains = interval([a - b for a, b in pairs])
                found.append(Target(text, ">=", -WORST, gains["mean"], gains["low"], gains["high"]))
    return found


def draw(result: dict, path: Path) -> None:
    """Mean AUC of every trunk and funnel, and beside it that of other libraries."""
    names = [data.name for data in DATA if data.name in result["data"]]
    note = (
        f"{len(result['seeds'])} seeds, best of {result['epochs']} epochs by validation rows, "
        f"batch {result['batch_size']}: mean test AUC over tasks, 95 % confidence interval\n"
    )
    with picture(path, 2 * max(len(names), 1), note + machine_note(result), height=8.5) as panels:
        for k, name in enumerate(names):
            groups = result["data"][name]["groups"]
            own = {**groups.get("trunks", {}), **groups.get("funnels", {})}
            _dots(panels[2 * k], own, dict.fromkeys(own, OURS))
            panels[2 * k].set_title(f"{name}: default options")
            peers = dict(sorted(groups.get("peers", {}).items()))
            colours = {each: THEIRS.get(each.partition("/")[2], OURS) for each in peers}
            _dots(panels[2 * k + 1], peers, colours)
            panels[2 * k + 1].set_title(f"{name}: equal sizes")


def _dots(ax, found: dict, colours: dict) -> None:
    for place, (name, figures) in enumerate(found.items()):
        across(ax, place, figures["auc"], colours[name])
    names_down(ax, list(found))
