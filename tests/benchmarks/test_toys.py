"""The toy problems are those of the papers, and their Pareto points are right."""

import numpy as np
import pytest
import tensorflow as tf

from benchmarks import toys


def gradients(losses, x) -> np.ndarray:
    """Jacobian at a point, `(tasks, n)`."""
    x = tf.constant(x, "float64")
    with tf.GradientTape() as tape:
        tape.watch(x)
        values = losses(x)
    return tape.jacobian(values, x).numpy()


def shortest(jacobian: np.ndarray) -> tuple[float, float]:
    """Length of the shortest convex combination of two gradients, and the first one's share."""
    first, second = jacobian
    share = np.clip(second @ (second - first) / np.sum((first - second) ** 2), 0.0, 1.0)
    return float(np.linalg.norm(share * first + (1 - share) * second)), float(share)


def test_the_valley_is_that_of_the_paper():
    # Its equations once more, as the paper writes them, at a point of either part.
    for first, second in ((-8.5, 7.5), (9.0, 9.0), (1.0, -3.0), (-7.5, -0.5)):
        h1 = abs(0.5 * (-first - 7) - np.tanh(-second))
        h2 = abs(0.5 * (-first + 3) + np.tanh(-second) + 2)
        upper, lower = max(np.tanh(0.5 * second), 0), max(np.tanh(-0.5 * second), 0)
        bowl1 = ((-first + 7) ** 2 + 0.1 * (-second - 8) ** 2) / 10 - 20
        bowl2 = ((-first - 7) ** 2 + 0.1 * (-second - 8) ** 2) / 10 - 20
        f1 = (np.log(h1) + 6) * upper + bowl1 * lower
        f2 = (np.log(h2) + 6) * upper + bowl2 * lower
        found = toys.valley(tf.constant([first, second], "float64"), np.float64(0.1))
        np.testing.assert_allclose(found, [0.1 * (f1 + 21), f2 + 21], rtol=1e-12)


def test_the_start_of_0_is_not_flat():
    jacobian = gradients(lambda x: toys.valley(x, np.float64(1)), [0.0, 0.0])
    # Half the height of the gorges there, less half that of the bowls.
    bowl = 4.9 + 0.64 - 20
    np.testing.assert_allclose(jacobian[:, 1], (np.log(3.5) + 6) / 2 - bowl / 2, rtol=1e-12)


def test_the_floor_of_the_valley_is_its_pareto_set():
    # What the paper draws.
    assert toys.floor_of_valley(0.0) == pytest.approx(-8.3552, abs=1e-4)
    for first in (-7.0, -3.0, 0.0, 5.0, 7.0):
        point = np.array([first, toys.floor_of_valley(first)])
        for scale in (1.0, 0.1):
            jacobian = gradients(lambda x, s=scale: toys.valley(x, np.float64(s)), point)
            assert shortest(jacobian)[0] < 1e-9
    far = toys.distance_to_floor(np.array([[10.0, float(toys.floor_of_valley(7.0))], [0.0, 0.0]]))
    np.testing.assert_allclose(far, [3.0, 8.3552], atol=1e-4)


def test_the_front_of_quadratics_is_stationary():
    rng = np.random.default_rng(0)
    centers, roots = rng.normal(size=(2, 3)), rng.normal(size=(2, 3, 3))
    curvatures = roots @ roots.transpose(0, 2, 1)
    for share in (0.0, 0.3, 1.0):
        point = toys.front_of_quadratics(centers, curvatures, share)
        jacobian = gradients(lambda x: toys.quadratics(x, centers, curvatures), point)
        length, found = shortest(jacobian)
        assert length < 1e-9
        assert found == pytest.approx(share, abs=1e-9)


def test_the_impartial_point_is_on_the_hyperbola_and_the_segment():
    centers, start = np.array([[1.0, 1.0, 0.0], [4.0, 5.0, 0.0]]), np.array([0.0, 4.0, 2.0])
    found = toys.impartial_point(centers, start)
    apart = np.linalg.norm(start - centers, axis=1)
    distances = np.linalg.norm(found - centers, axis=1)
    assert distances[0] - distances[1] == pytest.approx(apart[0] - apart[1])
    assert distances.sum() == pytest.approx(5.0)
