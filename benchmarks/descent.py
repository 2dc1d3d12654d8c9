"""Descent on a small problem by any weighting.

Compiled as a whole, tens of thousands of steps take about a second.
"""

from collections.abc import Callable

import numpy as np
import tensorflow as tf

from mtlkeras.balancing import Aggregator, LossWeighting


class Descent:
    """Descends on one problem by one weighting, from any start.

    A weighting that learns of losses alone has to do so by itself: variables that a model's
    optimizer would train are not trained here.

    Args:
        losses: Takes a point `(n,)` and what `__call__` hands on; returns `(tasks,)`.
        weighting: A weighting or aggregator; `None` for the plain sum.
        steps: How many.
        learning_rate: Size of the first step.
        decay: Factor of the size from step to step.
        adam: Whether steps are those of Adam, else the update itself.
        points: Of how many steps, evenly over all, a path tells.
    """

    def __init__(
        self,
        losses: Callable[..., tf.Tensor],
        weighting: object,
        steps: int,
        learning_rate: float,
        decay: float = 1.0,
        adam: bool = False,
        points: int = 1000,
    ) -> None:
        self.losses, self.weighting, self.points = losses, weighting, points
        self.every = steps // points
        self.learning_rate, self.decay, self.adam = learning_rate, decay, adam
        self._run = tf.function(self._descend, jit_compile=True, autograph=False)
        self._begin: list | None = None

    def __call__(self, start, *problem) -> np.ndarray:
        """The path, `(points + 1, n)`, from the start to the end.

        Args:
            start: `(n,)`.
            *problem: What `losses` takes beside a point.
        """
        arguments = [tf.constant(np.asarray(a, "float64")) for a in (start, *problem)]
        if self.weighting is not None:
            if not self.weighting.built:
                self.weighting.build(tuple(self.losses(*arguments).shape))
            # Every descent begins with the weighting as it was.
            self._begin = self._begin or [v.numpy() for v in self.weighting.variables]
            for variable, value in zip(self.weighting.variables, self._begin, strict=True):
                variable.assign(value)
        return np.concatenate([arguments[0][None], self._run(*arguments).numpy()])

    def _descend(self, start, *problem):
        """Points reached after every so many steps."""

        def step(number, *state):
            return number + 1, *self._step(number, *state, problem)

        def point(index, path, *state):
            first = index * self.every
            _, *state = tf.while_loop(
                lambda number, *_: number < first + self.every, step, (first, *state)
            )
            return index + 1, path.write(index, state[0]), *state

        path = tf.TensorArray(start.dtype, self.points, element_shape=start.shape)
        state = (start, tf.zeros_like(start), tf.zeros_like(start))
        _, path, *_ = tf.while_loop(
            lambda index, *_: index < self.points, point, (tf.constant(0), path, *state)
        )
        return path.stack()

    def _step(self, number, x, mean, square, problem):
        with tf.GradientTape(persistent=True) as tape:
            tape.watch(x)
            losses = self.losses(x, *problem)
            each = tf.unstack(losses)
        update = self._update(losses, tf.stack([tape.gradient(loss, x) for loss in each]))
        count = tf.cast(number, x.dtype)
        rate = self.learning_rate * self.decay**count
        if self.adam:
            mean = 0.9 * mean + 0.1 * update
            square = 0.999 * square + 0.001 * update**2
            root = tf.sqrt(square / (1 - 0.999 ** (count + 1)))
            update = mean / (1 - 0.9 ** (count + 1)) / (root + 1e-8)
        after = x - rate * update
        if getattr(self.weighting, "compares_losses", False):
            self.weighting.update(losses, self.losses(after, *problem))
        return after, mean, square

    def _update(self, losses, jacobian):
        weighting = self.weighting
        if weighting is None:
            return tf.reduce_sum(jacobian, axis=0)
        if isinstance(weighting, Aggregator):
            return weighting(losses, jacobian)
        of_losses = isinstance(weighting, LossWeighting)
        gramian = () if of_losses else (tf.matmul(jacobian, jacobian, transpose_b=True),)
        weights = weighting(losses, *gramian)
        return tf.linalg.matvec(jacobian, weights, transpose_a=True)
