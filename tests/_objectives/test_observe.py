import keras
import numpy as np
import pytest

from mtlkeras import MultiTaskModel
from mtlkeras._objectives import observe
from mtlkeras.balancing import RLW, GradDrop, GradNorm, PCGrad, Uncertainty

X = np.array([[1.0, 2.0], [3.0, -1.0]], "float32")
Y = {"a": np.array([1.0, -1.0], "float32"), "b": np.array([2.0, 0.5], "float32")}
KERNEL, HEADS, FACTORS = np.array([0.5, -1.0]), {"a": 1.5, "b": -2.0}, {"a": 1.0, "b": 3.0}


def linear(weighting=None):
    """`head * (x . kernel)` for each task, squared loss."""
    x = keras.Input((2,), name="x")
    h = keras.layers.Dense(1, use_bias=False, name="trunk")(x)
    outputs = {task: keras.layers.Dense(1, use_bias=False, name=task)(h) for task in HEADS}
    model = MultiTaskModel({"x": x}, outputs)
    model.compile(keras.optimizers.SGD(0.1), loss="mse", loss_weights=FACTORS, weighting=weighting)
    model.get_layer("trunk").set_weights([KERNEL[:, None]])
    for task, head in HEADS.items():
        model.get_layer(task).set_weights([np.array([[head]])])
    return model


def gradients():
    """Of the losses without loss weights, in the kernel of the trunk."""
    h = X @ KERNEL
    return {
        task: np.mean(2 * (head * h - Y[task]) * head * X.T, axis=1) for task, head in HEADS.items()
    }


def batch():
    return keras.tree.map_structure(keras.ops.convert_to_tensor, ({"x": X}, Y))


def test_the_gramian_is_that_of_the_losses_times_their_weights():
    rows = np.stack([FACTORS[task] * g for task, g in gradients().items()])
    seen = observe(linear(), batch())
    np.testing.assert_allclose(seen.gramian, rows @ rows.T, rtol=1e-5)


def test_without_a_weighting_the_weights_are_the_loss_weights():
    np.testing.assert_allclose(observe(linear(), batch()).weights, [1.0, 3.0])


@pytest.mark.parametrize(
    "weighting",
    [PCGrad, lambda: PCGrad(scope="parameters"), RLW, GradNorm, Uncertainty],
    ids=["representation", "parameters", "rlw", "gradnorm", "uncertainty"],
)
def test_the_weights_are_those_of_the_step_that_follows(weighting):
    model = linear(weighting())
    rows = np.stack(list(gradients().values()))
    # The second step: what a weighting learned in the first, and drew, counts.
    model.train_on_batch({"x": X}, Y)
    model.get_layer("trunk").set_weights([KERNEL[:, None]])
    for task, head in HEADS.items():
        model.get_layer(task).set_weights([np.array([[head]])])
    state = [np.array(v) for v in model.weighting.variables]
    seen = observe(model, batch())
    for before, now in zip(state, model.weighting.variables, strict=True):
        np.testing.assert_array_equal(before, now)
    model.train_on_batch({"x": X}, Y)
    moved = model.get_layer("trunk").get_weights()[0][:, 0] - KERNEL
    np.testing.assert_allclose(moved, -0.1 * np.array(seen.weights) @ rows, rtol=1e-4)


def test_nothing_shared_is_an_error():
    x = keras.Input((2,), name="x")
    outputs = {task: keras.layers.Dense(1, name=task)(x) for task in HEADS}
    model = MultiTaskModel({"x": x}, outputs)
    model.compile(loss="mse")
    with pytest.raises(ValueError, match="no dense weight of this model reaches two tasks"):
        observe(model, batch())


def test_a_method_without_weights_has_none_to_show():
    seen = observe(linear(GradDrop()), batch())
    assert np.isnan(seen.weights).all()
    assert np.isfinite(seen.gramian).all()
