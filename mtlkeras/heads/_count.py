"""How many."""

import math
from collections.abc import Sequence

import keras
from keras import ops

from ._calibration import Calibration
from ._checks import check_positive
from ._head import Head
from ._numerics import bounded
from ._poisson import PoissonDeviance, PoissonLoss

LOG_RANGE = (-15.0, 20.0)


@keras.saving.register_keras_serializable("mtlkeras")
class Count(Head):
    """Expected count, `rate = exp(w h + b)`, trained by Poisson likelihood.

    The rate is kept between `exp(-15)` and `exp(20)`, without stopping gradients there.

    Args:
        tower: Widths of the hidden layers below the output, may be empty.
        activation: Activation of the hidden layers.
        dropout: Share of each hidden layer's outputs that training drops.
        mean: Mean count in training; the untrained head answers about that.
        name: Name of the task.

    Call arguments:
        h: `(batch_size, units)`.

    Returns:
        Rates `(batch_size, 1)`. Served: `{task: (batch_size,)}`.

    Example:
        >>> head = Count(mean=1.7, name="quantity")
        >>> head(keras.ops.ones((4, 8))).shape
        TensorShape([4, 1])
    """

    kind = "count"

    def __init__(
        self,
        tower: Sequence[int] = (32,),
        activation="relu",
        dropout: float = 0.0,
        mean: float = 1.0,
        **kwargs,
    ) -> None:
        super().__init__(tower, activation, dropout, **kwargs)
        check_positive("Count", "mean", mean)
        self.mean = mean

    @classmethod
    def for_task(cls, name, task, labels, tower=(32,)):
        # A task whose counts are all 0 still gets a head.
        return cls(tower, mean=max(labels.mean, 1e-6), name=name)

    def initial_bias(self):
        return [math.log(self.mean)]

    def activate(self, scores):
        return ops.exp(bounded(scores, *LOG_RANGE))

    def loss(self):
        return PoissonLoss()

    def weighted_metrics(self):
        return [
            PoissonDeviance(name="poisson_deviance"),
            keras.metrics.MeanAbsoluteError(name="mae"),
            keras.metrics.RootMeanSquaredError(name="rmse"),
            Calibration(name="calibration"),
        ]

    def served(self, output):
        return {self.name: output[:, 0]}

    def get_config(self):
        return {**super().get_config(), "mean": self.mean}
