"""One of several classes."""

import math
from collections.abc import Sequence

import keras
import tensorflow as tf

from ._checks import (
    Classes,
    check_not_negative,
    check_per_class,
    check_share,
    class_names,
    shifts,
)
from ._class_losses import ClassCrossentropy
from ._head import Head
from ._macro_f1 import MacroF1
from ._numerics import class_rates, logs, weighted_counts
from ._served import names_beside, names_of

TOP_K = 3


@keras.saving.register_keras_serializable("mtlkeras")
class Multiclass(Head):
    """Probabilities of classes, `p = softmax(W h + b)`, trained by cross-entropy.

    Args:
        classes: Class names in the order of their ids, or their number.
        tower: Widths of the hidden layers below the output, may be empty.
        activation: Activation of the hidden layers.
        dropout: Share of each hidden layer's outputs that training drops.
        counts: Training rows of each class; the untrained head answers about their shares.
        label_smoothing: Moves one-hot targets towards uniform by this share.
        focal_gamma: How much less counts in training what is answered well (focal loss).
        prior_shift: Log of what training multiplies each class by; taken off outside of it.
        name: Name of the task.

    Call arguments:
        h: `(batch_size, units)`.

    Returns:
        Probabilities `(batch_size, classes)`. Served: `{task}` the same, `{task}_classes` the
        name beside each, and `{task}_class` `(batch_size,)`, the most probable one's.

    Example:
        >>> head = Multiclass(["negative", "neutral", "positive"], name="sentiment")
        >>> head.served(head(keras.ops.ones((4, 8))))["sentiment_class"].shape
        TensorShape([4])
    """

    kind = "multiclass"

    def __init__(
        self,
        classes: Classes,
        tower: Sequence[int] = (32,),
        activation="relu",
        dropout: float = 0.0,
        counts: Sequence[float] | None = None,
        label_smoothing: float = 0.0,
        focal_gamma: float = 0.0,
        prior_shift: Sequence[float] | None = None,
        **kwargs,
    ) -> None:
        super().__init__(tower, activation, dropout, **kwargs)
        self.classes = class_names("Multiclass", classes)
        check_per_class("Multiclass", "counts", counts, self.classes)
        check_share("Multiclass", "label_smoothing", label_smoothing)
        check_not_negative("Multiclass", "focal_gamma", focal_gamma)
        self.counts = counts
        self.label_smoothing = label_smoothing
        self.focal_gamma = focal_gamma
        self.prior_shift = shifts("Multiclass", prior_shift, len(self.classes))

    @classmethod
    def for_task(cls, name, task, labels, tower=(32,)):
        return cls(
            labels.classes,
            tower,
            counts=weighted_counts(labels.counts, labels.class_weights),
            label_smoothing=task.label_smoothing,
            focal_gamma=task.focal_gamma,
            prior_shift=logs(labels.class_weights) if task.calibrated else None,
            name=name,
        )

    def initial_bias(self):
        if self.counts is None:
            return [0.0] * len(self.classes)
        return [math.log(rate) for rate in class_rates(self.counts)]

    def activate(self, scores):
        # Keras's activation remembers its logits for the loss; see `Binary`.
        return keras.activations.softmax(scores)

    def loss(self):
        return ClassCrossentropy(self.label_smoothing, self.focal_gamma)

    def weighted_metrics(self):
        metrics = [
            keras.metrics.SparseCategoricalAccuracy(name="accuracy"),
            MacroF1(len(self.classes), name="macro_f1"),
            keras.metrics.SparseCategoricalCrossentropy(name="log_loss"),
        ]
        if len(self.classes) > TOP_K:
            top_k = keras.metrics.SparseTopKCategoricalAccuracy(k=TOP_K, name="top_k")
            metrics.insert(1, top_k)
        return metrics

    def served(self, output):
        return {
            self.name: output,
            f"{self.name}_classes": names_beside(self.classes, output),
            f"{self.name}_class": names_of(self.classes, tf.argmax(output, axis=-1)),
        }

    def get_config(self):
        return {
            **super().get_config(),
            "classes": self.classes,
            "counts": self.counts,
            "label_smoothing": self.label_smoothing,
            "focal_gamma": self.focal_gamma,
            "prior_shift": self.prior_shift,
        }
