"""`mtlkeras score`."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from ._options import DataFolder, RunFolder
from ._output import console, say, say_next
from ._rows import run_and_rows
from ._tensorflow import import_tensorflow


class Rows(StrEnum):
    """Splits that a score may be searched on: never the test rows."""

    validation = "validation"
    train = "train"


def score(
    ctx: typer.Context,
    run: RunFolder,
    target: Annotated[
        list[str],
        typer.Option(
            show_default=False,
            help="Task that the score should rank, or TASK=SHARE; repeat for several.",
        ),
    ],
    formula: Annotated[
        str | None,
        typer.Option(
            show_default=False,
            help="Formula with open exponents, e.g. 'click ** a * purchase'; the product of the "
            "tasks, each to an open power, if left out.",
        ),
    ] = None,
    metric: Annotated[str, typer.Option(help="auc, gauc, ndcg or e.g. ndcg@5.")] = "auc",
    group: Annotated[
        str | None,
        typer.Option(show_default=False, help="Feature to rank within, e.g. user_id."),
    ] = None,
    bounds: Annotated[
        tuple[float, float], typer.Option(help="The least and the most of every exponent.")
    ] = (0.0, 2.0),
    learn: Annotated[
        list[str] | None,
        typer.Option(
            show_default=False,
            help="Fit a small layer instead: a task or number that it takes; repeat for more.",
        ),
    ] = None,
    split: Annotated[Rows, typer.Option(help="Rows to search on.")] = Rows.validation,
    data: DataFolder = None,
    batch_size: Annotated[
        int, typer.Option(min=1, help="Rows that go through the model at once.")
    ] = 4096,
    plot: Annotated[
        Path | None, typer.Option(show_default=False, help="Also draw a picture (.png).")
    ] = None,
    keep: Annotated[
        bool, typer.Option("--keep", help="Keep the score in the run: exports then have it.")
    ] = False,
) -> None:
    """Search the exponents of a score that rank best, or fit one to a task.

    Example: `mtlkeras score runs/shop --target purchase --formula "click ** a * purchase"`

    Fitted: `mtlkeras score runs/shop --target purchase --learn click --learn purchase --keep`
    """
    targets = _targets(target)
    if learn and (formula or plot or len(targets) > 1):
        raise ValueError(
            "--learn fits to one --target and takes no --formula and no --plot. Leave those out, "
            "or leave --learn out to search exponents."
        )
    import_tensorflow(ctx.obj["debug"])
    import mtlkeras as mtl

    loaded, rows = run_and_rows(run, data, split.value, batch_size)
    if learn:
        found = mtl.fit_score(loaded.model, rows, target=next(iter(targets)), of=learn)
    else:
        search = mtl.search_exponents(
            loaded.model, rows, formula, target=targets, metric=metric, group=group, bounds=bounds
        )
        console().print(search)
        found = search.score
        if plot is not None:
            plot.parent.mkdir(parents=True, exist_ok=True)
            search.plot(plot)
            say(f"Picture written to {plot}.")
    say(f"{found.name}: {found.formula}")
    if keep:
        say(f"Kept in {mtl.training.keep_score(run, found)}.")
        say_next(
            ["mtlkeras", "evaluate", run],
            ["mtlkeras", "export", run, Path("exports") / run.name],
        )


def _targets(words: list[str]) -> dict[str, float]:
    """Returns task to share of `TASK` or `TASK=SHARE`."""
    found = {}
    for word in words:
        task, is_shared, share = word.partition("=")
        try:
            found[task] = float(share) if is_shared else 1.0
        except ValueError:
            raise ValueError(
                f"--target takes a task or TASK=SHARE, e.g. purchase=2. Received {word!r}."
            ) from None
    return found
