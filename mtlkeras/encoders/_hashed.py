"""A table of fewer rows than ids."""

import keras
import numpy as np
import tensorflow as tf

from .._layers import RESERVED
from ._table import Table

# A Mersenne prime: sums and products below it fit into 64 bits.
_PRIME = 2**31 - 1


@keras.saving.register_keras_serializable("mtlkeras")
class Hashed(Table):
    """Values share a fixed number of rows, by one hash function or by the sum of several.

    `e(id) = sum_k p_k(id) E[h_k(id)]` with `h_1(id) = id mod buckets`, the others random
    functions, and `p_k = 1`, or with `importance` numbers learned for each id; Svenstrup et al.,
    "Hash Embeddings for Efficient Word Representations" (2017). Two values of one function
    collide once in `buckets`, those of two functions in both rarely.

    Id 0 is padding: zeros, never trained. Ids 1 (out of vocabulary) and 2 (missing) have rows of
    their own, which no value is hashed to.

    Args:
        rows: Number of ids, padding included. `None` until a builder fills it in.
        dim: Width of a vector. `None` until a builder fills it in.
        buckets: Rows that values share; a tenth of `rows` where left out.
        num_hashes: Hash functions summed.
        importance: Whether to learn `p`, `num_hashes` numbers an id, which start at 1.
        initializer: Keras initializer of rows.
        l2: Factor of the sum of squares of the vectors looked up, as in `EmbeddingTable`.

    Call arguments:
        ids: Integer tensor of any shape.

    Returns:
        Vectors `(*ids.shape, dim)`.

    Example:
        >>> table = Hashed(rows=100_000, dim=8, buckets=1000, num_hashes=2)
        >>> table(np.array([[3, 99_999, 0]])).shape, table.count_params()
        (TensorShape([1, 3, 8]), 8024)
    """

    def __init__(
        self,
        rows: int | None = None,
        dim: int | None = None,
        buckets: int | None = None,
        num_hashes: int = 1,
        importance: bool = False,
        initializer="uniform",
        l2: float = 0.0,
        **kwargs,
    ) -> None:
        super().__init__(rows, dim, initializer, l2, **kwargs)
        if buckets is not None:
            self.check_count("buckets", buckets)
        self.check_count("num_hashes", num_hashes)
        self.buckets = buckets
        self.num_hashes = num_hashes
        self.importance = importance
        # Always the same ones: weights that were saved belong to them.
        random = np.random.default_rng(2017)
        self._functions = random.integers(1, _PRIME, (num_hashes, 2))

    @property
    def _buckets(self) -> int:
        return self.buckets or max(1, (self.rows_count - RESERVED) // 10)

    def shapes(self):
        shapes = {"embeddings": (RESERVED + self._buckets, self.dim)}
        return shapes | (
            {"weights_of_ids": (self.rows_count, self.num_hashes)} if self.importance else {}
        )

    def initializer_of(self, name, initializer):
        return keras.initializers.Ones() if name == "weights_of_ids" else initializer

    def look_up(self, ids):
        vectors = [
            tf.gather(self.embeddings.value, self._hash(ids, k)) for k in range(self.num_hashes)
        ]
        if self.importance:
            weights = tf.gather(self.weights_of_ids.value, ids)
            vectors = [v * weights[..., k, tf.newaxis] for k, v in enumerate(vectors)]
        return tf.add_n(vectors)

    def _hash(self, ids: tf.Tensor, k: int) -> tf.Tensor:
        """Rows of ids by the k-th function."""
        values = tf.cast(ids, "int64") - RESERVED
        if k:
            factor, shift = self._functions[k]
            values = (values * factor + shift) % _PRIME
        return tf.where(ids < RESERVED, tf.cast(ids, "int64"), RESERVED + values % self._buckets)

    def get_config(self):
        return {
            **super().get_config(),
            "buckets": self.buckets,
            "num_hashes": self.num_hashes,
            "importance": self.importance,
        }
