"""Cross-entropy in which what is answered well, or of a class that is frequent, counts less."""

from collections.abc import Sequence

import keras
from keras import ops


def log_odds(p):
    """Log odds of probabilities: those that they were made of, where Keras remembers them.

    Args:
        p: Probabilities of any shape.
    """
    known = getattr(p, "_keras_logits", None)
    if known is not None:
        return known
    p = ops.clip(p, keras.config.epsilon(), 1 - keras.config.epsilon())
    return ops.log(p) - ops.log1p(-p)


@keras.saving.register_keras_serializable("mtlkeras")
class YesNoCrossentropy(keras.losses.Loss):
    """Focal loss of yes or no: `-a y (1 - p)^gamma log p - b (1 - y) p^gamma log(1 - p)`.

    Lin et al., "Focal Loss for Dense Object Detection" (2017): with `gamma` 0 it is binary
    cross-entropy; the larger `gamma`, the less counts what is answered well. The loss of a row
    is the mean over its classes.

    `a` and `b` weigh rows with and without a class. `positive_weights` give `a / b`; the scale is
    such that over training rows the mean weight is 1, `a = w / (r w + 1 - r)` and
    `b = 1 / (r w + 1 - r)`, `r` being the share of rows with the class. Lin's `alpha` is `w /
    (1 + w)`.

    Args:
        gamma: How much less counts what is answered well, at least 0.
        label_smoothing: Moves targets from 0 and 1 towards 0.5 by this share.
        positive_weights: Weight of rows with each class beside those without; `None` is 1.
        rates: Share of rows with each class; `None` is 0.5.
        reduction: As in `keras.losses.Loss`; by default the mean over rows with weight.
        name: Name of the loss.

    Example:
        >>> loss = YesNoCrossentropy(gamma=2.0)
        >>> round(float(loss(keras.ops.array([[1.0]]), keras.ops.array([[0.9]]))), 6)
        0.001054
    """

    def __init__(
        self,
        gamma: float = 2.0,
        label_smoothing: float = 0.0,
        positive_weights: Sequence[float] | None = None,
        rates: Sequence[float] | None = None,
        reduction: str = "mean_with_sample_weight",
        name: str = "yes_no_crossentropy",
        dtype=None,
    ) -> None:
        super().__init__(name=name, reduction=reduction, dtype=dtype)
        self.gamma = gamma
        self.label_smoothing = label_smoothing
        self.positive_weights = None if positive_weights is None else list(positive_weights)
        self.rates = None if rates is None else list(rates)

    def call(self, y_true, y_pred):
        z = log_odds(y_pred)
        y = ops.cast(ops.reshape(y_true, ops.shape(z)), z.dtype)
        y = y * (1 - self.label_smoothing) + 0.5 * self.label_smoothing
        with_class, without = self._weights()
        # -log p and -log(1 - p); of these the powers are made too, so that nothing is 0 or NaN.
        yes, no = ops.softplus(-z), ops.softplus(z)
        yes, no = yes * ops.exp(-self.gamma * no), no * ops.exp(-self.gamma * yes)
        return ops.mean(with_class * y * yes + without * (1 - y) * no, axis=-1)

    def _weights(self) -> tuple:
        if self.positive_weights is None:
            return 1.0, 1.0
        weights = ops.convert_to_tensor(self.positive_weights, self.dtype)
        rates = 0.5 if self.rates is None else ops.convert_to_tensor(self.rates, self.dtype)
        without = 1 / (rates * weights + 1 - rates)
        return weights * without, without

    def get_config(self):
        return {
            **super().get_config(),
            "gamma": self.gamma,
            "label_smoothing": self.label_smoothing,
            "positive_weights": self.positive_weights,
            "rates": self.rates,
        }


def focal_terms(log_p, gamma: float):
    """`-(1 - p)^gamma log p` of each class.

    Args:
        log_p: Log probabilities of any shape.
        gamma: How much less counts what is answered well.
    """
    # Rounded to 0, the power would have no gradient where gamma is below 1.
    others = ops.maximum(-ops.expm1(log_p), keras.config.epsilon())
    return -log_p * ops.power(others, gamma)
