"""Reading an export back: the newest version in a folder, ready to answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import tensorflow as tf

from mtlkeras.data import Chunk, DataError, Preprocessing, read_chunks
from mtlkeras.specs import DataFrameSource

from ._description import EXTRA, FILE, PREPROCESSING, Description
from ._rows import raw_rows, undecodable_images


class Export:
    """A reloaded export: raw rows in, answers out. Made by `load_export`.

    Args:
        path: Folder of the SavedModel.
    """

    def __init__(self, path: Path):
        self.path = path
        self.description = Description.read(path)
        self.preprocessing = Preprocessing.load(path / EXTRA / PREPROCESSING)
        self._loaded = tf.saved_model.load(str(path))

    def answer(self, chunk: Chunk) -> dict[str, np.ndarray]:
        """Answers rows.

        Args:
            chunk: Rows with the columns of `description.columns`, as `read_chunks` yields them.

        Returns:
            Output to an array `(rows,)`, or `(rows, classes)` for class scores, whose names
            `description.outputs` has.

        Raises:
            DataError: A value does not fit its column.
        """
        raw = raw_rows(self.preprocessing, chunk)
        columns = {name: raw[name] for name in self.description.columns}
        try:
            outputs = self._loaded.serving_default(columns)
        except tf.errors.InvalidArgumentError as error:
            # The graph names no row, so the images are looked at again, one by one.
            problems = undecodable_images(self.preprocessing, chunk, raw)
            if problems:
                raise DataError(problems) from error
            raise
        answers = {name: outputs[name].numpy() for name in self.description.answers}
        return {
            name: array[:, 0] if array.ndim == 2 and array.shape[1] == 1 else array
            for name, array in answers.items()
        }

    def __call__(self, rows: pd.DataFrame | Mapping[str, Sequence]) -> pd.DataFrame:
        """Answers the rows of a DataFrame or a dict of columns.

        Returns:
            A DataFrame with one row a row, and a column an output; class scores are arrays.

        Raises:
            DataError: Columns are missing or values do not fit.
        """
        frame = pd.DataFrame(rows)
        spec = self.preprocessing.spec.model_copy(update={"source": DataFrameSource()})
        columns = list(self.description.columns)
        parts = [self.answer(c) for c in read_chunks(spec, "all", columns, frame=frame)]
        joined = {
            name: np.concatenate([part[name] for part in parts])
            for name in self.description.answers
        }
        for name, array in joined.items():
            if array.dtype == object:
                array = np.array([value.decode() for value in array], dtype=object)
            joined[name] = list(array) if array.ndim == 2 else array
        return pd.DataFrame(joined, index=frame.index)


def load_export(path: str | Path) -> Export:
    """Loads what `export_saved_model` wrote.

    Args:
        path: Folder of the export, or a folder of numbered versions of it, of which the highest
            is taken, as TensorFlow Serving does.

    Raises:
        FileNotFoundError: There is no export.
        ValueError: The export is broken.

    Example:

    ```python
    export = mtl.serving.load_export("exports/shop")
    export(pd.read_parquet("new.parquet").head())
    ```
    """
    return Export(find_export(path))


def find_export(path: str | Path) -> Path:
    """Returns the folder of the SavedModel: `path`, or the highest numbered version in it."""
    path = Path(path)
    if (path / "saved_model.pb").is_file():
        found = path
    else:
        children = path.iterdir() if path.is_dir() else ()
        versions = {
            int(child.name): child
            for child in children
            if child.name.isdigit() and (child / "saved_model.pb").is_file()
        }
        if not versions:
            missing = "holds no saved_model.pb" if path.exists() else "does not exist"
            raise FileNotFoundError(
                f"{path} {missing}, so it is no export. Write one with "
                "`mtlkeras export <run> <export>`."
            )
        found = versions[max(versions)]
    if not (found / EXTRA / FILE).is_file():
        raise FileNotFoundError(
            f"{found} is a SavedModel without {EXTRA}/{FILE}, so mtlkeras did not write it or "
            "the folder was not copied whole. Export the model again with `mtlkeras export`."
        )
    return found
