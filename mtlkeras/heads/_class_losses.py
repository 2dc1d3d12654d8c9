"""Cross-entropy of class ids."""

import keras
from keras import ops


@keras.saving.register_keras_serializable("mtlkeras")
class ClassCrossentropy(keras.losses.Loss):
    """`-log p_y`, smoothed to `-(1 - s) log p_y - s mean_c log p_c`, for class ids `y`.

    Stock Keras smooths one-hot labels only.

    Args:
        label_smoothing: The share `s` that moves from the right class to all of them.
        reduction: As in `keras.losses.Loss`; by default the mean over rows with weight.
        name: Name of the loss.

    Example:
        >>> loss = ClassCrossentropy()
        >>> round(float(loss(keras.ops.array([1]), keras.ops.array([[0.5, 0.5]]))), 4)
        0.6931
    """

    def __init__(
        self,
        label_smoothing: float = 0.0,
        reduction: str = "mean_with_sample_weight",
        name: str = "class_crossentropy",
        dtype=None,
    ) -> None:
        super().__init__(name=name, reduction=reduction, dtype=dtype)
        self.label_smoothing = label_smoothing

    def call(self, y_true, y_pred):
        ids = ops.cast(ops.reshape(y_true, (-1,)), "int32")
        if not self.label_smoothing:
            return keras.losses.sparse_categorical_crossentropy(ids, y_pred)
        one_hot = ops.one_hot(ids, y_pred.shape[-1], dtype=self.dtype)
        return keras.losses.categorical_crossentropy(
            one_hot, y_pred, label_smoothing=self.label_smoothing
        )

    def get_config(self):
        return {**super().get_config(), "label_smoothing": self.label_smoothing}
