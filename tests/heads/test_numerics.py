import numpy as np
import pytest
import tensorflow as tf

from mtlkeras.heads._numerics import (
    bounded,
    class_rates,
    inverse_softplus,
    logit,
    weighted_counts,
    weighted_rate,
)


def test_bounded_clips_but_lets_the_gradient_pass():
    x = tf.constant([-1e9, -3.0, 0.5, 3.0, 1e9])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = bounded(x, -2.0, 2.0)
    np.testing.assert_array_equal(y, [-2.0, -2.0, 0.5, 2.0, 2.0])
    np.testing.assert_array_equal(tape.gradient(y, x), np.ones(5))


def test_inverses():
    assert 1 / (1 + np.exp(-logit(0.3))) == pytest.approx(0.3)
    assert np.log1p(np.exp(inverse_softplus(1e-3))) == pytest.approx(1e-3)
    assert np.log1p(np.exp(inverse_softplus(30.0))) == pytest.approx(30.0)


def test_class_rates_are_never_0():
    assert class_rates([7, 0, 0]) == pytest.approx([0.8, 0.1, 0.1])


def test_class_weights_reweight():
    assert weighted_rate(0.2, None) == 0.2
    assert weighted_rate(0.2, (1.0, 4.0)) == pytest.approx(0.5)
    assert weighted_counts([4, 1], (0.5, 2.0)) == [2.0, 2.0]
    assert weighted_counts(None, (0.5, 2.0)) is None
