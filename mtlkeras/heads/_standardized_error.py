"""The error of a regression on the standard scale."""

import keras
from keras import ops


@keras.saving.register_keras_serializable("mtlkeras")
class StandardizedError(keras.losses.Loss):
    """`f((t(y) - t(p)) / std)` of labels and predictions in the label's unit.

    `t` is the identity or `log1p`; `f(e)` is `e^2`, `|e|`, or Huber's: `e^2 / 2` up to 1 and
    `|e| - 1 / 2` beyond. So tasks of different scale (prices of houses and of cars) have
    losses of like size.

    Args:
        error: `"mse"`, `"mae"` or `"huber"`.
        std: Unit of the error.
        transform: `"none"` or `"log1p"`.
        reduction: As in `keras.losses.Loss`; by default the mean over rows with weight.
        name: Name of the loss.

    Example:
        >>> loss = StandardizedError("mae", std=2.0)
        >>> float(loss([3.0], [[7.0]]))
        2.0
    """

    def __init__(
        self,
        error: str = "mse",
        std: float = 1.0,
        transform: str = "none",
        reduction: str = "mean_with_sample_weight",
        name: str = "standardized_error",
        dtype=None,
    ) -> None:
        super().__init__(name=name, reduction=reduction, dtype=dtype)
        self.error = error
        self.std = std
        self.transform = transform

    def call(self, y_true, y_pred):
        y, p = ops.reshape(y_true, (-1,)), ops.reshape(y_pred, (-1,))
        if self.transform == "log1p":
            # A label of -1 has no logarithm; the smallest prediction's is -15.
            y, p = (ops.log1p(ops.maximum(x, -1.0 + 1e-7)) for x in (y, p))
        error = ops.abs(y - p) / self.std
        if self.error == "mse":
            return ops.square(error)
        if self.error == "mae":
            return error
        return ops.where(error < 1.0, ops.square(error) / 2, error - 0.5)

    def get_config(self):
        return {
            **super().get_config(),
            "error": self.error,
            "std": self.std,
            "transform": self.transform,
        }
