"""A sequence of numbers, each turned into a token."""

import keras
from keras import ops

from .._layers import masked_mean
from ._pooled_or_tokens import output_spec


@keras.saving.register_keras_serializable("mtlkeras")
class NumberSequence(keras.layers.Layer):
    """Each number through two dense layers, then the mean over the valid ones.

    `x_l = W2 gelu(w1 v_l + b1) + b2`, `h = mean_l x_l`: the bend before the mean lets it tell
    sequences of equal average apart (Zaheer et al., "Deep Sets", 2017). An empty sequence gives
    zeros.

    Args:
        dim: Width of a token and of the vector.
        return_tokens: Give the tokens and their mask instead of the mean.

    Call arguments:
        x: float32 `(batch_size, length, 2)`: values, and 1 where valid, 0 where padding.

    Returns:
        `(batch_size, dim)`; with `return_tokens`, the pair `(batch_size, length, dim)`,
        `(batch_size, length)`.

    Example:
        >>> NumberSequence(dim=4)(np.array([[[0.5, 1.0], [0.0, 0.0]]])).shape
        TensorShape([1, 4])
    """

    takes = "number_sequence"

    def __init__(self, dim: int = 16, return_tokens: bool = False, **kwargs) -> None:
        super().__init__(**kwargs)
        self.dim = dim
        self.return_tokens = return_tokens
        policy = self.dtype_policy
        self.hidden = keras.layers.Dense(dim, "gelu", dtype=policy, name="hidden")
        self.out = keras.layers.Dense(dim, dtype=policy, name="out")

    def build(self, x_shape):
        self.hidden.build((*x_shape[:-1], 1))
        self.out.build((*x_shape[:-1], self.dim))

    def call(self, x):
        mask = ops.greater(x[..., 1], 0)
        tokens = self.out(self.hidden(x[..., :1]))
        return (tokens, mask) if self.return_tokens else masked_mean(tokens, mask)

    def compute_output_spec(self, x):
        return output_spec(x, self.dim, self.dim, self.return_tokens, self.compute_dtype)

    def get_config(self):
        return {**super().get_config(), "dim": self.dim, "return_tokens": self.return_tokens}
