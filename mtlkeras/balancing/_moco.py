"""Min-norm weights followed slowly, against the noise of gradients."""

import math

import keras
import tensorflow as tf
from keras import ops

from ._checks import check_number
from ._gramian import mean_weights, over
from ._simplex import project_to_simplex
from ._state import add_state, equal_shares, read
from ._weighting import GramianWeighting


class _Averages(keras.layers.Layer):
    """Tracked gradients, in variables of their own that are made when a model is known."""

    def make(self, shapes: list[tuple[int, int]]) -> None:
        if self.weights and [tuple(v.shape) for v in self.weights] != shapes:
            raise ValueError(
                "MoCo: it has tracked the gradients of another model, whose weights have other "
                "shapes. Make a new one for this model."
            )
        if not self.weights:
            for index, shape in enumerate(shapes):
                add_state(self, f"average_{index}", shape)


@keras.saving.register_keras_serializable("mtlkeras")
class MoCo(GramianWeighting):
    """Follows the min-norm weights by one small step each time: `w <- P(w - gamma (G + rho I) w)`.

    `P` projects onto the simplex. Fernando et al., "Mitigating Gradient Bias in Multi-objective
    Learning: A Provably Convergent Approach" (2023), which uses the gradients of the shared
    parameters. It has `G` and the update `d = sum_k w_k y_k` of tracked gradients,
    `y <- y - beta (y - J)`, which a model keeps for all shared dense weights: as many numbers as
    tasks times weights. Embedding tables get the weighted gradients of the batch, as does all
    with `scope="representation"`: rows of other batches cannot be averaged, so that there it is
    the same with `beta = 1`, without the correction of the bias.

    Both step sizes stay as they are, and `y` is not projected onto a ball of a known radius as for
    the paper's proof. The authors' code lets the steps shrink, gives each gradient the length of
    its loss and has a softmax for `P`; none of that is in the paper's equations.

    `w` starts equal, `y` at 0; both are saved with the model. A task without labels in the batch
    keeps its share and its tracked gradients.

    Args:
        gamma: Step size of the weights.
        rho: Regularisation, which draws the weights together.
        beta: Share of the new gradients in those tracked.
        scope: As of every gradient weighting, but `"parameters"` by default.

    Example:
        >>> weighting = MoCo(gamma=0.1)
        >>> gramian = keras.ops.array([[1.0, 0.0], [0.0, 3.0]])
        >>> weights = weighting(keras.ops.ones(2), gramian)
        >>> [round(float(weight), 3) for weight in weights]
        [0.55, 0.45]
    """

    def __init__(
        self,
        gamma: float = 0.1,
        rho: float = 0.0,
        beta: float = 0.5,
        scope: str = "parameters",
        **kwargs,
    ) -> None:
        super().__init__(scope=scope, **kwargs)
        check_number("MoCo", "gamma", gamma, open_low=True)
        check_number("MoCo", "rho", rho)
        check_number("MoCo", "beta", beta, high=1.0, open_low=True)
        self.gamma = gamma
        self.rho = rho
        self.beta = beta
        options = {"autocast": False, "dtype": self.variable_dtype}
        self._averages = _Averages(name="averages", **options)

    def build(self, losses_shape):
        self.shares = add_state(self, "shares", (losses_shape[0],), equal_shares)

    def track(self, tracked, gradients):
        """Gradients tracked after a batch, from those before, which start at 0.

        Args:
            tracked: `y`, `(tasks, size)`.
            gradients: `J`, `(tasks, size)`.
        """
        return tracked - self.beta * (tracked - gradients)

    def follow(self, variables, tasks):
        self._averages.make([(tasks, math.prod(variable.shape)) for variable in variables])

    def tracked(self, index, rows, active):
        average = self._averages.weights[index]
        before = ops.cast(read(average), rows.dtype)
        after = ops.where(active[:, None], self.track(before, rows), before)
        average.assign(ops.cast(after, average.dtype))
        return ops.where(active[:, None], after, 0.0)

    def weigh(self, losses, gramian, active):
        shares = tf.cast(read(self.shares), "float64")
        whole = tf.reduce_sum(ops.where(active, shares, 0.0))
        start = over(ops.where(active, shares, 0.0), whole)
        start = ops.where(whole > 0, start, mean_weights(active))
        slope = tf.linalg.matvec(tf.cast(gramian, "float64"), start) + self.rho * start
        moved = project_to_simplex(start - self.gamma * slope, active)
        # The others keep theirs, so that all still sum to 1.
        kept = ops.where(active, moved * whole, shares)
        self.shares.assign(ops.cast(kept, self.shares.dtype))
        return moved

    def get_config(self):
        own = {"gamma": self.gamma, "rho": self.rho, "beta": self.beta}
        return {**super().get_config(), **own}
