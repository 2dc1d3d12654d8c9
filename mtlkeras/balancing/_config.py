"""The conflict-free update."""

import keras
import tensorflow as tf
from keras import ops

from ._gramian import over, pseudo_solve, rank_tolerance, unit_gramian
from ._weighting import GramianWeighting


@keras.saving.register_keras_serializable("mtlkeras")
class ConFIG(GramianWeighting):
    """The direction with the same cosine to every gradient, as long as their projections on it.

    `d = (sum_k g_k . u) u` with the unit vector `u` along `U^+ 1`, where the rows of `U` are the
    unit gradients. Liu, Chu and Thuerey, "ConFIG: Towards Conflict-free Training of Physics
    Informed Neural Networks" (2024), which uses the gradients of all parameters. With two tasks
    `u` halves their angle. Where no direction has equal cosines, it is the nearest to it by least
    squares, and 0 where the gradients cancel. A task without labels in the batch, or whose
    gradient is 0, is left out.

    Example:
        >>> gramian = keras.ops.array([[1.0, 0.0], [0.0, 9.0]])
        >>> weights = ConFIG()(keras.ops.ones(2), gramian)
        >>> [round(float(weight), 3) for weight in weights]
        [2.0, 0.667]
    """

    may_be_negative = True

    def weigh(self, losses, gramian, active):
        tolerance = rank_tolerance(gramian)
        units, norms = unit_gramian(gramian, active)
        solved = pseudo_solve(units, tf.cast(norms > 0, "float64"), tolerance)
        cosines = tf.linalg.matvec(units, solved)
        square = tf.reduce_sum(solved * cosines)
        length = tf.reduce_sum(norms * cosines)
        factor = ops.where(square > tolerance, over(length, square), 0.0)
        return factor * over(solved, norms)
