"""Files in, a Parquet file of answers out, a batch at a time."""

from __future__ import annotations

import os
import warnings
from collections.abc import Sequence
from glob import glob
from pathlib import Path

from mtlkeras.data import DataWarning, read_chunks

from ._header import settle_header
from ._load import load_export
from ._progress import row_progress
from ._staging import refuse_existing_file, staged_file
from ._writer import AnswerWriter

Files = str | Path | Sequence[str | Path]


def predict(
    export: str | Path,
    files: Files,
    output: str | Path,
    *,
    batch_size: int = 4096,
    keep: Sequence[str] | None = None,
    overwrite: bool = False,
    progress: bool = True,
) -> int:
    """Answers every row of some files and writes a Parquet file.

    Reads CSV (`.csv`, `.csv.gz`), Parquet (`.parquet`) or TFRecord (`.tfrecord`) in pieces, so
    that files larger than memory are no matter. Needs the folder of the export and nothing
    else. Label columns need not be there, further columns are ignored, rows keep their order.

    The output has the kept columns, then one column an output of the model. Class scores are
    lists in the order of the classes, which stand once, as JSON, in the file's schema metadata:
    `pyarrow.parquet.read_schema(output).metadata[b"mtlkeras"]`. A kept column that is named like
    an output becomes `<name>_input`.

    Args:
        export: Folder written by `export_saved_model`, or a folder of numbered versions of it,
            of which the highest is used.
        files: A path, a pattern such as `"new/*.parquet"`, or a list of them.
        output: Parquet file to write. It appears whole or not at all.
        batch_size: Rows that go through the model at once.
        keep: Columns of the input that are copied beside the answers; by default the spec's
            `key`.
        overwrite: Replace `output` if it exists.
        progress: Show rows and rows a second while it runs.

    Returns:
        Number of rows written.

    Raises:
        FileExistsError: `output` exists and `overwrite` is false.
        FileNotFoundError: There is no export.
        DataError: Columns are missing or values do not fit; nothing is written.
        ValueError: An argument is not usable.

    Example:

    ```python
    mtl.predict("exports/shop", "new/*.parquet", "scored.parquet")
    ```
    """
    output = Path(output)
    files = [files] if isinstance(files, str | Path) else list(files)
    _check_arguments(files, output, batch_size)
    refuse_existing_file(output, overwrite)
    served = load_export(export)
    description = served.description
    kept = list(dict.fromkeys(description.key if keep is None else keep))
    columns = list(dict.fromkeys([*description.columns, *kept]))
    spec = settle_header(served.preprocessing.spec, files, columns)
    chunks = read_chunks(spec, "all", columns, batch_rows=batch_size, files=files)
    dropped = []
    with (
        staged_file(output, overwrite) as file,
        row_progress(progress, files) as advance,
        AnswerWriter(file, description.answers, kept) as writer,
    ):
        for chunk in chunks:
            dropped += chunk.dropped
            writer.write(chunk.batch, served.answer(chunk))
            advance(chunk.batch.num_rows)
    if dropped:
        text = f"{len(dropped)} rows were left out of {output} (policy.bad_rows: drop), such as: "
        warnings.warn(text + str(dropped[0]), DataWarning, stacklevel=2)
    return writer.rows


def _check_arguments(files: list[str | Path], output: Path, batch_size: int) -> None:
    if output.suffix != ".parquet":
        raise ValueError(
            f"The output is written as Parquet and so ends in .parquet. Received: {output}. "
            f"Write {output.with_suffix('.parquet')} instead."
        )
    if batch_size < 1:
        raise ValueError(f"batch_size is a positive number of rows. Received: {batch_size}.")
    if not files:
        raise ValueError("There are no files to predict. Name one, or a pattern of them.")
    same = [name for file in files for name in glob(str(file)) if _is_same(name, output)]
    if same:
        raise ValueError(
            f"The output {output} is one of the input files. Write it to another path."
        )


def _is_same(name: str, output: Path) -> bool:
    return output.exists() and os.path.samefile(name, output)
