"""A point in time as its calendar parts."""

from collections.abc import Sequence

import keras
import numpy as np
from keras import ops

from ._embedding_table import EmbeddingTable


@keras.saving.register_keras_serializable("mtlkeras")
class Timestamp(keras.layers.Layer):
    """The vectors of the calendar parts (hour, weekday ...), side by side.

    The parts' rows lie behind each other in one table, so that all are looked up at once.

    Args:
        sizes: Number of ids of each part, the reserved ones included.
        dim: Width of each part's vector.

    Call arguments:
        ids: int32 `(batch_size, parts)`.

    Returns:
        `(batch_size, parts * dim)`.

    Example:
        >>> Timestamp(sizes=(27, 10), dim=4)(np.array([[3, 9]])).shape
        TensorShape([1, 8])
    """

    takes = "timestamp"

    def __init__(self, sizes: Sequence[int], dim: int = 8, **kwargs) -> None:
        super().__init__(**kwargs)
        if not sizes or min(sizes) < 1:
            raise ValueError(
                f"{self.name}: sizes must name the number of ids of one calendar part or more, "
                f"e.g. sizes=(27, 10). Received: sizes={sizes!r}."
            )
        self.sizes = tuple(sizes)
        self.dim = dim
        self.table = EmbeddingTable(sum(sizes), dim, dtype=self.dtype_policy, name="table")

    def build(self, ids_shape):
        self.table.build()

    def call(self, ids):
        offsets = np.cumsum((0, *self.sizes[:-1]), dtype="int32")
        # Padding is row 0 of the first part for all of them.
        rows = ops.where(ops.equal(ids, 0), 0, ops.cast(ids, "int32") + offsets)
        return ops.reshape(self.table(rows), (-1, len(self.sizes) * self.dim))

    def compute_output_shape(self, ids_shape):
        return (ids_shape[0], len(self.sizes) * self.dim)

    def get_config(self):
        return {**super().get_config(), "sizes": self.sizes, "dim": self.dim}
