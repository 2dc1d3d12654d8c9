"""A sequence's vectors, weighted by a learned query."""

import keras
from keras import ops

from .._layers import masked_softmax
from ._embedding_table import EmbeddingTable
from ._pooled_or_tokens import output_spec
from ._table_encoder import TableEncoder


@keras.saving.register_keras_serializable("mtlkeras")
class AttentionPooling(TableEncoder):
    """A weighted mean of a sequence of ids; the weights are learned, padding has none.

    `a = softmax_l(q . tanh(W e(id_l) + b))`, `h = sum_l a_l e(id_l)`, the softmax over valid
    positions only; an empty sequence gives zeros. Yang et al., "Hierarchical Attention
    Networks for Document Classification" (2016).

    Args:
        table: `EmbeddingTable` of the ids, e.g. the one of the item feature itself.
        return_tokens: Give the vectors and their mask instead of the weighted mean; then
            there is no query to train.

    Call arguments:
        ids: int32 `(batch_size, length)`, padded with 0.

    Returns:
        `(batch_size, table.dim)`; with `return_tokens`, the pair
        `(batch_size, length, table.dim)`, `(batch_size, length)`.

    Example:
        >>> AttentionPooling(EmbeddingTable(rows=10, dim=4))(np.array([[3, 7, 0]])).shape
        TensorShape([1, 4])
    """

    takes = "category_sequence"

    def __init__(
        self, table: EmbeddingTable | None = None, return_tokens: bool = False, **kwargs
    ) -> None:
        super().__init__(table, **kwargs)
        self.return_tokens = return_tokens

    def build(self, ids_shape):
        super().build(ids_shape)
        if self.return_tokens:
            return
        dim = self.table.dim
        self.hidden = keras.layers.Dense(dim, "tanh", dtype=self.dtype_policy, name="hidden")
        self.hidden.build((*ids_shape, dim))
        self.query = keras.layers.Dense(1, use_bias=False, dtype=self.dtype_policy, name="query")
        self.query.build((*ids_shape, dim))

    def call(self, ids):
        vectors, mask = self.table(ids), ops.not_equal(ids, 0)
        if self.return_tokens:
            return vectors, mask
        weights = masked_softmax(self.query(self.hidden(vectors)), mask[..., None], axis=1)
        return ops.sum(weights * vectors, axis=1)

    def compute_output_spec(self, ids):
        dim = self.table.dim
        return output_spec(ids, dim, dim, self.return_tokens, self.compute_dtype)

    def get_config(self):
        return {**super().get_config(), "return_tokens": self.return_tokens}
