import keras
import numpy as np
import pytest

from mtlkeras import MultiTaskModel
from mtlkeras._objectives._pace import Pace
from mtlkeras.balancing import Uncertainty

ROWS = 12


def data():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(ROWS, 3)).astype("float32")
    return x, {"buy": x[:, :1] - x[:, 1:2], "click": x[:, 2:]}


def model(traces=None, loss_weights=None, weighting=None):
    def error(y_true, y_pred):
        if traces is not None:
            traces.append(1)
        return keras.losses.mean_squared_error(y_true, y_pred)

    keras.utils.set_random_seed(0)
    x = keras.Input((3,))
    h = keras.layers.Dense(4, name="trunk")(x)
    made = MultiTaskModel(x, {task: keras.layers.Dense(1, name=task)(h) for task in data()[1]})
    made.compile(
        keras.optimizers.SGD(0.1),
        loss={"click": error, "buy": "mse"},
        loss_weights=loss_weights,
        weighting=weighting,
    )
    return made


def weights(made):
    return {v.path: v.numpy() for v in made.trainable_variables if "uncertainty" not in v.path}


def test_factors_of_several_are_multiplied():
    pace = Pace(["a", "b", "c"])
    assert pace.factors.numpy().tolist() == [1, 1, 1]
    pace.set("x", {"a": 0.5, "b": 0.25})
    pace.set("y", {"b": 0.5})
    assert pace.factors.numpy().tolist() == [0.5, 0.125, 1]
    assert pace.of("b") == 0.125
    pace.set("x", {})
    assert pace.factors.numpy().tolist() == [1, 0.5, 1]


def test_validation_is_not_paced():
    pace = Pace(["a", "b"])
    pace.set("x", {"a": 0.5})
    pace.hold(True)
    assert pace.factors.numpy().tolist() == [1, 1]
    pace.set("x", {"a": 0.25})
    assert pace.factors.numpy().tolist() == [1, 1]
    assert pace.of("a") == 0.25
    pace.hold(False)
    assert pace.factors.numpy().tolist() == [0.25, 1]


def test_an_unknown_task_is_told():
    with pytest.raises(ValueError, match=r"pace of introduced.*'clik'.*Did you mean 'click'"):
        Pace(["click", "buy"]).set("introduced", {"clik": 0.5})


def test_a_paced_step_is_that_of_such_a_loss_weight():
    x, y = data()
    paced, weighed = model(loss_weights={"click": 4.0}), model(loss_weights={"click": 1.0})
    paced._task_losses.pace.set("x", {"click": 0.25})
    for each in (paced, weighed):
        each.train_on_batch(x, y)
    for path, value in weights(weighed).items():
        np.testing.assert_allclose(weights(paced)[path], value, rtol=1e-6, err_msg=path)


@pytest.mark.parametrize("weighting", [None, Uncertainty])
def test_a_task_of_pace_0_trains_nothing_and_no_change_traces_anew(weighting):
    x, y = data()
    traces = []
    made = model(traces, weighting=weighting and weighting())
    made.train_on_batch(x, y)
    traced = len(traces)
    assert traced > 0
    own = made.get_layer("click").kernel
    pace, before = made._task_losses.pace, own.numpy()
    # What a weighting learns of the task rests as well while it does not count.
    learned = [v for v in made.trainable_variables if v.shape == (2,)]
    was = [v.numpy()[1] for v in learned]
    pace.set("x", {"click": 0.0})
    made.train_on_batch(x, y)
    np.testing.assert_array_equal(own, before)
    assert [v.numpy()[1] for v in learned] == was
    pace.set("x", {"click": 0.5})
    made.train_on_batch(x, y)
    assert np.abs(own.numpy() - before).max() > 0
    assert all(v.numpy()[1] != old for v, old in zip(learned, was, strict=True))
    assert len(traces) == traced


def test_losses_are_logged_as_they_are():
    x, y = data()
    made = model()
    plain = made.test_on_batch(x, y, return_dict=True)
    made.reset_metrics()
    made._task_losses.pace.set("x", {"click": 0.0})
    paced = made.test_on_batch(x, y, return_dict=True)
    assert paced["click_loss"] == pytest.approx(plain["click_loss"])
    assert paced["loss"] == pytest.approx(plain["buy_loss"], rel=1e-6)
