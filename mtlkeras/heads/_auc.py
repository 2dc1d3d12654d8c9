"""Areas under curves, from histograms of predictions in log odds."""

from abc import ABC, abstractmethod

import keras
import tensorflow as tf
from keras import ops

# Float32 tells no two probabilities apart whose log odds lie beyond.
LIMIT = 16.0


class ScoreHistogram(keras.metrics.Metric, ABC):
    """Weight of negatives and positives in bins of equal width in log odds.

    Stock `keras.metrics.AUC` spaces its thresholds evenly in probability: where events are
    rare, all predictions fall between the first two of them. Here a click rate of 0.1 % is
    told from one of 0.11 %.

    Args:
        num_labels: Number of columns of predictions that are ranked each for itself; the
            result is the mean over those that have both, or the needed, classes.
        bins: Number of bins.
    """

    def __init__(
        self, num_labels: int = 1, bins: int = 1024, name: str | None = None, dtype=None
    ) -> None:
        super().__init__(name=name, dtype=dtype)
        self.num_labels = num_labels
        self.bins = bins
        shape = (bins * num_labels,)
        self.negatives = self.add_variable(shape, "zeros", name="negatives")
        self.positives = self.add_variable(shape, "zeros", name="positives")

    def update_state(self, y_true, y_pred, sample_weight=None) -> None:
        """Adds a batch.

        Args:
            y_true: Labels 0 and 1, `(batch_size,)` or `(batch_size, num_labels)`.
            y_pred: Probabilities `(batch_size, num_labels)`.
            sample_weight: `(batch_size,)`.
        """
        y = ops.reshape(ops.cast(y_true, self.dtype), (-1, self.num_labels))
        p = ops.reshape(ops.cast(y_pred, self.dtype), (-1, self.num_labels))
        weight = 1.0 if sample_weight is None else ops.cast(sample_weight, self.dtype)
        weight = ops.ones_like(p) * ops.reshape(weight, (-1, 1))
        log_odds = ops.log(ops.maximum(p, 1e-30)) - ops.log(ops.maximum(1.0 - p, 1e-30))
        position = (ops.clip(log_odds, -LIMIT, LIMIT) + LIMIT) / (2 * LIMIT) * self.bins
        index = ops.minimum(ops.cast(position, "int32"), self.bins - 1)
        index = ops.reshape(index + ops.arange(self.num_labels) * self.bins, (-1,))
        for variable, share in ((self.negatives, 1.0 - y), (self.positives, y)):
            values = ops.reshape(weight * share, (-1,))
            total = tf.math.unsorted_segment_sum(values, index, self.bins * self.num_labels)
            variable.assign_add(total)

    def result(self):
        shape = (self.num_labels, self.bins)
        negatives = ops.reshape(self.negatives.value, shape)
        positives = ops.reshape(self.positives.value, shape)
        area, counts = self.area(negatives, positives)
        return ops.divide_no_nan(
            ops.sum(ops.where(counts, area, 0.0)), ops.sum(ops.cast(counts, area.dtype))
        )

    @abstractmethod
    def area(self, negatives, positives):
        """Areas from histograms `(num_labels, bins)`, lowest scores first.

        Returns:
            The areas `(num_labels,)`, and whether each is defined.
        """

    def get_config(self):
        return {**super().get_config(), "num_labels": self.num_labels, "bins": self.bins}


@keras.saving.register_keras_serializable("mtlkeras")
class AUC(ScoreHistogram):
    """Area under the ROC curve: how often a positive outranks a negative.

    0 until there was a positive and a negative. With several labels, the mean over those that
    have both.

    Args:
        num_labels: Number of columns of predictions.
        bins: Number of bins; predictions in one bin count as ties.
        name: Name of the metric.

    Example:
        >>> auc = AUC()
        >>> auc.update_state([0, 1, 0, 1], [[0.1], [0.4], [0.6], [0.8]])
        >>> float(auc.result())
        0.75
    """

    def area(self, negatives, positives):
        below = ops.cumsum(negatives, axis=-1) - negatives / 2
        pairs = ops.sum(negatives, axis=-1) * ops.sum(positives, axis=-1)
        return ops.divide_no_nan(ops.sum(positives * below, axis=-1), pairs), pairs > 0


@keras.saving.register_keras_serializable("mtlkeras")
class AveragePrecision(ScoreHistogram):
    """Area under the precision-recall curve: precision at each score, weighted by recall won.

    0 until there was a positive. With several labels, the mean over those that have one.

    Args:
        num_labels: Number of columns of predictions.
        bins: Number of bins; predictions in one bin count as ties.
        name: Name of the metric.

    Example:
        >>> pr_auc = AveragePrecision()
        >>> pr_auc.update_state([0, 1, 0, 1], [[0.1], [0.4], [0.6], [0.8]])
        >>> round(float(pr_auc.result()), 4)
        0.8333
    """

    def area(self, negatives, positives):
        negatives, positives = ops.flip(negatives, axis=-1), ops.flip(positives, axis=-1)
        hits = ops.cumsum(positives, axis=-1)
        precision = ops.divide_no_nan(hits, hits + ops.cumsum(negatives, axis=-1))
        total = ops.sum(positives, axis=-1)
        return ops.divide_no_nan(ops.sum(positives * precision, axis=-1), total), total > 0
