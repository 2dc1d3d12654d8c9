"""Any number of several classes at once."""

from collections.abc import Sequence

import keras

from ._accuracy import YesNoAccuracy
from ._auc import AUC, AveragePrecision
from ._checks import (
    Classes,
    check_not_negative,
    check_per_class,
    check_share,
    class_names,
    shifts,
)
from ._focal import YesNoCrossentropy
from ._head import Head
from ._log_loss import LogLoss
from ._macro_f1 import MacroF1
from ._numerics import logit, logs, weighted_rate
from ._served import names_beside


@keras.saving.register_keras_serializable("mtlkeras")
class Multilabel(Head):
    """A probability for each class, `p_c = sigmoid(w_c h + b_c)`, trained by cross-entropy.

    The loss of a row is the mean over its classes.

    Args:
        classes: Class names in the order of the label's columns, or their number.
        tower: Widths of the hidden layers below the output, may be empty.
        activation: Activation of the hidden layers.
        dropout: Share of each hidden layer's outputs that training drops.
        base_rates: Share of training rows with each class; the untrained head answers about
            those.
        label_smoothing: Moves targets from 0 and 1 towards 0.5 by this share.
        focal_gamma: How much less counts what is answered well (focal loss).
        positive_weights: Weight of rows with each class beside those without, in the loss.
        prior_shift: Log of what training multiplies the odds of each class by; taken off outside
            of it.
        name: Name of the task.

    Call arguments:
        h: `(batch_size, units)`.

    Returns:
        Probabilities `(batch_size, classes)`. Served: `{task}` the same and `{task}_classes`
        the name beside each.

    Example:
        >>> head = Multilabel(["comfort", "fit", "colour"], name="praise")
        >>> head(keras.ops.ones((4, 8))).shape
        TensorShape([4, 3])
    """

    kind = "multilabel"

    def __init__(
        self,
        classes: Classes,
        tower: Sequence[int] = (32,),
        activation="relu",
        dropout: float = 0.0,
        base_rates: Sequence[float] | None = None,
        label_smoothing: float = 0.0,
        focal_gamma: float = 0.0,
        positive_weights: Sequence[float] | None = None,
        prior_shift: Sequence[float] | None = None,
        **kwargs,
    ) -> None:
        super().__init__(tower, activation, dropout, **kwargs)
        self.classes = class_names("Multilabel", classes)
        check_per_class("Multilabel", "base_rates", base_rates, self.classes)
        for rate in base_rates or ():
            check_share("Multilabel", "each of base_rates", rate)
        check_share("Multilabel", "label_smoothing", label_smoothing)
        check_per_class("Multilabel", "positive_weights", positive_weights, self.classes)
        check_not_negative("Multilabel", "focal_gamma", focal_gamma)
        self.base_rates = base_rates
        self.label_smoothing = label_smoothing
        self.focal_gamma = focal_gamma
        self.positive_weights = positive_weights
        self.prior_shift = shifts("Multilabel", prior_shift, len(self.classes))

    @classmethod
    def for_task(cls, name, task, labels, tower=(32,)):
        rates = None
        if labels.counts is not None and labels.rows:
            rates = [count / labels.rows for count in labels.counts]
        return cls(
            labels.classes,
            tower,
            base_rates=rates,
            label_smoothing=task.label_smoothing,
            focal_gamma=task.focal_gamma,
            positive_weights=labels.class_weights,
            prior_shift=logs(labels.class_weights) if task.calibrated else None,
            name=name,
        )

    def initial_bias(self):
        rates = self.base_rates or [0.5] * len(self.classes)
        weights = self.positive_weights or [1.0] * len(self.classes)
        pairs = zip(rates, weights, strict=True)
        return [logit(weighted_rate(rate, (1.0, weight))) for rate, weight in pairs]

    def activate(self, scores):
        # Keras's activation remembers its logits for the loss; see `Binary`.
        return keras.activations.sigmoid(scores)

    def loss(self):
        if self.focal_gamma or self.positive_weights is not None:
            weights, rates = self.positive_weights, self.base_rates
            return YesNoCrossentropy(self.focal_gamma, self.label_smoothing, weights, rates)
        return keras.losses.BinaryCrossentropy(
            label_smoothing=self.label_smoothing, reduction="mean_with_sample_weight"
        )

    def weighted_metrics(self):
        auc = AUC(num_labels=len(self.classes), name="auc")
        return [
            auc,
            AveragePrecision(num_labels=len(self.classes), of=auc, name="pr_auc"),
            LogLoss(name="log_loss"),
            YesNoAccuracy(name="accuracy"),
            MacroF1(len(self.classes), multilabel=True, name="macro_f1"),
        ]

    def served(self, output):
        return {
            self.name: output,
            f"{self.name}_classes": names_beside(self.classes, output),
        }

    def get_config(self):
        return {
            **super().get_config(),
            "classes": self.classes,
            "base_rates": self.base_rates,
            "label_smoothing": self.label_smoothing,
            "focal_gamma": self.focal_gamma,
            "positive_weights": self.positive_weights,
            "prior_shift": self.prior_shift,
        }
