"""The run that a command is about, and rows for its model."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import tensorflow as tf

    from mtlkeras.training import Run


def run_and_rows(
    run: Path, data: Path | None, split: str, batch_size: int
) -> tuple[Run, tf.data.Dataset]:
    """Returns a run, and rows of its data set in batches.

    Args:
        run: Run folder.
        data: Folder that file names in its spec start from; the spec's own if left out.
        split: Name of the split.
        batch_size: Rows of a batch.
    """
    import mtlkeras as mtl

    loaded = mtl.load_run(run)
    spec = loaded.spec
    if data is not None:
        spec = mtl.DataSpec.from_dict(spec.to_dict(), folder=data)
    return loaded, mtl.load_split(spec, split, loaded.preprocessing, batch_size=batch_size)
