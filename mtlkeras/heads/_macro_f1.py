"""F1 averaged over classes."""

import keras
from keras import ops


@keras.saving.register_keras_serializable("mtlkeras")
class MacroF1(keras.metrics.Metric):
    """Mean over classes of `2 TP / (2 TP + FP + FN)`.

    Classes that occurred neither as label nor as answer do not count, as in scikit-learn.

    Args:
        num_classes: Number of classes.
        multilabel: Whether labels are 0 and 1 for each class, answered yes above 0.5, instead
            of one class id a row, answered by the most probable class.
        name: Name of the metric.

    Example:
        >>> macro_f1 = MacroF1(num_classes=2)
        >>> macro_f1.update_state([0, 1, 1], [[0.9, 0.1], [0.2, 0.8], [0.7, 0.3]])
        >>> round(float(macro_f1.result()), 4)
        0.6667
    """

    def __init__(
        self,
        num_classes: int,
        multilabel: bool = False,
        name: str | None = "macro_f1",
        dtype=None,
    ) -> None:
        super().__init__(name=name, dtype=dtype)
        self.num_classes = num_classes
        self.multilabel = multilabel
        self.hits = self.add_variable((num_classes,), "zeros", name="hits")
        self.answers = self.add_variable((num_classes,), "zeros", name="answers")
        self.labels = self.add_variable((num_classes,), "zeros", name="labels")

    def update_state(self, y_true, y_pred, sample_weight=None) -> None:
        """Adds a batch.

        Args:
            y_true: Class ids `(batch_size,)`, or 0 and 1 `(batch_size, num_classes)`.
            y_pred: Probabilities `(batch_size, num_classes)`.
            sample_weight: `(batch_size,)`.
        """
        y_pred = ops.convert_to_tensor(y_pred)
        if self.multilabel:
            labels = ops.cast(y_true, self.dtype)
            answers = ops.cast(y_pred > 0.5, self.dtype)
        else:
            ids = ops.cast(ops.reshape(y_true, (-1,)), "int32")
            labels = ops.one_hot(ids, self.num_classes, dtype=self.dtype)
            answers = ops.one_hot(ops.argmax(y_pred, axis=-1), self.num_classes, dtype=self.dtype)
        weight = ops.ones_like(labels[:, :1])
        if sample_weight is not None:
            weight = ops.reshape(ops.cast(sample_weight, self.dtype), (-1, 1))
        self.labels.assign_add(ops.sum(weight * labels, axis=0))
        self.answers.assign_add(ops.sum(weight * answers, axis=0))
        self.hits.assign_add(ops.sum(weight * labels * answers, axis=0))

    def result(self):
        both = self.labels.value + self.answers.value
        f1 = ops.divide_no_nan(2 * self.hits.value, both)
        seen = ops.sum(ops.cast(both > 0, self.dtype))
        return ops.divide_no_nan(ops.sum(f1), seen)

    def get_config(self):
        return {
            **super().get_config(),
            "num_classes": self.num_classes,
            "multilabel": self.multilabel,
        }
