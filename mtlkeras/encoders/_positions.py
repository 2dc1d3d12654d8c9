"""Learned vectors of the positions in a padded sequence."""

import keras
from keras import ops


@keras.saving.register_keras_serializable("mtlkeras")
class Positions(keras.layers.Layer):
    """Adds to each token the vector of its position among the valid ones.

    Padding does not count, so that neither its amount nor its side changes a position.

    Args:
        max_length: Number of positions; what lies beyond shares the last one.
        from_end: Count from the last valid token (how recent an element is) instead of the first.

    Call arguments:
        x: `(batch_size, length, dim)`.
        mask: Bool `(batch_size, length)`.

    Returns:
        `(batch_size, length, dim)`.
    """

    def __init__(self, max_length: int, from_end: bool = False, **kwargs) -> None:
        super().__init__(**kwargs)
        self.supports_masking = True  # the argument `mask`; none travels along with tensors
        self.max_length = max_length
        self.from_end = from_end

    def build(self, x_shape):
        self.positions = self.add_weight(
            name="positions", shape=(self.max_length, x_shape[-1]), initializer="uniform"
        )

    def call(self, x, mask):
        index = ops.cumsum(ops.cast(mask, "int32"), axis=1)
        index = index[:, -1:] - index if self.from_end else index - 1
        index = ops.clip(index, 0, self.max_length - 1)
        # Through the reshape the gradient becomes dense, which for so small a table is cheaper
        # than finding the ids that repeat.
        table = ops.reshape(self.positions, self.positions.shape)
        return x + ops.take(table, index, axis=0)

    def compute_mask(self, x, mask=None):
        return None

    def compute_output_shape(self, x_shape):
        return x_shape

    def get_config(self):
        return {
            **super().get_config(),
            "max_length": self.max_length,
            "from_end": self.from_end,
        }
