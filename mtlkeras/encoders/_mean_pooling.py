"""The mean of a sequence's vectors."""

import keras
from keras import ops

from ._embedding_table import EmbeddingTable
from ._pooled_or_tokens import output_spec
from ._table_encoder import TableEncoder


@keras.saving.register_keras_serializable("mtlkeras")
class MeanPooling(TableEncoder):
    """The mean vector of a sequence of ids, padding left out.

    `h = sum_l e(id_l) / max(1, #{l: id_l != 0})`; an empty sequence gives zeros. As in Covington
    et al., "Deep Neural Networks for YouTube Recommendations" (2016).

    Args:
        table: `EmbeddingTable` of the ids, e.g. the one of the item feature itself.
        return_tokens: Give the vectors and their mask instead of the mean.

    Call arguments:
        ids: int32 `(batch_size, length)`, padded with 0.

    Returns:
        `(batch_size, table.dim)`; with `return_tokens`, the pair
        `(batch_size, length, table.dim)`, `(batch_size, length)`.

    Example:
        >>> MeanPooling(EmbeddingTable(rows=10, dim=4))(np.array([[3, 7, 0]])).shape
        TensorShape([1, 4])
    """

    takes = "category_sequence"

    def __init__(
        self, table: EmbeddingTable | None = None, return_tokens: bool = False, **kwargs
    ) -> None:
        super().__init__(table, **kwargs)
        self.return_tokens = return_tokens

    def call(self, ids):
        vectors, mask = self.table(ids), ops.not_equal(ids, 0)
        if self.return_tokens:
            return vectors, mask
        # Padding's vectors are zeros already.
        count = ops.sum(ops.cast(mask, vectors.dtype), axis=1, keepdims=True)
        return ops.sum(vectors, axis=1) / ops.maximum(count, 1)

    def compute_output_spec(self, ids):
        dim = self.table.dim
        return output_spec(ids, dim, dim, self.return_tokens, self.compute_dtype)

    def get_config(self):
        return {**super().get_config(), "return_tokens": self.return_tokens}
