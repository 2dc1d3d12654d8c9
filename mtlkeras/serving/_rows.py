"""Rows of files as the raw columns that the served model takes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path, PurePosixPath

import numpy as np
import tensorflow as tf

from mtlkeras.data import Chunk, DataError, Preprocessing, Problem
from mtlkeras.specs import ImageFeature

CORRECT = "Correct the rows or leave the value empty."


def raw_rows(preprocessing: Preprocessing, chunk: Chunk) -> dict[str, np.ndarray]:
    """Returns the raw columns of a chunk; images are read where the column holds paths.

    Relative paths of images start from the folder of the file that they stand in, and from the
    feature's `root` in it, as they do in training.

    Raises:
        DataError: Values do not fit, or images cannot be read; with file and row.
    """
    try:
        raw = preprocessing.to_raw(chunk.batch)
    except DataError as error:
        raise DataError([_located(problem, chunk) for problem in error.problems]) from error
    problems: list[Problem] = []
    for column, feature in image_columns(preprocessing).items():
        if feature.content == "path":
            folder = Path(chunk.path).parent / (feature.root or "")
            raw[column] = _read_images(raw[column], column, folder, chunk, problems)
    if problems:
        raise DataError(problems)
    return raw


def image_columns(preprocessing: Preprocessing) -> dict[str, ImageFeature]:
    """Returns the source columns of images with their features."""
    features = preprocessing.spec.features.items()
    return {f.column or name: f for name, f in features if isinstance(f, ImageFeature)}


def undecodable_images(
    preprocessing: Preprocessing, chunk: Chunk, raw: dict[str, np.ndarray]
) -> list[Problem]:
    """Returns the images of a chunk that are none."""
    problems = []
    for column in image_columns(preprocessing):
        for index, content in enumerate(raw[column]):
            try:
                if content:
                    tf.io.decode_image(content, expand_animations=False)
            except tf.errors.InvalidArgumentError:
                found = chunk.batch.column(column)[index].as_py()
                expected = "a JPEG, PNG, GIF or BMP image"
                row = chunk.row(index)
                problems.append(Problem(chunk.path, row, column, found, expected, CORRECT))
    return problems


def _located(problem: Problem, chunk: Chunk) -> Problem:
    """Returns a problem of a batch as one of the file that the batch is from."""
    row = None if problem.row is None else chunk.row(problem.row - 1)
    return replace(problem, path=chunk.path, row=row)


def _read_images(
    values: np.ndarray, column: str, folder: Path, chunk: Chunk, problems: list[Problem]
) -> np.ndarray:
    contents = np.full(len(values), b"", dtype=object)
    for index, value in enumerate(values):
        if not value:
            continue
        name = value.decode(errors="replace")
        inside = PurePosixPath(name)
        file = folder / name
        if inside.is_absolute() or ".." in inside.parts or not file.is_file():
            expected = f"the path of an image below {folder}"
            problems.append(Problem(chunk.path, chunk.row(index), column, name, expected, CORRECT))
        else:
            contents[index] = file.read_bytes()
    return contents
