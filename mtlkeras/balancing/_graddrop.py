"""Gradients of one sign at a time."""

from collections.abc import Sequence

import keras
import tensorflow as tf
from keras import ops

from ._aggregator import Aggregator
from ._checks import check_number, check_one_a_task, each
from ._draws import Draws
from ._gramian import over
from ._replicas import sum_over_replicas


@keras.saving.register_keras_serializable("mtlkeras")
class GradDrop(Aggregator):
    """Keeps, element by element, the gradients of one sign, drawn by how much of each there is.

    With the purity `P = (1 + sum_k g_k / sum_k |g_k|) / 2` and `U` uniform, drawn for each
    element anew: `d = sum_k (l_k + (1 - l_k) m_k) g_k`, where `m_k` is 0 where `g_k > 0` and
    `P < U`, or `g_k < 0` and `P > U`, and 1 elsewhere. Chen et al., "Just Pick a Sign: Optimizing
    Deep Multitask Models with Gradient Sign Dropout" (2020), which uses the gradients of the
    shared representation `z`. There the signs are those of `sum_rows sign(z) g_k`, one for each
    element of a row, so that all rows lose the same; where that sum is 0, as it is where `z` is,
    nothing is dropped, as in the authors' code. Where all signs agree `d` is the sum; what one
    task has alone is never dropped.

    The authors' code scales the update by how much shorter it became, which the paper does not.

    Args:
        leak: `l`, the share of dropped gradients that is kept: one number, or one a task in the
            order of `model.tasks`. 1 spares a task.
        seed: Seed of `U`. How many were drawn is saved with the model, so that training resumed
            goes on with the next.

    Example:
        >>> jacobian = keras.ops.array([[1.0, 2.0, -3.0], [1.0, 0.0, -1.0]])
        >>> GradDrop()(keras.ops.ones(2), jacobian).numpy().tolist()
        [2.0, 2.0, -4.0]
    """

    def __init__(self, leak: float | Sequence[float] = 0.0, seed: int = 0, **kwargs) -> None:
        super().__init__(**kwargs)
        for share in each(leak):
            check_number("GradDrop", "leak", share, high=1.0)
        self.leak = leak
        self.seed = seed
        self._draws = Draws(self, seed)

    def build(self, losses_shape):
        if not isinstance(self.leak, int | float):
            check_one_a_task("GradDrop", "leak", self.leak, losses_shape[0])

    def aggregate(self, losses, jacobian, active):
        kept = self._kept(jacobian, self._draws.uniform(tf.shape(jacobian)[1:], jacobian.dtype))
        return tf.reduce_sum(kept * jacobian, axis=0)

    def aggregate_rows(self, losses, jacobians, representations, active):
        signed = [
            tf.reduce_sum(tf.cast(tf.sign(z), j.dtype) * j, axis=1)
            for j, z in zip(jacobians, representations, strict=True)
        ]
        signed = sum_over_replicas(signed)
        updates = []
        for jacobian, sums in zip(jacobians, signed, strict=True):
            drawn = self._draws.uniform(tf.shape(sums)[1:], sums.dtype)
            kept = self._kept(sums, drawn)
            updates.append(tf.reduce_sum(kept[:, None] * jacobian, axis=0))
        return updates

    def _kept(self, gradients: tf.Tensor, drawn: tf.Tensor) -> tf.Tensor:
        """Share of each element that is kept, `(tasks, ...)`."""
        whole = tf.reduce_sum(tf.abs(gradients), axis=0)
        purity = (1.0 + over(tf.reduce_sum(gradients, axis=0), whole)) / 2.0
        dropped = ((gradients > 0) & (purity <= drawn)) | ((gradients < 0) & (purity >= drawn))
        leak = tf.constant(self.leak, gradients.dtype)
        leak = tf.reshape(leak, (-1, *(1,) * (gradients.shape.rank - 1)))
        return ops.where(dropped, leak, tf.ones_like(gradients))

    def get_config(self):
        return {**super().get_config(), "leak": self.leak, "seed": self.seed}
