"""A model of two shared parameters, small enough to follow by hand."""

import keras
import numpy as np
import pytest

from mtlkeras import MultiTaskModel

RATE = 0.002
POINT = np.array([1.5, 0.5], "float32")
HEADS = {"a": np.array([1.0, -1.0], "float32"), "b": np.array([-2.0, 0.5], "float32")}


@keras.saving.register_keras_serializable("mtlkeras_tests")
class Point(keras.layers.Layer):
    """`x * point`: at `x = 1` the representation is the parameters, and so are its gradients."""

    def build(self, shape):
        self.point = self.add_weight(shape=(2,), name="point")
        self.point.assign(POINT)

    def call(self, x):
        return x * self.point


def point_model(weighting=None, turn=None, **options):
    """`p_k = z . h_k`, `z` the point; losses are squares."""
    x = keras.Input((2,), name="x")
    z = Point(name="point")(x)
    shared = turn(z) if turn else dict.fromkeys(HEADS, z)
    outputs = {
        task: keras.layers.Dense(1, use_bias=False, name=task)(shared[task]) for task in HEADS
    }
    model = MultiTaskModel({"x": x}, outputs)
    for task, head in HEADS.items():
        model.get_layer(task).set_weights([head[:, None]])
    options = {"run_eagerly": True, **options}
    model.compile(keras.optimizers.SGD(RATE), loss="mse", weighting=weighting, **options)
    return model


def point_data(rows=3):
    """Labels that no answer comes near to, so that no loss is almost 0."""
    first = np.resize([-1.0, -0.5, 4.0], rows).astype("float32")
    second = np.resize([1.0, 0.5, 2.0, 3.0], rows).astype("float32")
    return {"x": np.ones((rows, 2), "float32")}, {"a": first, "b": second}


@pytest.fixture
def make_point():
    return point_model


@pytest.fixture
def point_rows():
    return point_data
