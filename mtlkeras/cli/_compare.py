"""`mtlkeras compare`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ._names import check_names
from ._options import DataFolder
from ._output import console, say, say_next, say_warning
from ._parse import parse_options, parse_widths
from ._tensorflow import import_tensorflow

if TYPE_CHECKING:
    from mtlkeras.training import Comparison


def compare(
    ctx: typer.Context,
    spec: Annotated[Path, typer.Argument(help="Data spec (YAML).")],
    trunks: Annotated[
        str,
        typer.Option(help="Trunks separated by commas; `mtlkeras trunks` lists them."),
    ] = "shared_bottom,mmoe,ple",
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            show_default=False,
            help="Folder for results, picture and runs. Default: compare/ and the spec's name.",
        ),
    ] = None,
    data: DataFolder = None,
    seeds: Annotated[int, typer.Option(min=1, help="How many seeds, from 0 on.")] = 3,
    trunk_option: Annotated[
        list[str] | None,
        typer.Option(
            metavar="TRUNK.KEY=VALUE",
            show_default=False,
            help="Argument of a trunk, such as mmoe.num_experts=4; without TRUNK. that of all of "
            "them. Repeat for more.",
        ),
    ] = None,
    tower: Annotated[
        str | None,
        typer.Option(show_default=False, help="Widths of each task's hidden layers. Default: 32."),
    ] = None,
    weighting: Annotated[
        str | None,
        typer.Option(
            show_default=False,
            help="How tasks are balanced; `mtlkeras weightings` lists how. Default: plain sum.",
        ),
    ] = None,
    weighting_option: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KEY=VALUE",
            show_default=False,
            help="Argument of the weighting, such as scope=parameters; repeat for more.",
        ),
    ] = None,
    funnel: Annotated[
        str | None,
        typer.Option(show_default=False, help="Heads of tasks linked by `parent`, such as esmm."),
    ] = None,
    learning_rate: Annotated[
        float | None, typer.Option(show_default=False, help="Learning rate. Default: 0.001.")
    ] = None,
    epochs: Annotated[
        int | None, typer.Option(min=1, show_default=False, help="Epochs at most. Default: 3.")
    ] = None,
    batch_size: Annotated[
        int | None, typer.Option(min=1, show_default=False, help="Rows a step. Default: 1024.")
    ] = None,
    prepared: Annotated[
        Path | None,
        typer.Option(show_default=False, help="Folder of rows that `mtlkeras prepare` wrote."),
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Train anew what was trained with other options.")
    ] = False,
) -> None:
    """Train several trunks over several seeds and print mean and spread of each task.

    Rows are prepared once, and all trunks are checked before the first is trained. The same
    command goes on where it was interrupted.

    Example: `mtlkeras compare shop.yaml --trunks shared_bottom,mmoe,ple --seeds 3`
    """
    settings: dict[str, Any] = {
        "tower": None if tower is None else parse_widths(tower),
        "weighting": weighting,
        "weighting_options": parse_options(weighting_option or [], "weighting", "c=0.5") or None,
        "funnel": funnel,
        "learning_rate": learning_rate,
        "epochs": epochs,
        "batch_size": batch_size,
        "prepared": prepared,
        "overwrite": overwrite or None,
    }
    settings = {name: value for name, value in settings.items() if value is not None}
    from mtlkeras._catalogue import describe
    from mtlkeras.specs import DataSpec

    # Mistakes in these are told before TensorFlow is imported.
    names = [describe(name.strip()).name for name in trunks.split(",") if name.strip()]
    check_names(weighting=weighting)
    options = parse_trunk_options(trunk_option or [], names)
    loaded = DataSpec.from_yaml(spec, folder=data)
    folder = output or Path("compare") / loaded.name
    import_tensorflow(ctx.obj["debug"])
    import mtlkeras as mtl

    found = mtl.compare(loaded, names, folder, seeds=seeds, trunk_options=options, **settings)
    say("")
    console().print(found)
    written = _write(found, folder)
    say(f"Written to {', '.join(map(str, written))}; every run lies in {folder / 'runs'}.")
    first = str(found.table()["mean_rank"].idxmin())
    run = folder / "runs" / first / f"seed-{int(found.runs['seed'].iloc[0])}"
    say_next(
        ["tensorboard", "--logdir", folder / "runs"],
        ["mtlkeras", "evaluate", run],
        ["mtlkeras", "trunks", first],
    )


def _write(found: Comparison, folder: Path) -> list[Path]:
    """Writes table and picture beside the JSON that is there, and returns the files."""
    found.to_csv(folder / "comparison.csv")
    written = [folder / "comparison.json", folder / "comparison.csv"]
    try:
        found.plot(folder / "comparison.png")
    except ImportError as error:
        say_warning(str(error))
    else:
        written.append(folder / "comparison.png")
    return written


def parse_trunk_options(texts: list[str], trunks: list[str]) -> dict[str, dict[str, Any]]:
    """Returns trunk to its arguments.

    Args:
        texts: Such as `["mmoe.num_experts=4", "units=64,32"]`; what names no trunk is for all.
        trunks: Names of the trunks that are compared.
    """
    found: dict[str, dict[str, Any]] = {}
    for text in texts:
        ((key, value),) = parse_options([text]).items()
        trunk, dot, option = key.rpartition(".")
        for name in [trunk] if dot else trunks:
            found.setdefault(name, {})[option] = value
    return found
