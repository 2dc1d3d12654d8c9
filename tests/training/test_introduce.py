import keras
import numpy as np
import pytest

from mtlkeras import MultiTaskModel
from mtlkeras.training import Introduce, TrainOptions
from mtlkeras.training._fit import paced
from mtlkeras.training._introduce import ramp

ROWS = 16


def model():
    x = keras.Input((2,))
    h = keras.layers.Dense(2, name="trunk")(x)
    made = MultiTaskModel(x, {t: keras.layers.Dense(1, name=t)(h) for t in ("buy", "click")})
    made.compile("sgd", loss="mse")
    return made


def fit(callback, epochs, validate=True, **kwargs):
    """Fits 4 steps an epoch; returns the model, its history and the factors each step had."""
    x = np.ones((ROWS, 2), "float32")
    y = {"buy": x[:, :1], "click": x[:, 1:]}
    made, seen = model(), []
    made.steps_per_execution = kwargs.pop("steps_per_execution", 1)
    watch = keras.callbacks.LambdaCallback(
        on_train_batch_begin=lambda batch, logs: seen.append(
            made._task_losses.pace.factors.numpy().tolist()
        )
    )
    history = made.fit(
        x,
        y,
        batch_size=4,
        epochs=epochs,
        validation_data=(x, y) if validate else None,
        callbacks=[callback, watch],
        verbose=0,
    )
    return made, history.history, seen


def test_the_ramp_by_hand():
    assert [ramp(t, 1, 3) for t in (0, 1, 1.5, 2, 2.5, 3, 4)] == [0, 0, 0.25, 0.5, 0.75, 1, 1]
    assert [ramp(t, 2, 2) for t in (1, 1.99, 2, 3)] == [0, 0, 1, 1]


def test_factors_rise_step_by_step():
    made, history, seen = fit(Introduce({"buy": (2, 4), "click": (2, 2)}), epochs=4)
    # Tasks come sorted: buy, click. Epochs 2 and 3 are 8 steps from 0 to 1.
    buy = [0.0] * 4 + [step / 8 for step in range(8)] + [1.0] * 4
    assert [factors[0] for factors in seen] == pytest.approx(buy)
    assert [factors[1] for factors in seen] == [0.0] * 4 + [1.0] * 12
    assert history["buy_pace"] == pytest.approx([0.0, 0.375, 0.875, 1.0])
    # Afterwards all count again, and validation counted all of the time.
    assert made._task_losses.pace.factors.numpy().tolist() == [1, 1]
    sums = np.add(history["val_buy_loss"], history["val_click_loss"])
    np.testing.assert_allclose(history["val_loss"], sums, rtol=1e-5)
    assert history["loss"][0] == 0.0


def test_several_steps_at_once_have_the_factor_of_the_first():
    _, _, seen = fit(Introduce({"buy": (1, 3)}), 2, validate=False, steps_per_execution=2)
    assert [factors[0] for factors in seen] == pytest.approx([0, 0.25, 0.5, 0.75])


def test_steps_may_be_counted():
    _, _, seen = fit(Introduce({"buy": (3, 7)}, unit="steps"), 2, validate=False)
    expected = [0, 0, 0, 0.25, 0.5, 0.75, 1, 1]
    assert [factors[0] for factors in seen] == pytest.approx(expected)


@pytest.mark.parametrize("times", [(0, 2), (3, 2), (1,), 4, (1.5, 2)])
def test_wrong_epochs_are_told(times):
    text = r"Task 'buy' should be introduced at two whole numbers .*such as \(2, 4\)\. Received"
    with pytest.raises(ValueError, match=text):
        Introduce({"buy": times})
    with pytest.raises(ValueError, match=text):
        TrainOptions(introduce={"buy": times})


def test_a_wrong_unit_is_told():
    with pytest.raises(ValueError, match="`unit` should be one of 'epochs', 'steps'"):
        Introduce({"buy": (1, 2)}, unit="h")


def test_an_unknown_task_is_told_before_the_first_step():
    with pytest.raises(ValueError, match=r"Introduce.*'bui'.*Did you mean 'buy'"):
        fit(Introduce({"bui": (1, 2)}), 1)


def test_only_multi_task_models_are_paced():
    other = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    other.compile("sgd", "mse")
    x = np.ones((4, 2))
    with pytest.raises(ValueError, match=r"Introduce paces .*MultiTaskModel. Received: Sequent"):
        other.fit(x, x[:, :1], callbacks=[Introduce({})], verbose=0)


def test_options_become_callbacks():
    assert paced(TrainOptions()) == []
    first, second = paced(TrainOptions(introduce={"buy": (2, 4)}, task_patience=3))
    assert (first.tasks, second.patience) == ({"buy": (2, 4)}, 3)
