"""A vector for each id, made from two small tables."""

import keras
import tensorflow as tf

from .._layers import RESERVED
from ._table import Table

_COMBINE = ("multiply", "add", "concat")


@keras.saving.register_keras_serializable("mtlkeras")
class QuotientRemainder(Table):
    """Each id has a vector of its own, combined from those of its quotient and its remainder.

    `e(id) = Q[id div buckets] * R[id mod buckets]`, or the sum, or both halves side by side; no
    two ids have quotient and remainder in common. Shi et al., "Compositional Embeddings Using
    Complementary Partitions for Memory-Efficient Recommendation Systems" (2020). With `multiply`
    the quotients start around 1, so that products start as `initializer` draws.

    Id 0 is padding: zeros, never trained. Ids 1 (out of vocabulary) and 2 (missing) have a
    quotient and remainders of their own.

    Args:
        rows: Number of ids, padding included. `None` until a builder fills it in.
        dim: Width of a vector. `None` until a builder fills it in.
        buckets: Remainders that values have; the square root of `rows`, the smallest tables,
            where left out. More buckets let fewer values share each remainder.
        combine: `"multiply"`, `"add"` or `"concat"`; the last needs an even `dim`.
        initializer: Keras initializer of rows.
        l2: Factor of the sum of squares of the vectors looked up, as in `EmbeddingTable`.

    Call arguments:
        ids: Integer tensor of any shape.

    Returns:
        Vectors `(*ids.shape, dim)`.

    Example:
        >>> table = QuotientRemainder(rows=100_000, dim=8)
        >>> table(np.array([[3, 99_999, 0]])).shape, table.count_params()
        (TensorShape([1, 3, 8]), 5104)
    """

    def __init__(
        self,
        rows: int | None = None,
        dim: int | None = None,
        buckets: int | None = None,
        combine: str = "multiply",
        initializer="uniform",
        l2: float = 0.0,
        **kwargs,
    ) -> None:
        super().__init__(rows, dim, initializer, l2, **kwargs)
        if buckets is not None:
            self.check_count("buckets", buckets)
        if combine not in _COMBINE:
            raise ValueError(
                f"QuotientRemainder {self.name!r}: combine must be one of "
                f"{', '.join(map(repr, _COMBINE))}. Received: combine={combine!r}."
            )
        if combine == "concat" and dim is not None and dim % 2:
            raise ValueError(
                f"QuotientRemainder {self.name!r}: combine='concat' needs an even dim. Received: "
                f"dim={dim!r}."
            )
        self.buckets = buckets
        self.combine = combine

    @property
    def _buckets(self) -> int:
        return self.buckets or max(1, round(self.rows_count**0.5))

    def shapes(self):
        dim = self.dim // 2 if self.combine == "concat" else self.dim
        quotients = -(-max(0, self.rows_count - RESERVED) // self._buckets)
        # Quotient 0 is padding's, quotient 1 that of the other reserved ids.
        return {
            "remainders": (RESERVED + self._buckets, dim),
            "quotients": (2 + quotients, dim),
        }

    def initializer_of(self, name, initializer):
        if name == "remainders" or self.combine != "multiply":
            return initializer
        return lambda shape, dtype=None: 1.0 + initializer(shape, dtype=dtype)

    def look_up(self, ids):
        values = ids - RESERVED
        reserved = values < 0
        remainders = tf.where(reserved, ids, RESERVED + values % self._buckets)
        quotients = tf.where(reserved, tf.minimum(ids, 1), 2 + values // self._buckets)
        parts = [
            tf.gather(self.quotients.value, quotients),
            tf.gather(self.remainders.value, remainders),
        ]
        if self.combine == "concat":
            return tf.concat(parts, axis=-1)
        return parts[0] * parts[1] if self.combine == "multiply" else parts[0] + parts[1]

    def get_config(self):
        return {**super().get_config(), "buckets": self.buckets, "combine": self.combine}
