import math

import numpy as np

from mtlkeras.encoders import NumberSequence


def gelu(x):
    return x * 0.5 * (1 + math.erf(x / math.sqrt(2)))


def test_forward_by_hand():
    encoder = NumberSequence(dim=1)
    encoder.build((None, None, 2))
    encoder.hidden.set_weights([np.array([[2.0]]), np.array([1.0])])
    encoder.out.set_weights([np.array([[3.0]]), np.array([-1.0])])
    x = np.array([[[1.0, 1], [-1.0, 1], [9.0, 0]], [[0.5, 1], [0.0, 0], [0.0, 0]]], "float32")
    # w1 v + b1 is 3 and -1 in the first row, 2 in the second.
    expected = [[3 * (gelu(3) + gelu(-1)) / 2 - 1], [3 * gelu(2) - 1]]
    np.testing.assert_allclose(encoder(x), expected, rtol=1e-5)


def test_tells_sequences_of_equal_mean_apart():
    h = NumberSequence(dim=4)(np.array([[[-2.0, 1], [2.0, 1]], [[0.0, 1], [0.0, 1]]], "float32"))
    assert np.abs(h[0] - h[1]).max() > 1e-2
