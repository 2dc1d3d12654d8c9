"""Preprocessing as it goes into an export: without the places of the training data."""

from __future__ import annotations

from dataclasses import replace

from mtlkeras.data import Preprocessing
from mtlkeras.specs import DataFrameSource, DataSpec, FileSource

from ._rows import image_columns


def portable(preprocessing: Preprocessing) -> Preprocessing:
    """Returns a preprocessing for the server.

    It knows no path of the training data, and takes images as encoded bytes: a server should
    not open files that a request names.

    Raises:
        ValueError: A column holds paths of images and is used for something else too.
    """
    spec = preprocessing.spec
    for column, feature in image_columns(preprocessing).items():
        users = [name for name in spec.features if spec.column_of(name) == column]
        if feature.content == "path" and len(users) > 1:
            raise ValueError(
                f"Column {column!r} holds paths of images and is used by several features "
                f"({', '.join(users)}). It is served as the images themselves, so use a copy of "
                "the column for the other features and train again."
            )
    spec = spec.model_copy(update={"source": _source(spec)})
    return Preprocessing(spec, replace(preprocessing.state, roots={}), preprocessing.targets)


def _source(spec: DataSpec) -> FileSource | DataFrameSource:
    """Returns the source's format and how it is written, but no files."""
    if not isinstance(spec.source, FileSource):
        return DataFrameSource()
    files = {"train": f"*.{spec.source.format}", "validation": None, "test": None}
    return spec.source.model_copy(update=files)
