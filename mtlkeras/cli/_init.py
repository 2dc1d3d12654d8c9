"""`mtlkeras init`."""

from pathlib import Path
from typing import Annotated

import typer

from ._output import say, say_next


def init(
    file: Annotated[Path, typer.Argument(help="CSV (.csv, .csv.gz) or Parquet file to look at.")],
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", show_default=False, help="Spec to write; default: print it."
        ),
    ] = None,
    label: Annotated[
        list[str] | None,
        typer.Option(show_default=False, help="Column that is a label; repeat for more."),
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace the spec if it exists.")
    ] = False,
) -> None:
    """Guess a commented data spec from a file, with the reason for each guess.

    Example: `mtlkeras init shop.parquet --output shop.yaml --label clicked --label stars`
    """
    from mtlkeras.specs import guess_spec

    if output is not None and output.exists() and not overwrite:
        raise FileExistsError(
            f"The spec {output} exists already. Choose another path, or pass --overwrite."
        )
    folder = None if output is None else output.parent
    text = guess_spec(file, labels=label or None, folder=folder)
    if output is None:
        print(text, end="")
        return
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(text, encoding="utf-8")
    say(f"Written to {output}. Read it: every guess says its reason.")
    say_next(["mtlkeras", "validate", output])
