"""Measurements side by side.

    python -m benchmarks                     lists the suites
    python -m benchmarks tables readers      runs some of them
    python -m benchmarks all                 runs all of them (`make bench`)
    python -m benchmarks all --quick         tiny cases: does everything run?
    python -m benchmarks real weightings --data FOLDER
                                             on data sets that lie in a folder
    python -m benchmarks targets             judges the results written before

Each suite writes `NAME.json` and `NAME.png`; `targets.json` says what was to be reached and what
was, over all suites that were measured.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from . import peers, show
from .bench import Bench, SkippedError
from .lane import Pace
from .process import ROOT
from .suites import SUITES
from .targets import Target

RESULTS = ROOT / "benchmarks" / "results"
QUICKSTART = "quickstart"


def main(arguments: Sequence[str] | None = None) -> None:
    """Lists, measures, judges.

    Args:
        arguments: The command line's, where left out.
    """
    options = _parse(arguments)
    # Into a file or a pipe, tables are as wide as they need.
    console = Console(highlight=False, width=None if sys.stdout.isatty() else 140)
    if not options.suites:
        _list(console)
        return
    names = [*SUITES, QUICKSTART] if "all" in options.suites else options.suites
    folder = Path(options.output or (ROOT / "data/benchmarks-quick" if options.quick else RESULTS))
    folder.mkdir(parents=True, exist_ok=True)
    pace = Pace(1, 0.05, 1) if options.quick else Pace(options.rounds, options.seconds)
    needs_peers = any(name in ("tables", "batch", "experts", "small", "real") for name in names)
    with_peers = needs_peers and not options.no_peers
    installed = peers.install(console.print) if with_peers else None
    bench = Bench(console, folder, pace, installed, options.quick, options.data)
    failed = [name for name in names if name in SUITES and not _run(name, bench)]
    if QUICKSTART in names:
        # It computes in this process; what races is to start from a small one.
        from . import quickstart_level

        output = ["--output", str(folder / "quickstart_level.json")]
        quickstart_level.main(output)
    _judge(folder, console)
    if failed:
        sys.exit(f"These suites ended with an error, shown above: {', '.join(failed)}")


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m benchmarks", description=__doc__.splitlines()[0])
    known = ["all", *SUITES, QUICKSTART, "targets"]
    parser.add_argument("suites", nargs="*", metavar="SUITE", help=", ".join(known))
    parser.add_argument("--quick", action="store_true", help="tiny cases, to see that all runs")
    parser.add_argument("--rounds", type=int, default=5, help="how often each is measured (5)")
    parser.add_argument("--seconds", type=float, default=1.5, help="about how long each time (1.5)")
    parser.add_argument("--no-peers", action="store_true", help="leave PyTorch and others out")
    parser.add_argument("--output", help="folder of the results")
    parser.add_argument("--data", type=Path, help="folder of real data sets, for real, weightings")
    options = parser.parse_args(arguments)
    for name in options.suites:
        if name not in known:
            parser.error(f"there is no suite {name!r}; choose from {', '.join(known)}")
    if options.rounds < 1 or options.seconds <= 0:
        parser.error("--rounds and --seconds should be positive")
    return options


def _list(console: Console) -> None:
    rows = [(name, suite.ABOUT) for name, suite in SUITES.items()]
    rows.append((QUICKSTART, "gradient boosting on the rows of the quickstart (1 minute)"))
    rows.append(("all", "all of them"))
    rows.append(("targets", "judges the results written before"))
    console.print(
        show.table("python -m benchmarks SUITE ...", ("suite", "measures"), rows, words=2)
    )


def _run(name: str, bench: Bench) -> bool:
    """Measures, writes and draws a suite; returns whether it could. The others go on."""
    suite = SUITES[name]
    try:
        with bench.console.status(f"{name} ...") as bench.status:
            result = suite.measure(bench)
    except SkippedError as reason:
        bench.console.print(f"[bold]{name}[/] was skipped: {reason}", soft_wrap=True)
        return True
    except Exception:
        bench.console.print_exception()
        return False
    result["targets"] = [target.as_dict() for target in suite.targets(result)]
    path = bench.folder / f"{name}.json"
    path.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    suite.draw(result, path.with_suffix(".png"))
    bench.console.print(f"-> {path} and {path.with_suffix('.png').name}")
    return True


def _judge(folder: Path, console: Console) -> list[Target]:
    """Prints and writes the targets of all suites that were measured."""
    found, content = [], {}
    for name, suite in SUITES.items():
        path = folder / f"{name}.json"
        if path.exists():
            result = json.loads(path.read_text(encoding="utf-8"))
            targets = suite.targets(result)
            found += targets
            content[name] = {
                "date": result["date"],
                "targets": [target.as_dict() for target in targets],
            }
    if found:
        console.print(show.targets_table(found))
        path = folder / "targets.json"
        path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    return found


if __name__ == "__main__":
    main()
