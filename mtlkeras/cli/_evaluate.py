"""`mtlkeras evaluate`."""

from pathlib import Path
from typing import Annotated

import typer

from ._options import DataFolder, RunFolder, Split
from ._output import console, counted, say, say_next
from ._rows import run_and_rows
from ._tensorflow import import_tensorflow


def evaluate(
    ctx: typer.Context,
    run: RunFolder,
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

    loaded, rows = run_and_rows(run, data, split.value, batch_size)
    with counted(f"Evaluating {split.value}") as count:
        evaluation = mtl.evaluate(loaded.model, rows, loaded.preprocessing, progress=count)
    console().print(evaluation)
    if json is not None:
        json.parent.mkdir(parents=True, exist_ok=True)
        evaluation.to_json(json)
        say(f"Written to {json}.")
    say_next(["mtlkeras", "export", run, Path("exports") / run.name])
