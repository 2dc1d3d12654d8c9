import numpy as np

from mtlkeras._layers import MLP


def test_without_layers_passes_through():
    x = np.array([[1.0, -2.0]], "float32")
    np.testing.assert_array_equal(MLP(units=())(x), x)


def test_stacks_layers():
    mlp = MLP(units=(2, 1), activation="relu")
    mlp.build((None, 1))
    mlp.set_weights([
        np.array([[1.0, -1.0]]), np.array([0.0, 1.0]), np.array([[1.0], [2.0]]), np.array([0.5]),
    ])  # fmt: skip
    # relu(2, -1) = (2, 0) -> 2.5; relu(-3, 4) = (0, 4) -> 8.5
    np.testing.assert_allclose(mlp(np.array([[2.0], [-3.0]], "float32")), [[2.5], [8.5]])
    assert mlp.compute_output_shape((None, 7, 1)) == (None, 7, 1)
