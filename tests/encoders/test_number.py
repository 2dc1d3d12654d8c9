import keras
import numpy as np

from mtlkeras.encoders import Number


def test_passes_values_and_indicator_through():
    x = np.array([[0.5, 0.0], [-1.5, 1.0]], "float32")
    np.testing.assert_array_equal(Number()(x), x)


def test_gives_floats_of_integers():
    h = Number()(np.array([[3], [4]], "int32"))
    assert keras.backend.standardize_dtype(h.dtype) == "float32"
