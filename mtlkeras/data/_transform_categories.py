"""Categories and sequences of them in the graph."""

import tensorflow as tf

from ._inputs import PADDING
from ._sequences import split_elements, to_dense
from ._vocabulary import Vocabulary


def category(values: tf.Tensor, vocabulary: Vocabulary) -> tf.Tensor:
    """Returns the id of each value, int32 `(batch,)`."""
    return vocabulary.ids(values)


def category_sequence(
    values: tf.Tensor,
    vocabulary: Vocabulary,
    separator: str | None,
    max_length: int,
    truncate: str,
) -> tf.Tensor:
    """Returns ids, int32 `(batch, length)`, padded at the right with 0.

    Missing and empty elements are left out, so an empty or missing sequence is all padding;
    `length` is the longest of the batch, at least 1.

    Args:
        values: Delimited strings `(batch,)`, or padded lists `(batch, length)`.
        vocabulary: Values and their ids.
        separator: Between the elements of delimited strings.
        max_length: Elements kept.
        truncate: The side that is cut off.
    """
    if values.shape.rank == 1:
        elements = split_elements(values, separator)
    else:
        elements = tf.RaggedTensor.from_tensor(values)
    elements = tf.ragged.boolean_mask(
        elements, elements.with_values(~vocabulary.is_missing(elements.values))
    )
    ids = elements.with_values(vocabulary.ids(elements.values))
    return to_dense(ids, max_length, truncate, PADDING)
