"""Embedding tables for TensorBoard's projector, named by their vocabulary."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keras
import numpy as np
from google.protobuf import text_format
from tensorboard.plugins import projector

from ..data import RESERVED
from ..encoders import StackedTables, Table
from ._files import replacing, write_text

# How builders name tables: "item_table", and "ts_calendar/table" within a timestamp's encoder.
_TABLE = re.compile(r"(?P<label>.+?)(_table|_calendar)(_\d+)?(/table)?")


def write_projector(model: keras.Model, folder: Path, max_rows: int) -> list[str]:
    """Writes vectors and names of all embedding tables of a model.

    A table's first rows are written; a learned vocabulary begins with the most frequent values.
    The row of padding, always zero, is left out.

    Args:
        model: A model; `model.preprocessing`, where there is one, tells the names.
        folder: Folder of a TensorBoard run.
        max_rows: Rows of a table to write at most, 0 for no projector.

    Returns:
        The names of the tables, as the projector shows them.
    """
    config = projector.ProjectorConfig()
    preprocessing = getattr(model, "preprocessing", None)
    for table in embedding_tables(model) if max_rows else []:
        name = table.path.replace("/", "_")
        ids = np.arange(1, min(1 + max_rows, table.rows_count))
        folder.mkdir(parents=True, exist_ok=True)
        with replacing(folder / f"{name}.tsv") as temporary:
            np.savetxt(temporary, table.rows(ids), fmt="%.6g", delimiter="\t")
        known = next(_row_names(preprocessing, table), [])
        names = [_line(known[i]) if i < len(known) else f"#{i}" for i in ids]
        write_text(folder / f"{name}_names.tsv", "".join(f"{line}\n" for line in names))
        config.embeddings.add(
            tensor_name=name, tensor_path=f"{name}.tsv", metadata_path=f"{name}_names.tsv"
        )
    if config.embeddings:
        write_text(folder / "projector_config.pbtxt", text_format.MessageToString(config))
    return [embedding.tensor_name for embedding in config.embeddings]


def embedding_tables(model: keras.Model) -> list[Table]:
    """Returns the embedding tables of a model, each once, those of a stack one by one."""
    tables = {}
    for layer in model._flatten_layers():
        if isinstance(layer, StackedTables):
            members = [layer[name] for name in layer.tables]
            tables |= {id(member): member for member in members}
        elif isinstance(layer, Table):
            tables[id(layer)] = layer
    return list(tables.values())


def _row_names(preprocessing: Any, table: Table) -> Iterator[list[str]]:
    """Yields the names of a table's rows, from each feature that uses it."""
    if preprocessing is None:
        return
    inputs = preprocessing.inputs.items()
    # A task may have a table of its own of a feature, called after both.
    owners = ["", *(f"{task}_" for task in getattr(preprocessing, "targets", ()))]
    users = [item for owner in owners for item in inputs if _uses(owner, *item, table)]
    for name, feature in users:
        if feature.sizes and sum(feature.sizes) == table.rows_count:
            parts = zip(feature.parts, feature.sizes, strict=True)
            yield [_calendar_name(part, i) for part, size in parts for i in range(size)]
        elif feature.size == table.rows_count:
            yield list(preprocessing.vocabulary(name))


def _uses(owner: str, name: str, feature: Any, table: Table) -> bool:
    """Whether a feature looks its ids up in a table, as far as names tell."""
    if getattr(table, "features", None):  # of a stack, which knows
        return owner + name in table.features
    found = _TABLE.fullmatch(table.path)
    return found is not None and owner + (feature.table or name) == found["label"]


def _calendar_name(part: str, i: int) -> str:
    """Returns `"hour 0"` for id 3; but months, ISO weekdays and so on are counted from 1."""
    if i < len(RESERVED):
        return f"{part} {RESERVED[i]}"
    return f"{part} {i - len(RESERVED) + (part not in ('hour', 'is_weekend'))}"


def _line(name: Any) -> str:
    """Returns a name that is neither empty nor broken into columns or lines."""
    text = str(name).translate({9: " ", 10: " ", 13: " "}).strip()
    return text or "(empty)"
