"""`mtlkeras predict`."""

from pathlib import Path
from typing import Annotated

import typer

from ._output import say
from ._tensorflow import import_tensorflow


def predict(
    ctx: typer.Context,
    export: Annotated[
        Path,
        typer.Argument(help="Folder of the export, or of numbered versions (the newest is used)."),
    ],
    files: Annotated[
        list[str],
        typer.Argument(help="CSV, Parquet or TFRecord files, or quoted patterns of them."),
    ],
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Parquet file to write.", show_default=False)
    ],
    keep: Annotated[
        list[str] | None,
        typer.Option(
            help="Column to copy beside the answers; repeat for more. Default: the spec's `key`.",
            show_default=False,
        ),
    ] = None,
    batch_size: Annotated[
        int, typer.Option(min=1, help="Rows that go through the model at once.")
    ] = 4096,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace the output if it exists.")
    ] = False,
) -> None:
    """Answer every row of some files with an exported model.

    Needs the export alone. Labels need not be in the files; further columns are ignored; the
    rows keep their order. The file appears whole or not at all.

    Example: `mtlkeras predict exports/shop new.parquet --output scored.parquet --keep order_id`
    """
    import_tensorflow(ctx.obj["debug"])
    import mtlkeras as mtl

    rows = mtl.predict(
        export, files, output, batch_size=batch_size, keep=keep or None, overwrite=overwrite
    )
    say(f"{rows:,} rows answered in {output}.")
