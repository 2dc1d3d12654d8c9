"""Calibration: whether predictions are right on average."""

import keras
from keras import ops


@keras.saving.register_keras_serializable("mtlkeras")
class Calibration(keras.metrics.Metric):
    """Mean prediction over mean label, `sum w p / sum w y`; 1 is best, above 1 too optimistic.

    0 until there was a label other than 0.

    Args:
        name: Name of the metric.

    Example:
        >>> calibration = Calibration()
        >>> calibration.update_state([0.0, 1.0], [[0.5], [1.0]])
        >>> float(calibration.result())
        1.5
    """

    def __init__(self, name: str | None = "calibration", dtype=None) -> None:
        super().__init__(name=name, dtype=dtype)
        self.predicted = self.add_variable((), "zeros", name="predicted")
        self.observed = self.add_variable((), "zeros", name="observed")

    def update_state(self, y_true, y_pred, sample_weight=None) -> None:
        """Adds a batch.

        Args:
            y_true: Labels `(batch_size,)`.
            y_pred: Predictions `(batch_size, 1)`.
            sample_weight: `(batch_size,)`.
        """
        y = ops.reshape(ops.cast(y_true, self.dtype), (-1,))
        p = ops.reshape(ops.cast(y_pred, self.dtype), (-1,))
        if sample_weight is not None:
            weight = ops.reshape(ops.cast(sample_weight, self.dtype), (-1,))
            # Not 0 * p: a prediction for an unlabelled row may be too large to be counted.
            y, p = (ops.where(weight > 0, weight * values, 0.0) for values in (y, p))
        self.predicted.assign_add(ops.sum(p))
        self.observed.assign_add(ops.sum(y))

    def result(self):
        return ops.divide_no_nan(self.predicted.value, self.observed.value)
