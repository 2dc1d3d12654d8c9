"""Two toy problems whose Pareto points are known."""

import numpy as np
import tensorflow as tf

# Of Liu et al. (2023) and Navon et al. (2022) for the valley.
STARTS = ((-8.5, 7.5), (0.0, 0.0), (9.0, 9.0), (-7.5, -0.5), (9.0, -1.0))
SCALE = 0.1  # of the first loss of the valley, as in both papers
_LEAST = 5e-6  # below this, the logarithms of the valley go no deeper


def quadratics(x: tf.Tensor, centers: tf.Tensor, curvatures: tf.Tensor) -> tf.Tensor:
    """`f_k(x) = (x - a_k)^T A_k (x - a_k) / 2`, `(tasks,)`.

    Args:
        x: `(n,)`.
        centers: `a`, `(tasks, n)`.
        curvatures: `A`, `(tasks, n, n)`.
    """
    way = x - centers
    return tf.einsum("ki,kij,kj->k", way, curvatures, way) / 2


def front_of_quadratics(centers: np.ndarray, curvatures: np.ndarray, share: float) -> np.ndarray:
    """The Pareto point of two quadratics at which `share f_1 + (1 - share) f_2` is least.

    Args:
        centers: `a`, `(2, n)`.
        curvatures: `A`, `(2, n, n)`.
        share: From 0 to 1.

    Example:
        >>> front_of_quadratics(np.array([[0.0], [4.0]]), np.ones((2, 1, 1)), 0.25).tolist()
        [3.0]
    """
    parts = np.array([share, 1 - share])[:, None, None] * curvatures
    return np.linalg.solve(parts.sum(0), np.einsum("kij,kj->i", parts, centers))


def impartial_point(centers: np.ndarray, start: np.ndarray) -> np.ndarray:
    """Where descent along the bisector of the gradients ends, for two bowls `c_k |x - a_k|^2`.

    The unit gradients are `u_k = (x - a_k) / |x - a_k|`, so that a step along `-(u_1 + u_2)`
    leaves `|x - a_1| - |x - a_2|` as it is: paths are hyperbolas with the centers as foci, and
    end where these cut the segment between them, whatever the `c_k`. So do those of all methods
    whose update is along the bisector: the Nash bargaining solution, IMTL-G, ConFIG.

    Args:
        centers: `a`, `(2, n)`.
        start: `(n,)`.

    Example:
        >>> impartial_point(np.array([[0.0, 0.0], [4.0, 0.0]]), np.array([4.0, 3.0])).tolist()
        [3.0, 0.0]
    """
    first, second = np.linalg.norm(start - centers, axis=1)
    whole = np.linalg.norm(centers[1] - centers[0])
    return centers[0] + (whole + first - second) / (2 * whole) * (centers[1] - centers[0])


def valley(x: tf.Tensor, scale: tf.Tensor) -> tf.Tensor:
    """Two steep gorges that lead into one wide valley, whose floor is the Pareto set, `(..., 2)`.

    With `t = tanh(x_2 / 2)`, upper part `u = max(t, 0)` and lower part `l = max(-t, 0)`:
    `f_k = u (log |h_k| + 6) + l ((x_1 -+ 7)^2 / 10 + (x_2 + 8)^2 / 100 - 20)`,
    `h_1 = (x_1 + 7) / 2 - tanh x_2`, `h_2 = (7 - x_1) / 2 - tanh x_2`. Liu et al.,
    "Conflict-Averse Gradient Descent for Multi-task Learning" (2021); with the first loss
    scaled, Navon et al. (2022) and Liu et al., "FAMO" (2023). Here 21 is added, so that both
    losses are above 0, which changes no gradient.

    Args:
        x: `(..., 2)`.
        scale: Factor of the first loss.
    """
    first, second = x[..., :1], x[..., 1:]
    side = tf.constant([1.0, -1.0], x.dtype)
    gorges = (7 + side * first) / 2 - tf.tanh(second)
    gorges = tf.math.log(tf.maximum(tf.abs(gorges), _LEAST)) + 6
    bowls = (first - 7 * side) ** 2 / 10 + (second + 8) ** 2 / 100 - 20
    # Not relu, which would be flat at a start of 0.
    half = tf.tanh(second / 2)
    upper, lower = tf.maximum(half, 0.0), tf.maximum(-half, 0.0)
    return (upper * gorges + lower * bowls + 21) * tf.stack([scale, tf.ones_like(scale)])


def floor_of_valley(first: float | np.ndarray) -> np.ndarray:
    """`x_2` of the Pareto point with that `x_1`, from -7 to 7; some -8.4.

    There `p f_1 + (1 - p) f_2` is least for `x_1 = 7 (2 p - 1)`: with the bowls' weighted sum
    `q = 19.6 p (1 - p) + y^2 / 100 - 20`, `y = x_2 + 8`, the derivative of `q tanh(-x_2 / 2)` is
    0 for `y = 25 q / (cosh^2(x_2 / 2) tanh(-x_2 / 2))`, which is iterated.

    Args:
        first: `x_1`.

    Example:
        >>> np.round(floor_of_valley(np.array([0.0, 7.0])), 4).tolist()
        [-8.3552, -8.4251]
    """
    p = (1 + np.asarray(first) / 7) / 2
    y = np.zeros_like(p)
    for _ in range(80):
        half = (y - 8) / 2
        y = 25 * (19.6 * p * (1 - p) + y**2 / 100 - 20) / (np.cosh(half) ** 2 * np.tanh(-half))
    return y - 8


def distance_to_floor(x: np.ndarray) -> np.ndarray:
    """How far points are from the Pareto set of the valley, `(points,)`.

    Args:
        x: `(points, 2)`.
    """
    nearest = np.clip(x[:, 0], -7, 7)
    return np.hypot(x[:, 0] - nearest, x[:, 1] - floor_of_valley(nearest))
