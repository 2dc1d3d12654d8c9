"""Encoders of single ids: a category, and a number cut into bins."""

import keras

from ._table_encoder import TableEncoder


@keras.saving.register_keras_serializable("mtlkeras")
class Category(TableEncoder):
    """The vector of a category's id.

    Args:
        table: `EmbeddingTable` of the ids; features that share it share their vectors.

    Call arguments:
        ids: int32 `(batch_size,)`.

    Returns:
        `(batch_size, table.dim)`.

    Example:
        >>> Category(EmbeddingTable(rows=10, dim=4))(np.array([3, 7])).shape
        TensorShape([2, 4])
    """

    takes = "category"

    def call(self, ids):
        return self.table(ids)

    def compute_output_shape(self, ids_shape):
        return (*ids_shape, self.table.dim)


@keras.saving.register_keras_serializable("mtlkeras")
class Bins(TableEncoder):
    """The vector of the quantile bin that a number falls into.

    Args:
        table: `EmbeddingTable` of the bins' ids; a table of the feature's own, since bins of
            two features have nothing in common.

    Call arguments:
        ids: int32 `(batch_size,)`.

    Returns:
        `(batch_size, table.dim)`.

    Example:
        >>> Bins(EmbeddingTable(rows=13, dim=4))(np.array([3, 12])).shape
        TensorShape([2, 4])
    """

    takes = "bins"

    def call(self, ids):
        return self.table(ids)

    def compute_output_shape(self, ids_shape):
        return (*ids_shape, self.table.dim)
