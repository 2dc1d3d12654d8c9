"""Serialized tf.Examples to Arrow, a batch at a time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import pyarrow as pa
import pyarrow.types as pt
import tensorflow as tf
from google.protobuf.message import DecodeError

from ._errors import Problem

_KINDS = {"bytes_list": pa.binary(), "int64_list": pa.int64(), "float_list": pa.float32()}
_DTYPES = {pa.binary(): tf.string, pa.int64(): tf.int64, pa.float32(): tf.float32}


def infer_types(
    records: Iterable[bytes],
    lists: frozenset[str] = frozenset(),
    numbers: frozenset[str] = frozenset(),
) -> dict[str, pa.DataType]:
    """Returns the type of each feature that occurs in the first records.

    Args:
        records: Serialized examples; broken ones are passed over.
        lists: Features that hold lists; others do where a record has more than one value.
        numbers: Features that are floats where no record has a value (others are bytes then).
    """
    kinds: dict[str, pa.DataType | None] = {}
    many = set(lists)
    for record in records:
        try:
            features = tf.train.Example.FromString(record).features.feature
        except DecodeError:
            continue
        for name, feature in features.items():
            kind = feature.WhichOneof("kind")
            kinds[name] = kinds.get(name) or (kind and _KINDS[kind])
            if kind and len(getattr(feature, kind).value) > 1:
                many.add(name)
    for name, kind in kinds.items():
        kinds[name] = kind or (pa.float32() if name in numbers else pa.binary())
    # A record keeps its features in no particular order.
    return {name: pa.list_(k) if name in many else k for name, k in sorted(kinds.items())}


def parse_examples(
    records: np.ndarray, types: Mapping[str, pa.DataType], path: str, first_row: int
) -> tuple[pa.RecordBatch, np.ndarray, tuple[Problem, ...]]:
    """Parses serialized examples.

    Args:
        records: Serialized examples, bytes `(rows,)`.
        types: Type of each wanted feature: binary, int64, float32, or a list of them.
        path: Where the records are from, for the problems.
        first_row: Data row of the first record.

    Returns:
        The good records as a batch (a feature without values is null), which records are good
        (bool `(rows,)`) and what is wrong with the others.
    """
    try:
        return _batch(records, types), np.ones(len(records), dtype=bool), ()
    # TensorFlow fails to decode its own error text where that quotes a broken record.
    except (tf.errors.InvalidArgumentError, UnicodeDecodeError, _ManyValuesError):
        problems: list[Problem] = []
        good = np.ones(len(records), dtype=bool)
        for index, record in enumerate(records):
            found = _record_problems(record, types, path, first_row + index)
            good[index] = not found
            problems += found
        return _batch(records[good], types), good, tuple(problems)


class _ManyValuesError(Exception):
    """A record has several values where one is expected."""


def _batch(records: np.ndarray, types: Mapping[str, pa.DataType]) -> pa.RecordBatch:
    wanted = {name: tf.io.RaggedFeature(_DTYPES[_item(kind)]) for name, kind in types.items()}
    parsed = tf.io.parse_example(records, wanted)
    arrays = [ragged_to_arrow(parsed[name], kind) for name, kind in types.items()]
    return pa.RecordBatch.from_arrays(arrays, list(types))


def ragged_to_arrow(ragged: tf.RaggedTensor, kind: pa.DataType) -> pa.Array:
    """Converts a ragged tensor `(rows, None)` to lists or to single values; no value is null."""
    item = _item(kind)
    values = ragged.values.numpy()
    if item != pa.binary():
        values = values.astype(item.to_pandas_dtype(), copy=False)
    values = pa.array(values, item)
    splits = ragged.row_splits.numpy()
    lengths = np.diff(splits)
    if pt.is_list(kind):
        starts = pa.array(splits, pa.int32(), mask=np.append(lengths == 0, False))
        return pa.ListArray.from_arrays(starts, values)
    if (lengths == 1).all():
        return values
    if (lengths > 1).any():
        raise _ManyValuesError
    return values.take(pa.array(splits[:-1], mask=lengths == 0))


def _item(kind: pa.DataType) -> pa.DataType:
    return kind.value_type if pt.is_list(kind) else kind


def _record_problems(
    record: bytes, types: Mapping[str, pa.DataType], path: str, row: int
) -> list[Problem]:
    hint = "Write the record again, or leave it out."
    try:
        features = tf.train.Example.FromString(record).features.feature
    except DecodeError:
        return [Problem(path, row, None, record[:40], "a serialized tf.Example", hint)]
    problems = []
    for name, kind in types.items():
        oneof = features[name].WhichOneof("kind") if name in features else None
        if oneof is None:
            continue
        values = list(getattr(features[name], oneof).value)
        if values and _KINDS[oneof] != _item(kind):
            expected = next(text for text, item in _KINDS.items() if item == _item(kind))
            shown = f"{oneof} {values[:5]}"
            problems.append(Problem(path, row, name, shown, f"{expected} as before", hint))
        elif len(values) > 1 and not pt.is_list(kind):
            advice = "Give every record one value, or make the feature a sequence."
            problems.append(Problem(path, row, name, values[:5], "one value", advice))
    return problems
