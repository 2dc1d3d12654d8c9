import keras
import numpy as np
import pytest
import tensorflow as tf

from mtlkeras import MultiTaskModel
from mtlkeras._objectives import Lookahead
from mtlkeras.encoders import EmbeddingTable

# Id 3 twice: its row is moved by both.
DATA = (
    {"x": np.array([[1.0], [-2.0], [0.5]], "float32"), "id": np.array([3, 3, 1], "int32")},
    {"a": np.array([1.0, 0.0, 2.0], "float32"), "b": np.array([-1.0, 1.0, 0.0], "float32")},
    {"a": np.array([1.0, 1.0, 0.0], "float32"), "b": np.array([1.0, 2.0, 1.0], "float32")},
)


@pytest.fixture(scope="module")
def model():
    keras.utils.set_random_seed(1)
    inputs = {
        "x": keras.Input((1,), name="x"),
        "id": keras.Input((), dtype="int32", name="id"),
    }
    rows = EmbeddingTable(rows=5, dim=2, name="table")(inputs["id"])
    h = keras.layers.Dense(3, "tanh", name="trunk")(keras.layers.Concatenate()([inputs["x"], rows]))
    h = keras.layers.Dropout(0.5)(keras.layers.BatchNormalization(name="norm")(h))
    model = MultiTaskModel(inputs, {t: keras.layers.Dense(1, name=t)(h) for t in ("a", "b")})
    # Their weights do not count.
    model.compile(loss="mse", loss_weights={"a": 5.0, "b": 0.0})
    return model


def taken(model, task, learning_rate, shared):
    """Losses after a step that is taken, and then undone."""
    x, y, w = keras.tree.map_structure(tf.convert_to_tensor, DATA)

    def losses():
        out = model(x, training=False)
        rows = {t: (out[t][:, 0] - y[t]) ** 2 * w[t] for t in ("a", "b")}
        return tf.stack([tf.reduce_sum(rows[t]) / tf.reduce_sum(w[t]) for t in ("a", "b")])

    with tf.GradientTape() as tape:
        loss = losses()[task]
    variables = [v for v in model.trainable_variables if v.path.split("/")[0] in shared]
    gradients = [tf.convert_to_tensor(g) for g in tape.gradient(loss, variables)]
    before = [np.array(v) for v in variables]
    for variable, gradient in zip(variables, gradients, strict=True):
        variable.assign(variable.value - learning_rate * gradient)
    after = losses().numpy()
    for variable, value in zip(variables, before, strict=True):
        variable.assign(value)
    return losses().numpy(), after


@pytest.mark.parametrize("tables", [True, False])
def test_losses_are_those_of_a_step_that_is_taken(model, tables):
    look = Lookahead(model, 0.3, tables)
    state = [np.array(v) for v in model.variables]
    shared = {"trunk", "norm"} | ({"table"} if tables else set())
    for task in (0, 1):
        before, after, active = (
            v.numpy() for v in look(keras.tree.map_structure(tf.convert_to_tensor, DATA), task)
        )
        expected = taken(model, task, 0.3, shared)
        np.testing.assert_allclose(before, expected[0], rtol=1e-5)
        np.testing.assert_allclose(after, expected[1], rtol=1e-5)
        assert active.tolist() == [True, True]
    for value, variable in zip(state, model.variables, strict=True):
        np.testing.assert_array_equal(value, variable)


def test_nothing_shared_is_an_error():
    x = keras.Input((1,), name="x")
    model = MultiTaskModel({"x": x}, {t: keras.layers.Dense(1, name=t)(x) for t in ("a", "b")})
    model.compile(loss="mse")
    data = keras.tree.map_structure(tf.convert_to_tensor, ({"x": DATA[0]["x"]}, DATA[1]))
    with pytest.raises(ValueError, match=r"no weight of this model reaches two tasks. Share"):
        Lookahead(model, 0.1)(data, 0)
