"""The parts (files, tfds splits, DataFrame) that a spec's splits are read from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import pyarrow as pa

from ._chunk import Chunk
from ._columns import Use, list_columns
from ._csv import CsvFile
from ._errors import DataError, Problem
from ._files import find_files, format_of
from ._frame import Frame
from ._parquet import ParquetFile
from ._tfds import TfdsSplit
from ._tfrecord import TFRecordFile, tfrecord_types

if TYPE_CHECKING:
    import pandas as pd

    from mtlkeras.specs import DataSpec

NAMES = ("train", "validation", "test")


class Part(Protocol):
    """What can be read on its own: one file, one tfds split, one DataFrame.

    `trim` says whether white space around strings is left out.
    """

    path: str
    trim: bool

    def names(self) -> list[str]:
        """Returns the names of the columns."""

    def schema(self, names: Sequence[str]) -> pa.Schema:
        """Returns the types that columns have in the part."""

    def chunks(self, names: Sequence[str], batch_rows: int) -> Iterator[Chunk]:
        """Yields columns as they are; `Chunk.dropped` tells the rows that cannot be read."""


def own_splits(spec: DataSpec) -> set[str]:
    """Returns the splits that have files (or a tfds split) of their own."""
    if spec.source.format == "dataframe":
        return {"train"}
    return {name for name in NAMES if getattr(spec.source, name) is not None}


def cut_splits(spec: DataSpec) -> set[str]:
    """Returns the splits besides `train` that are cut out of the training files."""
    split = spec.split
    if split.by == "time":
        wanted = {
            "validation": split.validation_from is not None,
            "test": split.test_from is not None,
        }
    else:
        wanted = {"validation": bool(split.validation), "test": bool(split.test)}
    return {name for name, cut in wanted.items() if cut} - own_splits(spec)


def find_split_files(spec: DataSpec, split: str) -> list[Path]:
    """Returns the files of a split, of which no other split may have one.

    Args:
        spec: A spec whose source are files.
        split: `"train"`, `"validation"`, `"test"` or `"all"`.
    """
    own = [name for name in NAMES if name in own_splits(spec)]
    files = {name: find_files(getattr(spec.source, name), spec.folder) for name in own}
    owners: dict[Path, str] = {}
    problems = []
    for name in own:
        for file in files[name]:
            if file in owners:
                value = f"{owners[file]} and {name}"
                hint = "Rows of one split must not be seen in another: make the patterns disjoint."
                problems.append(Problem(str(file), None, None, value, "one split", hint))
            owners.setdefault(file, name)
    if problems:
        raise DataError(problems)
    if split == "all":
        return list(owners)
    return files.get(split) or files["train"]


def open_split(
    spec: DataSpec, split: str, frame: pd.DataFrame | None, uses: Mapping[str, Use]
) -> list[Part]:
    """Returns the parts that a split is read from (all of `train` where it is cut out of it)."""
    source = spec.source
    if frame is not None and source.format != "dataframe":
        hint = "Leave out the DataFrame, or the source in the spec."
        expected = f"the {source.format} source of the spec alone"
        raise DataError([Problem(spec.name, None, None, "a DataFrame too", expected, hint)])
    if source.format == "dataframe":
        if frame is None:
            hint = "Give it (frame=...), or say in the spec where the files are (source: ...)."
            raise DataError([Problem(spec.name, None, None, None, "a DataFrame", hint)])
        return [Frame(frame)]
    if source.format == "tfds":
        own = [name for name in NAMES if name in own_splits(spec)]
        names = own if split == "all" else [split if split in own else "train"]
        ids = frozenset(name for name, use in uses.items() if use in ("index", "number"))
        folder = source.data_dir and str(spec.folder / Path(source.data_dir).expanduser())
        return [TfdsSplit(source.name, getattr(source, n), folder, ids) for n in names]
    files = find_split_files(spec, split)
    if source.format != "tfrecord":
        return _open_files(spec, files, {source.format}, uses)
    # All splits are read by the types of the same records, in whatever order files are given.
    types = _tfrecord_types(spec, sorted(find_files(source.train, spec.folder)), uses)
    return [TFRecordFile(str(file), types) for file in files]


def open_files(
    spec: DataSpec, files: str | Path | Sequence[str | Path], uses: Mapping[str, Use]
) -> list[Part]:
    """Returns the parts of files given by hand; their endings tell the format."""
    default = spec.source.format if spec.source.format in ("parquet", "tfrecord") else "csv"
    paths = find_files(files, Path.cwd())
    return _open_files(spec, paths, {format_of(path, default) for path in paths}, uses)


def _open_files(
    spec: DataSpec, paths: list[Path], formats: set[str], uses: Mapping[str, Use]
) -> list[Part]:
    if len(formats) > 1:
        hint = "Give files of one format at a time."
        value = ", ".join(sorted(formats))
        raise DataError([Problem(str(paths[0]), None, None, value, "one format", hint)])
    names = [str(path) for path in paths]
    (kind,) = formats
    if kind == "parquet":
        return [ParquetFile(name) for name in names]
    if kind == "tfrecord":
        types = _tfrecord_types(spec, paths, uses)
        return [TFRecordFile(name, types) for name in names]
    if spec.source.format != "csv":
        return [CsvFile(name, "\t" if ".tsv" in name else ",") for name in names]
    source = spec.source
    columns = None if source.columns is None else tuple(source.columns)
    return [CsvFile(name, source.separator, columns, source.comment) for name in names]


def _tfrecord_types(
    spec: DataSpec, paths: list[Path], uses: Mapping[str, Use]
) -> dict[str, pa.DataType]:
    numbers = frozenset(name for name, use in uses.items() if use == "number")
    return tfrecord_types([str(path) for path in paths], list_columns(spec), numbers)
