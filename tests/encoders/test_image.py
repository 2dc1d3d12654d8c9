import numpy as np
import pytest

from mtlkeras.encoders import Image


def test_forward_by_hand():
    encoder = Image(dim=1, filters=(1,))
    encoder.build((None, 2, 2, 1))
    # The only position sees all four pixels; those of the kernel's last row and column see none.
    kernel = np.zeros((3, 3, 1, 1))
    kernel[:2, :2, 0, 0] = [[1.0, 2.0], [3.0, 4.0]]
    encoder.convolutions[0].set_weights([kernel, np.array([0.5])])
    encoder.out.set_weights([np.array([[2.0]]), np.array([1.0])])
    pixels = np.array([[[[255], [0]], [[255], [255]]], [[[0], [0]], [[0], [255]]]], "uint8")
    # Scaled to 1 and -1: relu(1 - 2 + 3 + 4 + 0.5) = 6.5 and relu(-1 - 2 - 3 + 4 + 0.5) = 0.
    np.testing.assert_allclose(encoder(pixels), [[14.0], [1.0]], rtol=1e-6)


def test_each_convolution_halves_height_and_width():
    encoder = Image(dim=3, filters=(4, 5))
    encoder.build((None, 32, 20, 3))
    assert encoder.convolutions[1].compute_output_shape((None, 16, 10, 4)) == (None, 8, 5, 5)
    assert encoder.out.kernel.shape == (5, 3)


def test_refuses_no_filters():
    with pytest.raises(ValueError, match=r"filters must name the channels.*filters=\(\)"):
        Image(filters=())
