"""A real number."""

from collections.abc import Sequence

import keras
from keras import ops

from ._checks import check_choice, check_positive
from ._head import Head
from ._numerics import bounded
from ._standardized_error import StandardizedError

# exp of these is finite in float32, and so is its square.
LOG_RANGE = (-15.0, 40.0)


@keras.saving.register_keras_serializable("mtlkeras")
class Regression(Head):
    """A number in the label's own unit, `mean + std (w h + b)`, fitted on the standard scale.

    With `transform="log1p"`, `exp(mean + std (w h + b)) - 1`, where `mean` and `std` are those
    of `log(1 + label)` and the error is taken on that scale.

    Args:
        tower: Widths of the hidden layers below the output, may be empty.
        activation: Activation of the hidden layers.
        dropout: Share of each hidden layer's outputs that training drops.
        mean: Mean label (of `log1p`) in training; the untrained head answers about that.
        std: Unit of the error: standard deviation of the label (of `log1p`) in training.
        error: `"mse"`, `"mae"` or `"huber"` of the error divided by `std`.
        transform: `"none"` or `"log1p"`.
        name: Name of the task.

    Call arguments:
        h: `(batch_size, units)`.

    Returns:
        Values `(batch_size, 1)`. Served: `{task: (batch_size,)}`.

    Example:
        >>> head = Regression(mean=40.0, std=12.0, error="huber", name="hours")
        >>> head(keras.ops.ones((4, 8))).shape
        TensorShape([4, 1])
    """

    kind = "regression"

    def __init__(
        self,
        tower: Sequence[int] = (32,),
        activation="relu",
        dropout: float = 0.0,
        mean: float = 0.0,
        std: float = 1.0,
        error: str = "mse",
        transform: str = "none",
        **kwargs,
    ) -> None:
        super().__init__(tower, activation, dropout, **kwargs)
        check_positive("Regression", "std", std)
        check_choice("Regression", "error", error, ("mse", "mae", "huber"))
        check_choice("Regression", "transform", transform, ("none", "log1p"))
        self.mean = mean
        self.std = std
        self.error = error
        self.transform = transform

    @classmethod
    def for_task(cls, name, task, labels, tower=(32,)):
        return cls(
            tower,
            mean=labels.mean,
            std=labels.std if task.standardize else 1.0,
            error=task.loss,
            transform=task.transform,
            name=name,
        )

    def initial_bias(self):
        return [0.0]

    def activate(self, scores):
        value = self.mean + self.std * scores
        return ops.expm1(bounded(value, *LOG_RANGE)) if self.transform == "log1p" else value

    def loss(self):
        return StandardizedError(self.error, self.std, self.transform)

    def weighted_metrics(self):
        return [
            keras.metrics.MeanAbsoluteError(name="mae"),
            keras.metrics.RootMeanSquaredError(name="rmse"),
        ]

    def served(self, output):
        return {self.name: output[:, 0]}

    def get_config(self):
        return {
            **super().get_config(),
            "mean": self.mean,
            "std": self.std,
            "error": self.error,
            "transform": self.transform,
        }
