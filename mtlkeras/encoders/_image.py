"""A small picture, read by a small convolutional network."""

from collections.abc import Sequence

import keras
import tensorflow as tf
from keras import ops


@keras.saving.register_keras_serializable("mtlkeras")
class Image(keras.layers.Layer):
    """Strided 3x3 convolutions, the mean over all places, and a dense layer.

    Pixels are scaled from 0..255 to -1..1. Each convolution halves height and width; the
    global mean follows Lin et al., "Network In Network" (2013). There is no batch
    normalisation, so that no row depends on its neighbours.

    Args:
        dim: Width of the vector.
        filters: Channels of the convolutions, one after the other.

    Call arguments:
        pixels: uint8 `(batch_size, height, width, channels)`.

    Returns:
        `(batch_size, dim)`.

    Example:
        >>> Image(dim=8)(np.zeros((2, 32, 32, 3), "uint8")).shape
        TensorShape([2, 8])
    """

    takes = "image"

    def __init__(self, dim: int = 32, filters: Sequence[int] = (16, 32, 64), **kwargs) -> None:
        super().__init__(**kwargs)
        if not filters:
            raise ValueError(
                f"{self.name}: filters must name the channels of one convolution or more, e.g. "
                f"filters=(16, 32). Received: filters={filters!r}."
            )
        self.dim = dim
        self.filters = tuple(filters)
        policy = self.dtype_policy
        self.convolutions = [
            keras.layers.Conv2D(
                channels, 3, 2, "same", activation="relu", dtype=policy, name=f"convolution_{index}"
            )
            for index, channels in enumerate(self.filters)
        ]
        self.out = keras.layers.Dense(dim, dtype=policy, name="out")

    def build(self, pixels_shape):
        for layer in self.convolutions:
            layer.build(pixels_shape)
            pixels_shape = layer.compute_output_shape(pixels_shape)
        self.out.build((pixels_shape[0], pixels_shape[-1]))

    def call(self, pixels):
        # TensorFlow's convolution fails on a batch without rows; a black row stands in.
        rows = tf.shape(pixels)[0]
        pixels = tf.pad(pixels, [[0, tf.cast(rows == 0, "int32")], [0, 0], [0, 0], [0, 0]])
        x = ops.cast(pixels, self.compute_dtype) / 127.5 - 1
        for layer in self.convolutions:
            x = layer(x)
        return self.out(ops.mean(x, axis=(1, 2)))[:rows]

    def compute_output_shape(self, pixels_shape):
        return (pixels_shape[0], self.dim)

    def get_config(self):
        return {**super().get_config(), "dim": self.dim, "filters": self.filters}
