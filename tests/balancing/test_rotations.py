import keras
import numpy as np
import tensorflow as tf

from mtlkeras.balancing import Rotations


def test_turns_each_row_by_the_cayley_transform():
    layer = Rotations(["click", "buy"])
    x = np.array([[1.0, 2.0], [3.0, 4.0]], "float32")
    for turned in layer(x).values():
        np.testing.assert_array_equal(turned, x)
    # (I - A)^(-1) (I + A) of A = [[0, -t], [t, 0]] turns by 2 arctan t.
    t = np.tan(np.pi / 8)
    layer.generators.assign([[[0.0, -t], [0.0, 0.0]], [[0.0, 0.0], [0.0, 0.0]]])
    c = np.cos(np.pi / 4)
    turned = layer(x)
    np.testing.assert_allclose(turned["click"], x @ np.array([[c, c], [-c, c]]), rtol=1e-5)
    np.testing.assert_array_equal(turned["buy"], x)
    compiled = tf.function(layer, jit_compile=True)(x)
    np.testing.assert_allclose(compiled["click"], turned["click"], rtol=1e-5)


def test_matrices_are_rotations_whatever_the_generators():
    layer = Rotations(["a", "b", "c"])
    layer.build((None, 4))
    layer.generators.assign(np.random.default_rng(0).normal(size=(3, 4, 4)))
    matrices = layer.matrices().numpy()
    products = matrices @ matrices.transpose(0, 2, 1)
    np.testing.assert_allclose(products, [np.eye(4)] * 3, atol=1e-5)
    np.testing.assert_allclose(np.linalg.det(matrices), 1.0, rtol=1e-4)


def test_no_optimizer_trains_it_and_it_is_saved(tmp_path):
    x = keras.Input((3,))
    layer = Rotations(["a", "b"], name="turned")
    model = keras.Model(x, layer(x))
    assert not model.trainable_variables
    layer.generators.assign(np.random.default_rng(0).normal(size=(2, 3, 3)))
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    rows = np.ones((2, 3), "float32")
    for task, turned in model(rows).items():
        np.testing.assert_array_equal(loaded(rows)[task], turned)


def test_half_precision_in_and_out():
    layer = Rotations(["a"], dtype="mixed_bfloat16")
    assert layer(np.ones((2, 3), "float32"))["a"].dtype == "bfloat16"
    assert layer.generators.dtype == "float32"
