"""`mtlkeras export`."""

from pathlib import Path
from typing import Annotated

import typer

from ._options import RunFolder
from ._output import say, say_next
from ._tensorflow import import_tensorflow


def export(
    ctx: typer.Context,
    run: RunFolder,
    path: Annotated[Path, typer.Argument(help="Folder to write the SavedModel to.")],
    version: Annotated[
        int | None,
        typer.Option(
            min=0,
            show_default=False,
            help="Write to the numbered folder PATH/VERSION, as TensorFlow Serving wants it.",
        ),
    ] = None,
    score: Annotated[
        str | None,
        typer.Option(
            show_default=False,
            help="Formula of one more output, e.g. 'click ** 0.3 * purchase'; that of the run if "
            "left out.",
        ),
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace an export that is there.")
    ] = False,
) -> None:
    """Write a trained model as a SavedModel: raw columns in, one named answer a task out.

    It runs with TensorFlow alone. Signatures: `serving_default` (columns) and
    `serving_examples` (serialized tf.Example).

    Example: `mtlkeras export runs/shop exports/shop`

    For TensorFlow Serving: `mtlkeras export runs/shop exports/shop --version 1`
    """
    import_tensorflow(ctx.obj["debug"])
    import mtlkeras as mtl

    loaded = mtl.load_run(run)
    target = path if version is None else path / str(version)
    given = {} if score is None else {"score": score}
    written = mtl.export_saved_model(
        loaded.model, loaded.preprocessing, target, overwrite=overwrite, **given
    )
    say(f"Exported to {written}.")
    say_next(
        ["mtlkeras", "predict", path, "new.parquet", "--output", "scored.parquet"],
        ["saved_model_cli", "show", "--dir", written, "--all"],
    )
