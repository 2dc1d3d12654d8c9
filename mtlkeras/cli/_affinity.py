"""`mtlkeras affinity`."""

from pathlib import Path
from typing import Annotated

import typer

from ._options import DataFolder, RunFolder, Split
from ._output import console, counted, say, say_warning
from ._rows import run_and_rows
from ._tensorflow import import_tensorflow


def affinity(
    ctx: typer.Context,
    run: RunFolder,
    groups: Annotated[int, typer.Option(min=1, help="Number of groups to suggest.")] = 2,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", show_default=False, help="Also draw a picture (.png)."),
    ] = None,
    csv: Annotated[
        Path | None, typer.Option(show_default=False, help="Also write the table as CSV.")
    ] = None,
    data: DataFolder = None,
    split: Annotated[Split, typer.Option(help="Rows to measure on.")] = Split.train,
    batches: Annotated[int, typer.Option(min=1, help="Batches to take at most.")] = 50,
    batch_size: Annotated[int, typer.Option(min=1, help="Rows of a batch.")] = 1024,
    learning_rate: Annotated[
        float, typer.Option(help="Length of the steps that are tried, not taken.")
    ] = 0.01,
) -> None:
    """Measure how much the tasks help each other, and suggest which to train together.

    Example: `mtlkeras affinity runs/shop --groups 2 --output affinity.png`
    """
    import_tensorflow(ctx.obj["debug"])
    import mtlkeras as mtl

    loaded, rows = run_and_rows(run, data, split.value, batch_size)
    settings = {"groups": groups, "batches": batches, "learning_rate": learning_rate}
    with counted("Measuring affinity") as count:
        found = mtl.evaluate_affinity(loaded.model, rows, **settings, progress=count)
    console().print(found)
    say("Train each group by a spec with its tasks alone, or all tasks with a weighting:")
    say("  mtlkeras weightings", "")
    if csv is not None:
        csv.parent.mkdir(parents=True, exist_ok=True)
        found.frame.to_csv(csv)
        say(f"Written to {csv}.")
    if output is not None:
        output.parent.mkdir(parents=True, exist_ok=True)
        try:
            found.plot(output)
        except ImportError as error:
            say_warning(str(error))
        else:
            say(f"Picture written to {output}.")
