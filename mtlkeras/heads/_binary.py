"""Yes or no."""

from collections.abc import Sequence

import keras

from ._accuracy import YesNoAccuracy
from ._auc import AUC, AveragePrecision
from ._calibration import Calibration
from ._checks import check_not_negative, check_share, shifts
from ._focal import YesNoCrossentropy
from ._head import Head
from ._log_loss import LogLoss
from ._numerics import logit, prior_shift, weighted_rate


def yes_no_metrics() -> list[keras.metrics.Metric]:
    """Fresh metrics of probabilities of yes."""
    auc = AUC(name="auc")
    return [
        auc,
        AveragePrecision(of=auc, name="pr_auc"),
        LogLoss(name="log_loss"),
        YesNoAccuracy(name="accuracy"),
        Calibration(name="calibration"),
    ]


@keras.saving.register_keras_serializable("mtlkeras")
class Binary(Head):
    """Probability of yes, `p = sigmoid(w h + b)`, trained by binary cross-entropy.

    Args:
        tower: Widths of the hidden layers below the output, may be empty.
        activation: Activation of the hidden layers.
        dropout: Share of each hidden layer's outputs that training drops.
        base_rate: Share of positives in training; the untrained head answers about that.
            `None` stands for 0.5.
        label_smoothing: Moves targets from 0 and 1 towards 0.5 by this share.
        focal_gamma: How much less counts in training what is answered well (focal loss).
        prior_shift: Log of what training multiplies the odds of yes by; taken off outside of it.
        name: Name of the task.

    Call arguments:
        h: `(batch_size, units)`.

    Returns:
        Probabilities `(batch_size, 1)`. Served: `{task: (batch_size,)}`.

    Example:
        >>> head = Binary(base_rate=0.1, name="click")
        >>> head(keras.ops.ones((4, 8))).shape
        TensorShape([4, 1])
    """

    kind = "binary"

    def __init__(
        self,
        tower: Sequence[int] = (32,),
        activation="relu",
        dropout: float = 0.0,
        base_rate: float | None = None,
        label_smoothing: float = 0.0,
        focal_gamma: float = 0.0,
        prior_shift: float | None = None,
        **kwargs,
    ) -> None:
        super().__init__(tower, activation, dropout, **kwargs)
        check_share("Binary", "base_rate", base_rate)
        check_share("Binary", "label_smoothing", label_smoothing)
        self.base_rate = base_rate
        check_not_negative("Binary", "focal_gamma", focal_gamma)
        self.label_smoothing = label_smoothing
        self.focal_gamma = focal_gamma
        self.prior_shift = shifts("Binary", prior_shift, 1)

    @classmethod
    def for_task(cls, name, task, labels, tower=(32,)):
        weights, kept = labels.class_weights, task.keep_negatives
        if kept < 1:
            negative, positive = weights or (1.0, 1.0)
            rate = weighted_rate(labels.mean, (negative * kept, positive))
        else:
            rate = weighted_rate(labels.mean, weights)
        return cls(
            tower,
            base_rate=rate,
            label_smoothing=task.label_smoothing,
            focal_gamma=task.focal_gamma,
            prior_shift=prior_shift(kept, weights if task.calibrated else None),
            name=name,
        )

    def initial_bias(self):
        return [logit(0.5 if self.base_rate is None else self.base_rate)]

    def activate(self, scores):
        # Keras's activation remembers its logits, from which Keras's losses stay exact where
        # the probability itself is rounded to 0 or 1.
        return keras.activations.sigmoid(scores)

    def loss(self):
        if self.focal_gamma:
            return YesNoCrossentropy(self.focal_gamma, self.label_smoothing)
        return keras.losses.BinaryCrossentropy(
            label_smoothing=self.label_smoothing, reduction="mean_with_sample_weight"
        )

    def weighted_metrics(self):
        return yes_no_metrics()

    def served(self, output):
        return {self.name: output[:, 0]}

    def get_config(self):
        return {
            **super().get_config(),
            "base_rate": self.base_rate,
            "label_smoothing": self.label_smoothing,
            "focal_gamma": self.focal_gamma,
            "prior_shift": self.prior_shift and self.prior_shift[0],
        }
