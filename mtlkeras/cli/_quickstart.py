"""`mtlkeras quickstart`."""

from __future__ import annotations

import time
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from ._tensorflow import import_tensorflow

if TYPE_CHECKING:
    import pyarrow as pa

    from mtlkeras.specs import DataSpec

ROWS = 5


def quickstart(
    ctx: typer.Context,
    spec: Annotated[Path, typer.Argument(help="Data spec (YAML).")],
    run: Annotated[Path, typer.Option(help="Run folder to write.")] = Path("runs/quickstart"),
    export: Annotated[Path, typer.Option(help="SavedModel to write.")] = Path("exports/quickstart"),
    epochs: Annotated[int, typer.Option(min=1, help="Epochs, at most.")] = 3,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace an older run and export.")
    ] = False,
) -> None:
    """Prepare a tensorflow-datasets source, train on it, evaluate, export and serve the model.

    The whole road once: the reloaded export scores five raw rows of the test split.

    Example: `mtlkeras quickstart data_specs/complete_journey.yaml`
    """
    from mtlkeras.specs import DataSpec

    console = Console(highlight=False)
    started = time.monotonic()
    loaded = DataSpec.from_yaml(spec)  # Mistakes in it are told before TensorFlow is imported.
    import_tensorflow(ctx.obj["debug"])
    import mtlkeras as mtl

    console.rule("Preparing the data set")
    console.print(_prepare(loaded), soft_wrap=True)

    console.rule("Training")
    trained = mtl.train(loaded, run, epochs=epochs, overwrite=overwrite)
    mtl.plot_history(trained, run / "history.png")
    mtl.plot_calibration(trained.evaluation["test"], run / "calibration.png")

    console.rule("Test rows, task x metric")
    console.print(trained.evaluation["test"])

    console.rule("Serving")
    mtl.export_saved_model(trained.model, trained.preprocessing, export, overwrite=overwrite)
    rows = raw_rows(loaded, ROWS)
    answers = score(export, trained.preprocessing.to_raw(rows))
    console.print(f"{ROWS} raw rows of the test split, scored by the reloaded {export}:")
    console.print(scored_table(rows, loaded.key, answers))

    console.rule(f"Done in {time.monotonic() - started:.0f} s")
    console.print(
        f"Look at the curves, the graph and the embeddings: tensorboard --logdir {run}\n"
        f"See the same as a picture:                        {run / 'history.png'}\n"
        f"Evaluate again:                                   mtlkeras evaluate {run}\n"
        f"Go on in a notebook:                              notebooks/01_quickstart.ipynb\n"
        f"Use your own data:                                mtlkeras init your.csv --output "
        "your.yaml",
        soft_wrap=True,
    )


def _prepare(spec: DataSpec) -> str:
    """Writes the data set to the tensorflow-datasets folder where it is not there yet."""
    import tensorflow_datasets as tfds

    from mtlkeras import datasets  # noqa: F401  Registers complete_journey.

    builder = tfds.builder(spec.source.name, data_dir=spec.source.data_dir)
    started = time.monotonic()
    builder.download_and_prepare()
    rows = sum(split.num_examples for split in builder.info.splits.values())
    seconds = time.monotonic() - started
    return f"{builder.info.full_name}: {rows:,} rows in {builder.data_path} ({seconds:.0f} s)"


def raw_rows(spec: DataSpec, count: int) -> pa.RecordBatch:
    """The first rows of the test split with columns as the source has them.

    Args:
        spec: The data spec.
        count: Number of rows.
    """
    from mtlkeras.data import read_chunks

    columns = [spec.column_of(name) for name in spec.features]
    wanted = list(dict.fromkeys([*spec.key, *columns]))
    chunk = next(islice(read_chunks(spec, "test", wanted), 1))
    return chunk.batch.slice(0, count)


def score(export: Path, raw: dict[str, Any]) -> dict[str, Any]:
    """What a SavedModel answers, reloaded with nothing but TensorFlow.

    Args:
        export: Folder of the SavedModel.
        raw: Raw column to values `(rows,)`.

    Returns:
        Output name to values, `(rows,)` or `(rows, classes)`.
    """
    import tensorflow as tf

    served = tf.saved_model.load(str(export)).signatures["serving_default"]
    answers = served(**{name: tf.constant(values) for name, values in raw.items()})
    return {name: value.numpy() for name, value in answers.items()}


def scored_table(rows: pa.RecordBatch, key: list[str], answers: dict[str, Any]) -> Table:
    """A column a row: its key, then its answers."""
    table = Table(show_header=False)
    table.add_column(style="bold")
    for _ in range(rows.num_rows):
        table.add_column(justify="right")
    for name in key:
        values = rows.column(name).to_pylist()
        table.add_row(name, *(f"{v:g}" if isinstance(v, float) else str(v) for v in values))
    table.add_section()
    for name in sorted(answers):
        table.add_row(name, *(f"{value:.3f}" for value in answers[name]))
    return table
