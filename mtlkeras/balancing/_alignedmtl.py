"""Principal components of the gradients, made equally long."""

import keras
import tensorflow as tf
from keras import ops

from ._checks import check_choice
from ._gramian import mean_weights, rank_tolerance
from ._weighting import GramianWeighting


@keras.saving.register_keras_serializable("mtlkeras")
class AlignedMTL(GramianWeighting):
    """The mean of gradients that were made orthogonal and equally long.

    With `G = V diag(l) V^T`, over the positive eigenvalues: `d = J^T B w`,
    `B = sqrt(s) V diag(l)^(-1/2) V^T`, `w = 1 / K`, and the scale `s` the smallest, the median or
    the mean of `l`. Senushkin et al., "Independent Component Alignment for Multi-Task Learning"
    (2023), which uses the gradients of the shared parameters, and in a variant those of the
    representation; its code sums, which is `K` times this. Orthogonal gradients of one length
    keep their mean.

    Directions that only rounding tells from 0 are left out, as are tasks without labels in the
    batch.

    Args:
        scale: `"min"`, `"median"` or `"rmse"` (the root of the mean of the eigenvalues).

    Example:
        >>> gramian = keras.ops.array([[4.0, 0.0], [0.0, 1.0]])
        >>> AlignedMTL()(keras.ops.ones(2), gramian).numpy().tolist()
        [0.25, 0.5]
    """

    may_be_negative = True

    def __init__(self, scale: str = "min", **kwargs) -> None:
        super().__init__(**kwargs)
        check_choice("AlignedMTL", "scale", scale, ("min", "median", "rmse"))
        self.scale = scale

    def weigh(self, losses, gramian, active):
        mean = mean_weights(active)
        # In rising order.
        values, vectors = tf.linalg.eigh(tf.cast(gramian, "float64"))
        kept = values > rank_tolerance(gramian) * values[-1]
        rank = tf.reduce_sum(tf.cast(kept, "int32"))
        scaled = ops.where(kept, tf.sqrt(self._scale(values, kept, rank)), 0.0)
        scaled = scaled / tf.sqrt(ops.where(kept, values, 1.0))
        shares = tf.linalg.matvec(vectors, mean, transpose_a=True)
        return ops.where(rank > 0, tf.linalg.matvec(vectors, scaled * shares), mean)

    def _scale(self, values, kept, rank):
        if self.scale == "rmse":
            total = tf.reduce_sum(ops.where(kept, values, 0.0))
            return total / tf.cast(tf.maximum(rank, 1), "float64")
        # The lower of two in the middle.
        place = 0 if self.scale == "min" else (rank - 1) // 2
        last = values.shape[0] - 1
        return tf.nn.relu(tf.gather(values, tf.minimum(last + 1 - rank + place, last)))

    def get_config(self):
        return {**super().get_config(), "scale": self.scale}
