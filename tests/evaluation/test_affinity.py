import keras
import numpy as np
import pytest
import tensorflow as tf

from mtlkeras import MultiTaskModel
from mtlkeras.evaluation import evaluate_affinity

TASKS = ("a", "b", "c", "d")
RNG = np.random.default_rng(0)
X = RNG.normal(size=(8, 2)).astype("float32")
SIGNAL = X @ np.array([1.0, -0.5], "float32")
NOISE = 0.2 * RNG.normal(size=(4, 8)).astype("float32")
# Two tasks want the shared weights to go one way, two the other.
Y = {t: (1 if t in "ab" else -1) * SIGNAL + n for t, n in zip(TASKS, NOISE, strict=True)}
KERNEL = np.array([0.1, 0.2])


def linear(tasks=TASKS):
    """`x . kernel` for every task, behind a head of weight 1."""
    x = keras.Input((2,), name="x")
    h = keras.layers.Dense(1, use_bias=False, name="trunk")(x)
    one = keras.initializers.Ones()
    settings = {"use_bias": False, "kernel_initializer": one}
    outputs = {t: keras.layers.Dense(1, name=t, **settings)(h) for t in tasks}
    model = MultiTaskModel({"x": x}, outputs)
    model.compile(loss="mse", loss_weights={tasks[0]: 7.0})
    model.get_layer("trunk").set_weights([KERNEL[:, None]])
    return model


def losses(kernel, rows=slice(None)):
    return np.array([np.mean((X[rows] @ kernel - Y[t][rows]) ** 2) for t in TASKS])


def gradients(rows=slice(None)):
    x = X[rows]
    return np.stack([2 * x.T @ (x @ KERNEL - Y[t][rows]) / len(x) for t in TASKS])


def by_hand(learning_rate, rows=slice(None)):
    after = [losses(KERNEL - learning_rate * g, rows) for g in gradients(rows)]
    return 1 - np.array(after) / losses(KERNEL, rows)


def test_a_linear_model_by_hand():
    model = linear()
    before = [np.array(v) for v in model.variables]
    found = evaluate_affinity(model, ({"x": X}, Y), learning_rate=0.2)
    assert list(found.frame.index) == list(found.frame.columns) == list(TASKS)
    np.testing.assert_allclose(found.frame, by_hand(0.2), rtol=1e-4)
    for value, variable in zip(before, model.variables, strict=True):
        np.testing.assert_array_equal(value, variable)


def test_signs_and_groups_of_opposed_and_aligned_tasks():
    found = evaluate_affinity(linear(), ({"x": X}, Y))
    expected = np.kron([[1, -1], [-1, 1]], np.ones((2, 2)))
    np.testing.assert_array_equal(np.sign(found.frame), expected)
    assert found.groups == [["a", "b"], ["c", "d"]]
    assert found.suggest(1) == [list(TASKS)]
    assert found.batches == 1


def test_small_steps_give_products_of_gradients():
    g = gradients()
    found = evaluate_affinity(linear(), ({"x": X}, Y), learning_rate=1e-3)
    np.testing.assert_allclose(found.frame, 1e-3 * g @ g.T / losses(KERNEL), rtol=0.01)


def test_the_mean_is_over_batches_that_have_both_labels():
    weights = {t: np.ones(8, "float32") for t in TASKS}
    weights["b"][4:] = 0.0
    weights["d"][:] = 0.0
    rows = []
    dataset = tf.data.Dataset.from_tensor_slices(({"x": X}, Y, weights)).batch(4)
    found = evaluate_affinity(linear(), dataset, learning_rate=0.1, progress=rows.append).frame
    first, second = by_hand(0.1, slice(0, 4)), by_hand(0.1, slice(4, 8))
    assert found.loc["a", "c"] == pytest.approx((first[0, 2] + second[0, 2]) / 2, rel=1e-4)
    assert found.loc["a", "b"] == pytest.approx(first[0, 1], rel=1e-4)
    assert found.loc["b", "a"] == pytest.approx(first[1, 0], rel=1e-4)
    assert found["d"].isna().all()
    assert found.loc["d"].isna().all()
    assert rows == [4, 4]
    fewer = evaluate_affinity(linear(), dataset, learning_rate=0.1, batches=1)
    np.testing.assert_allclose(fewer.frame.to_numpy()[:3, :3], first[:3, :3], rtol=1e-4)
    assert fewer.batches == 1


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        ({"groups": 5}, "`groups` should be an integer from 1 to the number of tasks, 4. Received"),
        ({"groups": 0}, "Received 0"),
        ({"learning_rate": 0.0}, "`learning_rate` should be a number above 0. Received 0.0"),
        ({"batches": 0}, "`batches` should be at least 1, or None for all. Received 0"),
    ],
)
def test_settings_are_checked(settings, text):
    with pytest.raises(ValueError, match=text):
        evaluate_affinity(linear(), ({"x": X}, Y), **settings)


def test_no_rows_are_an_error():
    empty = tf.data.Dataset.from_tensor_slices(({"x": X}, Y)).batch(4).take(0)
    with pytest.raises(ValueError, match=r"`dataset` should hold rows with labels. Received none"):
        evaluate_affinity(linear(), empty)


def test_models_of_other_kinds_are_refused():
    x = keras.Input((2,), name="x")
    outputs = {"a": keras.layers.Dense(1, name="a")(x)}
    rows = ({"x": X}, {"a": Y["a"]})
    with pytest.raises(ValueError, match=r"compiled mtlkeras.MultiTaskModel.*Received Functional"):
        evaluate_affinity(keras.Model({"x": x}, outputs), rows)
    with pytest.raises(ValueError, match="should be a compiled"):
        evaluate_affinity(MultiTaskModel({"x": x}, outputs), rows)
    with pytest.raises(ValueError, match="between tasks, and there is one only: 'a'"):
        evaluate_affinity(linear(("a",)), rows)
