import keras
import numpy as np
import pytest
import tensorflow as tf

from mtlkeras.heads._class_losses import ClassCrossentropy
from mtlkeras.heads._focal import YesNoCrossentropy

P = np.array([[0.9], [0.2], [0.6], [0.4]], "float32")
Y = np.array([1.0, 0.0, 0.0, 1.0], "float32")


def test_yes_or_no_by_hand():
    terms = [
        -(0.1**2) * np.log(0.9),
        -(0.2**2) * np.log(0.8),
        -(0.6**2) * np.log(0.4),
        -(0.6**2) * np.log(0.4),
    ]
    loss = YesNoCrossentropy(gamma=2.0)
    np.testing.assert_allclose(loss(Y, P), np.mean(terms), rtol=1e-5)
    w = np.array([1.0, 3.0, 0.0, 2.0])
    np.testing.assert_allclose(loss(Y, P, sample_weight=w), np.dot(terms, w) / w.sum(), rtol=1e-5)


@pytest.mark.parametrize("smoothing", [0.0, 0.2])
def test_gamma_0_is_cross_entropy(smoothing):
    rng = np.random.default_rng(0)
    p = keras.activations.sigmoid(tf.constant(5 * rng.normal(size=(20, 3)), "float32"))
    y = rng.integers(0, 2, (20, 3)).astype("float32")
    stock = keras.losses.BinaryCrossentropy(label_smoothing=smoothing)
    np.testing.assert_allclose(YesNoCrossentropy(0.0, smoothing)(y, p), stock(y, p), rtol=1e-6)
    q = keras.activations.softmax(tf.constant(5 * rng.normal(size=(20, 4)), "float32"))
    ids = rng.integers(0, 4, 20)
    plain = ClassCrossentropy(smoothing)(ids, q)
    # The focal road with a gamma of almost nothing.
    np.testing.assert_allclose(ClassCrossentropy(smoothing, 1e-9)(ids, q), plain, rtol=1e-5)


def test_smoothing_is_linear_in_the_target():
    y, p = np.array([1.0], "float32"), np.array([[0.9]], "float32")
    expected = -0.9 * 0.1**2 * np.log(0.9) - 0.1 * 0.9**2 * np.log(0.1)
    np.testing.assert_allclose(YesNoCrossentropy(2.0, 0.2)(y, p), expected, rtol=1e-5)


def test_weights_of_classes_balance_them():
    # 1 row in 4 has the class; balanced, it weighs as much as the 3 others: 2 beside 2/3.
    loss = YesNoCrossentropy(0.0, positive_weights=[3.0], rates=[0.25])
    y = np.array([1.0, 0.0, 0.0, 0.0], "float32")
    p = np.full((4, 1), 0.3, "float32")
    expected = -(2 * np.log(0.3) + 3 * (2 / 3) * np.log(0.7)) / 4
    np.testing.assert_allclose(loss(y, p), expected, rtol=1e-5)
    # As Lin's alpha of 0.75, but for the scale.
    focal = YesNoCrossentropy(2.0, positive_weights=[3.0])(y[:2], p[:2])
    lin = (-0.75 * 0.7**2 * np.log(0.3) - 0.25 * 0.3**2 * np.log(0.7)) / 2
    np.testing.assert_allclose(focal, lin * 2, rtol=1e-5)


def test_classes_by_hand():
    p = np.array([[0.7, 0.2, 0.1], [0.3, 0.6, 0.1]], "float32")
    loss = ClassCrossentropy(gamma=2.0)
    expected = [-(0.3**2) * np.log(0.7), -(0.9**2) * np.log(0.1)]
    np.testing.assert_allclose(loss(np.array([0, 2]), p), np.mean(expected), rtol=1e-5)
    smooth = ClassCrossentropy(label_smoothing=0.3, gamma=1.0)(np.array([0]), p[:1])
    terms = (1 - p[0]) * -np.log(p[0])
    np.testing.assert_allclose(smooth, np.dot([0.8, 0.1, 0.1], terms), rtol=1e-5)


@pytest.mark.parametrize("gamma", [0.5, 1.0, 2.0, 5.0])
@pytest.mark.parametrize("kind", ["yes or no", "classes"])
def test_gradients_are_right_and_finite_where_probabilities_are_rounded(gamma, kind):
    if kind == "classes":
        loss, activate, y = ClassCrossentropy(gamma=gamma), keras.activations.softmax, [0]
        rows = [[0.3, -0.2], [60.0, -60.0], [-60.0, 60.0]]
    else:
        loss, activate, y = YesNoCrossentropy(gamma), keras.activations.sigmoid, [1.0]
        rows = [[0.3], [120.0], [-120.0]]

    def value(z):
        return loss(tf.constant(y), activate(z))

    for row in rows:
        z = tf.constant([row])
        with tf.GradientTape() as tape:
            tape.watch(z)
            found = value(z)
        gradient = tape.gradient(found, z).numpy()
        assert np.isfinite(found)
        assert np.isfinite(gradient).all()
        step = np.zeros_like(gradient)
        step[0, 0] = 0.02
        numeric = (value(z + step) - value(z - step)) / 0.04
        np.testing.assert_allclose(gradient[0, 0], numeric, rtol=2e-2, atol=2e-3)


def test_what_is_answered_well_counts_less():
    well, badly = (float(YesNoCrossentropy(2.0)(Y[:1], np.array([[p]]))) for p in (0.9, 0.1))
    plain = [float(YesNoCrossentropy(0.0)(Y[:1], np.array([[p]]))) for p in (0.9, 0.1)]
    assert well / plain[0] == pytest.approx(0.01, rel=1e-4)
    assert badly / plain[1] == pytest.approx(0.81, rel=1e-4)


def test_losses_reload():
    for loss in (YesNoCrossentropy(1.5, 0.1, [2.0], [0.3]), ClassCrossentropy(0.1, 2.0)):
        config = keras.saving.serialize_keras_object(loss)
        assert keras.saving.deserialize_keras_object(config).get_config() == loss.get_config()
