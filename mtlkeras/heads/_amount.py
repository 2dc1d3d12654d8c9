"""For how much: zero or a positive amount."""

from collections.abc import Sequence

import keras
from keras import ops

from ._checks import check_positive, check_share
from ._head import Head
from ._numerics import bounded, inverse_softplus, logit
from ._zero_inflated import (
    ExpectedAmountCalibration,
    ExpectedAmountRMSE,
    MedianAmountError,
    ZeroInflatedLogNormalLoss,
    expected_amount,
    median_amount,
)

# Beyond, float32 cannot tell the probability from 0 or 1.
LOGIT_RANGE = (-15.0, 15.0)
# Share of `log_std` below which sigma never falls: its likelihood has no bound at 0.
MIN_SIGMA = 0.05


@keras.saving.register_keras_serializable("mtlkeras")
class Amount(Head):
    """Zero-inflated log-normal: an amount above 0 with probability `p`, then `LN(mu, sigma)`.

    Wang, Liu and Miao, "A Deep Probabilistic Model for Customer Lifetime Value Prediction"
    (2019). Where labels are never 0 (spend is observed only with a purchase), `p` stays at 1
    and it is a plain log-normal.

    Args:
        tower: Widths of the hidden layers below the output, may be empty.
        activation: Activation of the hidden layers.
        dropout: Share of each hidden layer's outputs that training drops.
        positive_rate: Share of amounts above 0 in training.
        log_mean: Mean of the logarithm of positive amounts in training.
        log_std: Standard deviation of the same. The untrained head answers about these.
        name: Name of the task.

    Call arguments:
        h: `(batch_size, units)`.

    Returns:
        `p`, `mu` and `sigma`, `(batch_size, 3)`. Served, each `(batch_size,)`: `{task}` the
        expected amount `p exp(mu + sigma^2 / 2)`, `{task}_median` the median (0 where 0 is more
        likely than not) and `{task}_probability` that of an amount above 0.

    Example:
        >>> head = Amount(positive_rate=0.1, log_mean=1.2, log_std=0.8, name="spend")
        >>> sorted(head.served(head(keras.ops.ones((4, 8)))))
        ['spend', 'spend_median', 'spend_probability']
    """

    kind = "amount"

    def __init__(
        self,
        tower: Sequence[int] = (32,),
        activation="relu",
        dropout: float = 0.0,
        positive_rate: float = 0.5,
        log_mean: float = 0.0,
        log_std: float = 1.0,
        **kwargs,
    ) -> None:
        super().__init__(tower, activation, dropout, **kwargs)
        check_share("Amount", "positive_rate", positive_rate)
        check_positive("Amount", "log_std", log_std)
        self.positive_rate = positive_rate
        self.log_mean = log_mean
        self.log_std = log_std

    @classmethod
    def for_task(cls, name, task, labels, tower=(32,)):
        return cls(
            tower,
            positive_rate=labels.mean,
            log_mean=labels.log_mean,
            log_std=labels.log_std,
            name=name,
        )

    def initial_bias(self):
        return [logit(self.positive_rate), 0.0, inverse_softplus(1 - MIN_SIGMA)]

    def activate(self, scores):
        score, location, scale = ops.unstack(scores, 3, axis=-1)
        p = ops.sigmoid(bounded(score, *LOGIT_RANGE))
        mu = self.log_mean + self.log_std * location
        sigma = self.log_std * (MIN_SIGMA + ops.softplus(scale))
        return ops.stack([p, mu, sigma], axis=-1)

    def loss(self):
        return ZeroInflatedLogNormalLoss()

    def weighted_metrics(self):
        return [
            MedianAmountError(log=True, name="log_mae"),
            MedianAmountError(name="mae"),
            ExpectedAmountRMSE(name="rmse"),
            ExpectedAmountCalibration(name="calibration"),
        ]

    def served(self, output):
        return {
            self.name: expected_amount(output),
            f"{self.name}_median": median_amount(output),
            f"{self.name}_probability": output[:, 0],
        }

    def get_config(self):
        return {
            **super().get_config(),
            "positive_rate": self.positive_rate,
            "log_mean": self.log_mean,
            "log_std": self.log_std,
        }
