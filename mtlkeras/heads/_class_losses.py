"""Cross-entropy of class ids."""

import keras
from keras import ops

from ._focal import focal_terms


@keras.saving.register_keras_serializable("mtlkeras")
class ClassCrossentropy(keras.losses.Loss):
    """`-log p_y`, smoothed to `-(1 - s) log p_y - s mean_c log p_c`, for class ids `y`.

    Stock Keras smooths one-hot labels only. With `gamma` it is the focal loss, in which each
    `log p_c` is multiplied by `(1 - p_c)^gamma`: Lin et al., "Focal Loss for Dense Object
    Detection" (2017).

    Args:
        label_smoothing: The share `s` that moves from the right class to all of them.
        gamma: How much less counts what is answered well, at least 0.
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
        gamma: float = 0.0,
        reduction: str = "mean_with_sample_weight",
        name: str = "class_crossentropy",
        dtype=None,
    ) -> None:
        super().__init__(name=name, reduction=reduction, dtype=dtype)
        self.label_smoothing = label_smoothing
        self.gamma = gamma

    def call(self, y_true, y_pred):
        ids = ops.cast(ops.reshape(y_true, (-1,)), "int32")
        if not self.label_smoothing and not self.gamma:
            return keras.losses.sparse_categorical_crossentropy(ids, y_pred)
        one_hot = ops.one_hot(ids, y_pred.shape[-1], dtype=self.dtype)
        if self.gamma:
            smooth = self.label_smoothing
            targets = one_hot * (1 - smooth) + smooth / y_pred.shape[-1]
            return ops.sum(targets * focal_terms(_log_probabilities(y_pred), self.gamma), axis=-1)
        return keras.losses.categorical_crossentropy(
            one_hot, y_pred, label_smoothing=self.label_smoothing
        )

    def get_config(self):
        own = {"label_smoothing": self.label_smoothing, "gamma": self.gamma}
        return {**super().get_config(), **own}


def _log_probabilities(p):
    """Logarithms of probabilities, exact where Keras remembers the scores they were made of."""
    scores = getattr(p, "_keras_logits", None)
    if scores is not None:
        return ops.log_softmax(scores, axis=-1)
    return ops.log(ops.clip(p, keras.config.epsilon(), 1.0))
