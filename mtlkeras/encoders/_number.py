"""Encoder of a number."""

import keras
from keras import ops


@keras.saving.register_keras_serializable("mtlkeras")
class Number(keras.layers.Layer):
    """A preprocessed number, and where the spec asks for one its missing indicator, as it is.

    Call arguments:
        x: `(batch_size, 1)`, or `(batch_size, 2)` with the indicator.

    Returns:
        The same, in the policy's compute dtype.

    Example:
        >>> Number()(np.array([[0.5], [-1.2]])).shape
        TensorShape([2, 1])
    """

    takes = "number"

    def call(self, x):
        return ops.cast(x, self.compute_dtype)

    def compute_output_shape(self, x_shape):
        return x_shape
