"""Wide rows for frequent ids, narrow ones for the rest."""

from collections.abc import Sequence

import keras
import tensorflow as tf

from .._layers import RESERVED
from ._table import Table


@keras.saving.register_keras_serializable("mtlkeras")
class MixedDimension(Table):
    """Blocks of ids by frequency, each with rows of its own width and a projection to `dim`.

    `e(id) = E_b[id] P_b` for the block `b` of the id; the widest block needs no projection.
    Ginart et al., "Mixed Dimension Embeddings with Application to Memory-Efficient Recommendation
    Systems" (2019). A learned vocabulary is sorted by descending frequency, so blocks are ranges
    of ids: the first ones are the most frequent. For hashed or listed categories, whose ids say
    nothing about frequency, take another table.

    Id 0 is padding: zeros, never trained. Ids 1 (out of vocabulary) and 2 (missing) are ordinary
    rows of the first block.

    Args:
        rows: Number of ids, padding included. `None` until a builder fills it in.
        dim: Width of a vector. `None` until a builder fills it in.
        shares: Share of the ids in each block, the most frequent ones first; the sum is 1.
        widths: Width of the rows of each block, as a share of `dim`.
        initializer: Keras initializer of rows. Projections keep their scale.
        l2: Factor of the sum of squares of the vectors looked up, as in `EmbeddingTable`.

    Call arguments:
        ids: Integer tensor of any shape.

    Returns:
        Vectors `(*ids.shape, dim)`.

    Example:
        >>> table = MixedDimension(rows=100_000, dim=32, shares=(0.1, 0.9), widths=(1.0, 0.125))
        >>> table(np.array([[3, 99_999, 0]])).shape, table.count_params()
        (TensorShape([1, 3, 32]), 680160)
    """

    def __init__(
        self,
        rows: int | None = None,
        dim: int | None = None,
        shares: Sequence[float] = (0.1, 0.3, 0.6),
        widths: Sequence[float] = (1.0, 0.5, 0.25),
        initializer="uniform",
        l2: float = 0.0,
        **kwargs,
    ) -> None:
        super().__init__(rows, dim, initializer, l2, **kwargs)
        if (
            not shares
            or len(shares) != len(widths)
            or min(shares) <= 0
            or abs(sum(shares) - 1) > 1e-6
            or not all(0 < width <= 1 for width in widths)
        ):
            raise ValueError(
                f"MixedDimension {self.name!r}: shares and widths must name the same number of "
                "blocks, shares positive with the sum 1, widths above 0 and at most 1. Received: "
                f"shares={shares!r}, widths={widths!r}."
            )
        self.shares = tuple(shares)
        self.widths = tuple(widths)

    def _blocks(self) -> list[tuple[str, int, int, int]]:
        """Name, first id, number of ids and width of each block that has ids."""
        values, blocks = self.rows_count - 1, []
        first, share = 1, 0.0
        for index, (part, width) in enumerate(zip(self.shares, self.widths, strict=True)):
            share += part
            stop = 1 + round(values * min(1.0, share))
            stop = self.rows_count if index == len(self.shares) - 1 else max(stop, RESERVED)
            stop = min(stop, self.rows_count)
            if stop > first:
                blocks.append(
                    (f"block_{index}", first, stop - first, max(1, round(width * self.dim)))
                )
            first = max(first, stop)
        return blocks

    def shapes(self):
        # Row 0 of each block stands for the ids of the others; it stays zero as padding does.
        return {name: (1 + count, width) for name, _, count, width in self._blocks()}

    def build(self, input_shape=None):
        super().build(input_shape)
        self.projections = {
            name: self.add_weight(
                name=f"{name}_projection",
                shape=(width, self.dim),
                initializer=keras.initializers.RandomNormal(stddev=width**-0.5),
                autocast=False,
            )
            for name, _, _, width in self._blocks()
            if width < self.dim
        }

    def look_up(self, ids):
        found, blocks = [], self._blocks()
        for index, (name, first, count, _) in enumerate(blocks):
            # The outer blocks are open, so that ids outside the table are found to be wrong.
            below = ids < first + count if index < len(blocks) - 1 else True
            inside = tf.logical_and(ids >= first if index else True, below)
            rows = tf.where(inside, ids - first + 1, 0)
            vectors = tf.gather(getattr(self, name).value, rows)
            vectors = tf.where(inside[..., tf.newaxis], vectors, 0.0)
            if name in self.projections:
                vectors = tf.tensordot(vectors, self.projections[name].value, 1)
            found.append(vectors)
        return tf.add_n(found)

    def get_config(self):
        return {**super().get_config(), "shares": list(self.shares), "widths": list(self.widths)}
