"""The embedding table: vectors of ids, looked up and trained row by row."""

import keras
import numpy as np
import tensorflow as tf


@keras.saving.register_keras_serializable("mtlkeras")
class EmbeddingTable(keras.layers.Layer):
    """Vectors of ids: a step reads and trains the rows it uses, never the whole table.

    Stock `keras.layers.Embedding` copies the table at every step; here rows are gathered from
    the variable itself and the gradient is a `tf.IndexedSlices` of the rows looked up. Train
    it with an optimizer that touches used rows only, such as `mtlkeras.optimizers.LazyAdam`.

    Id 0 is padding: it always gives zeros, and its row stays zero. The table is kept in the
    dtype policy's variable dtype, so in float32 under `mixed_bfloat16`, and vectors are cast to
    the compute dtype after the lookup. An id outside `[0, rows)` is an error on CPU and gives
    zeros on GPU.

    Args:
        rows: Number of ids, padding included.
        dim: Width of a vector.
        initializer: Keras initializer of the rows from 1 on, small uniform values by default.

    Call arguments:
        ids: Integer tensor of any shape, e.g. `(batch_size,)` or `(batch_size, length)`.

    Returns:
        Vectors `(*ids.shape, dim)`.

    Example:
        >>> table = EmbeddingTable(rows=1000, dim=8, name="item")
        >>> table(np.array([[3, 4, 0]])).shape
        TensorShape([1, 3, 8])
    """

    def __init__(self, rows: int, dim: int, initializer="uniform", **kwargs) -> None:
        super().__init__(**kwargs)
        for argument, value in (("rows", rows), ("dim", dim)):
            if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < 1:
                raise ValueError(
                    f"EmbeddingTable {self.name!r}: {argument} must be a positive integer. "
                    f"Received: {argument}={value!r}."
                )
        if self.compute_dtype == "float16":
            raise ValueError(
                f"EmbeddingTable {self.name!r} does not train under float16: its loss scaling "
                "scans every row of the table at every step. Use the policy 'mixed_bfloat16', "
                "which needs no loss scaling. Received: dtype policy "
                f"{self.dtype_policy.name!r}."
            )
        self.rows_count = int(rows)
        self.dim = int(dim)
        self.initializer = initializer
        self._rows_initializer = keras.initializers.get(initializer)

    def build(self, input_shape=None):
        self.embeddings = self.add_weight(
            name="embeddings",
            shape=(self.rows_count, self.dim),
            initializer=self._initial_rows,
            autocast=False,  # a cast would read, and so copy, the whole table
        )

    def _initial_rows(self, shape, dtype=None):
        rows = self._rows_initializer((shape[0] - 1, shape[1]), dtype=dtype)
        return tf.pad(rows, [[1, 0], [0, 0]])

    def call(self, ids):
        if not ids.dtype.is_integer:
            raise TypeError(
                f"EmbeddingTable {self.name!r}: ids must be integers. Received: ids of dtype "
                f"{ids.dtype.name}. Is the input declared with dtype='int32'?"
            )
        vectors = tf.gather(self.embeddings.value, ids)
        # Zero gradients, not only zero vectors: padding never trains.
        vectors = tf.where(tf.not_equal(ids, 0)[..., tf.newaxis], vectors, 0.0)
        return tf.cast(vectors, self.compute_dtype)

    def compute_output_shape(self, ids_shape):
        return (*ids_shape, self.dim)

    def rows(self, ids=None) -> np.ndarray:
        """Vectors as NumPy, e.g. for a projector or a nearest-neighbour index.

        Args:
            ids: Ids of any shape; all rows where left out.

        Returns:
            float32 `(rows, dim)`, or `(*ids.shape, dim)`.
        """
        if not self.built:
            self.build()
        if ids is None:
            return self.embeddings.numpy()
        return tf.gather(self.embeddings.value, np.asarray(ids)).numpy()

    def get_config(self):
        initializer = self.initializer
        if not isinstance(initializer, (str, dict)):
            initializer = keras.initializers.serialize(initializer)
        return {
            **super().get_config(),
            "rows": self.rows_count,
            "dim": self.dim,
            "initializer": initializer,
        }
