"""Serialized tf.Example records as raw columns, in the graph."""

from __future__ import annotations

from collections.abc import Mapping

import tensorflow as tf

# What stands for a missing value, by the type of a raw column.
MISSING = {tf.float32: float("nan"), tf.int64: tf.int64.min, tf.string: ""}


def parse_examples(
    examples: tf.Tensor, signature: Mapping[str, tf.TensorSpec]
) -> dict[str, tf.Tensor]:
    """Parses a batch of tf.Example records into raw columns.

    A column that a record lacks, or holds no value of, is missing there. Columns of the records
    that the signature lacks are ignored.

    Args:
        examples: Serialized records, string `(batch_size,)`.
        signature: Raw column to its type and shape: `(None,)` for one value a row,
            `(None, None)` for a list.

    Returns:
        Raw column to a dense tensor, `(batch_size,)` or `(batch_size, length)`, where the
        longest list of the batch has `length` values and shorter ones are filled up with
        the missing value.

    Example:

    >>> feature = tf.train.Feature(float_list=tf.train.FloatList(value=[2.5]))
    >>> record = tf.train.Example(features=tf.train.Features(feature={"price": feature}))
    >>> parse_examples(
    ...     tf.constant([record.SerializeToString(), b""]),
    ...     {"price": tf.TensorSpec((None,), tf.float32)},
    ... )["price"].numpy().tolist()
    [2.5, nan]
    """
    # Ragged even where a row has one value: `FixedLenFeature` refuses the empty list that many
    # writers leave for a missing value.
    parsed = tf.io.parse_example(
        examples, {name: tf.io.RaggedFeature(spec.dtype) for name, spec in signature.items()}
    )
    raw = {}
    for name, spec in signature.items():
        column, missing = parsed[name], MISSING[spec.dtype]
        if spec.shape.rank == 2:
            raw[name] = column.to_tensor(missing)
            continue
        tf.debugging.assert_less_equal(
            column.row_lengths(),
            1,
            f"Column {name!r} holds one value a row, but an example has several.",
        )
        raw[name] = column.to_tensor(missing, shape=(None, 1))[:, 0]
    return raw
