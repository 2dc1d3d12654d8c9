import numpy as np
import pytest
import tensorflow as tf

from mtlkeras._layers import masked_max, masked_mean, masked_softmax

X = np.array([[[1.0, -4.0], [3.0, -2.0], [100.0, 100.0]], [[5.0, 5.0]] * 3], "float32")
MASK = np.array([[True, True, False], [False, False, False]])


def test_softmax_spreads_over_valid_entries():
    logits = np.log([[1.0, 3.0, 50.0], [2.0, 2.0, 2.0]]).astype("float32")
    weights = masked_softmax(logits, MASK)
    np.testing.assert_allclose(weights, [[0.25, 0.75, 0.0], [0.0, 0.0, 0.0]], rtol=1e-6)
    np.testing.assert_allclose(
        masked_softmax(logits, None), [[1 / 54, 3 / 54, 50 / 54], [1 / 3] * 3], rtol=1e-5
    )


def test_softmax_over_another_axis():
    logits = np.log([[1.0, 3.0], [3.0, 1.0]]).astype("float32")
    mask = np.array([[True, False], [True, True]])
    np.testing.assert_allclose(
        masked_softmax(logits, mask, axis=0), [[0.25, 0.0], [0.75, 1.0]], rtol=1e-6
    )


@pytest.mark.parametrize("dtype", ["bfloat16", "float64"])
def test_softmax_keeps_the_dtype(dtype):
    assert masked_softmax(tf.zeros((2, 3), dtype), MASK).dtype == dtype


def test_mean_and_max_leave_padding_out():
    np.testing.assert_allclose(masked_mean(X, MASK), [[2.0, -3.0], [0.0, 0.0]])
    np.testing.assert_allclose(masked_max(X, MASK), [[3.0, -2.0], [0.0, 0.0]])


@pytest.mark.parametrize("reduce", [masked_mean, masked_max])
def test_padding_gets_no_gradient_and_no_nan(reduce):
    x = tf.constant(np.where(MASK[..., None], X, np.inf))
    with tf.GradientTape() as tape:
        tape.watch(x)
        loss = tf.reduce_sum(reduce(x, MASK))
    gradient = tape.gradient(loss, x).numpy()
    assert np.isfinite(loss)
    np.testing.assert_array_equal(gradient[~MASK], np.zeros((4, 2)))
    assert np.any(gradient[MASK])
