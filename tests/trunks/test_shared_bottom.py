import keras
import numpy as np
import pytest

from mtlkeras.trunks import SharedBottom


def test_forward_by_hand():
    trunk = SharedBottom(units=(2, 1), tasks=["click", "buy"])
    trunk.build((None, 2))
    trunk.set_weights([
        np.array([[1.0, -1.0], [2.0, 1.0]]), np.array([0.5, 0.0]),
        np.array([[2.0], [3.0]]), np.array([-1.0]),
    ])  # fmt: skip
    # relu([1, -2] W1 + b1) = relu([-2.5, -3]) = 0, then relu(-1) = 0;
    # relu([3, 1] W1 + b1) = relu([5.5, -2]) = [5.5, 0], then 2 * 5.5 - 1 = 10.
    outputs = trunk(np.array([[1.0, -2.0], [3.0, 1.0]], "float32"))
    np.testing.assert_allclose(outputs["click"], [[0.0], [10.0]])
    np.testing.assert_allclose(outputs["buy"], outputs["click"])


def test_activation_may_be_a_function():
    trunk = SharedBottom(units=(2,), activation=keras.activations.tanh, tasks=["click"])
    copy = SharedBottom.from_config(trunk.get_config())
    x = np.ones((1, 3), "float32")
    trunk(x), copy(x)
    copy.set_weights(trunk.get_weights())
    (kernel, bias) = trunk.get_weights()
    np.testing.assert_allclose(copy(x)["click"], np.tanh(x @ kernel + bias), rtol=1e-6)


def test_drops_out_after_each_layer_in_training():
    trunk = SharedBottom(units=(50, 1000), activation="linear", dropout=0.5, tasks=["click"])
    h = trunk(np.ones((1, 4), "float32"), training=True)["click"].numpy()
    assert 400 < np.sum(h == 0) < 600


@pytest.mark.parametrize("units", [(), (8, 0), (8, 2.5), 8, "8"])
def test_refuses_bad_units(units):
    with pytest.raises(ValueError, match=r"SharedBottom: units must be a list of one or more"):
        SharedBottom(units=units)
