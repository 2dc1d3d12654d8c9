"""Embedding tables for TensorBoard's projector, named by their vocabulary."""

from pathlib import Path
from typing import Any

import keras
import numpy as np
from google.protobuf import text_format
from tensorboard.plugins import projector

from ..encoders import EmbeddingTable
from ._files import replacing, write_text


def write_projector(model: keras.Model, folder: Path, max_rows: int) -> list[str]:
    """Writes vectors and names of all embedding tables of a model.

    A table's first rows are written; a learned vocabulary begins with the most frequent values.
    The row of padding, always zero, is left out.

    Args:
        model: A model; `model.preprocessing`, where there is one, tells the names.
        folder: Folder of a TensorBoard run.
        max_rows: Rows of a table to write at most.

    Returns:
        The names of the tables.
    """
    folder.mkdir(parents=True, exist_ok=True)
    config = projector.ProjectorConfig()
    for table in embedding_tables(model):
        count = min(max_rows, table.rows_count - 1)
        ids = np.arange(1, 1 + count)
        names = _names(getattr(model, "preprocessing", None), table.name, count)
        with replacing(folder / f"{table.name}.tsv") as temporary:
            np.savetxt(temporary, table.rows(ids), fmt="%.6g", delimiter="\t")
        write_text(folder / f"{table.name}_names.tsv", "".join(f"{n}\n" for n in names))
        config.embeddings.add(
            tensor_name=table.name,
            tensor_path=f"{table.name}.tsv",
            metadata_path=f"{table.name}_names.tsv",
        )
    if config.embeddings:
        write_text(folder / "projector_config.pbtxt", text_format.MessageToString(config))
    return [embedding.tensor_name for embedding in config.embeddings]


def embedding_tables(model: keras.Model) -> list[EmbeddingTable]:
    """Returns the embedding tables of a model, each once."""
    layers = model._flatten_layers()
    return [layer for layer in layers if isinstance(layer, EmbeddingTable)]


def _names(preprocessing: Any, table: str, count: int) -> list[str]:
    """Returns names of the ids from 1 on, one line each."""
    features = [
        name
        for name, feature in (preprocessing.inputs.items() if preprocessing is not None else ())
        if (feature.table or name) == table
    ]
    known = list(preprocessing.vocabulary(features[0])) if features else []
    names = known[1 : 1 + count]
    names += [f"#{i}" for i in range(1 + len(names), 1 + count)]
    return [_line(name) for name in names]


def _line(name: Any) -> str:
    """Returns a name that is neither empty nor broken into columns or lines."""
    text = str(name).translate({9: " ", 10: " ", 13: " "}).strip()
    return text or "(empty)"
