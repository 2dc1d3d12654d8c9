"""`mtlkeras evaluate`."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from ._options import DataFolder
from ._output import console, counted, say, say_next
from ._tensorflow import import_tensorflow


class Split(StrEnum):
    """Splits of a data spec."""

    train = "train"
    validation = "validation"
    test = "test"


def evaluate(
    ctx: typer.Context,
    run: Annotated[Path, typer.Argument(help="Run folder, written by `mtlkeras train`.")],
    data: DataFolder = None,
    split: Annotated[Split, typer.Option(help="Rows to evaluate on.")] = Split.test,
    json: Annotated[
        Path | None, typer.Option(show_default=False, help="Also write the table as JSON.")
    ] = None,
    batch_size: Annotated[
        int, typer.Option(min=1, help="Rows that go through the model at once.")
    ] = 4096,
) -> None:
    """Print a table of task x metric, overall and per scenario.

    Example: `mtlkeras evaluate runs/shop --split test --json metrics.json`
    """
    import_tensorflow(ctx.obj["debug"])
    import mtlkeras as mtl

    loaded = mtl.load_run(run)
    spec = loaded.spec
    if data is not None:
        spec = mtl.DataSpec.from_dict(spec.to_dict(), folder=data)
    rows = mtl.load_split(spec, split.value, loaded.preprocessing, batch_size=batch_size)
    with counted(f"Evaluating {split.value}") as count:
        evaluation = mtl.evaluate(loaded.model, rows, loaded.preprocessing, progress=count)
    console().print(evaluation)
    if json is not None:
        json.parent.mkdir(parents=True, exist_ok=True)
        evaluation.to_json(json)
        say(f"Written to {json}.")
    say_next(["mtlkeras", "export", run, Path("exports") / run.name])
