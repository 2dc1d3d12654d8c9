"""A stack of dense layers."""

from collections.abc import Sequence

import keras

from ._config import activation_config


@keras.saving.register_keras_serializable("mtlkeras")
class MLP(keras.layers.Layer):
    """Dense layers one after the other, each followed by its activation and dropout.

    Args:
        units: Widths of the layers; may be empty, then the input passes through.
        activation: Activation of every layer.
        dropout: Share of each layer's outputs that training drops.

    Call arguments:
        x: `(batch_size, ..., features)`.

    Returns:
        `(batch_size, ..., units[-1])`.

    Example:
        >>> MLP(units=(8, 4))(keras.ops.ones((2, 3))).shape
        TensorShape([2, 4])
    """

    def __init__(
        self, units: Sequence[int], activation="relu", dropout: float = 0.0, **kwargs
    ) -> None:
        super().__init__(**kwargs)
        self.units = tuple(units)
        self.activation = activation
        self.dropout = dropout
        policy = self.dtype_policy
        self.stack = []
        for index, width in enumerate(self.units):
            self.stack.append(
                keras.layers.Dense(
                    width, activation=activation, dtype=policy, name=f"dense_{index}"
                )
            )
            if dropout:
                self.stack.append(keras.layers.Dropout(dropout, dtype=policy))

    def build(self, input_shape):
        for layer in self.stack:
            layer.build(input_shape)
            input_shape = layer.compute_output_shape(input_shape)

    def call(self, x, training=None):
        for layer in self.stack:
            x = layer(x, training=training) if isinstance(layer, keras.layers.Dropout) else layer(x)
        return x

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], self.units[-1] if self.units else input_shape[-1])

    def get_config(self):
        return {
            **super().get_config(),
            "units": self.units,
            "activation": activation_config(self.activation),
            "dropout": self.dropout,
        }
