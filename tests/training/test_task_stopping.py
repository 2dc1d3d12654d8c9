import keras
import numpy as np
import pytest

from mtlkeras import MultiTaskModel
from mtlkeras.training import Introduce, TaskStopping, TrainingError

NAN = float("nan")


class Script(keras.callbacks.Callback):
    """Replaces logged values by given courses."""

    def __init__(self, **courses):
        super().__init__()
        self.courses = courses

    def on_epoch_end(self, epoch, logs=None):
        logs.update({name: course[epoch] for name, course in self.courses.items()})


def fit(callback, *before, validate=True, **courses):
    """Fits as many epochs as the courses tell of; returns the history and the model's changes."""
    keras.utils.set_random_seed(0)
    x = keras.Input((2,))
    h = keras.layers.Dense(2, name="trunk")(x)
    made = MultiTaskModel(x, {t: keras.layers.Dense(1, name=t)(h) for t in ("buy", "click")})
    made.compile("sgd", loss="mse")
    data = np.ones((4, 2), "float32"), {"buy": np.ones((4, 1)), "click": np.zeros((4, 1))}
    heads = []
    keep = keras.callbacks.LambdaCallback(
        on_epoch_end=lambda epoch, logs: heads.append(made.get_layer("click").kernel.numpy())
    )
    history = made.fit(
        *data,
        epochs=len(next(iter(courses.values()))),
        validation_data=data if validate else None,
        callbacks=[Script(**courses), *before, callback, keep],
        verbose=0,
    ).history
    moved = [bool((a != b).any()) for a, b in zip(heads[1:], heads, strict=False)]
    return history, moved


def test_a_task_that_gets_no_better_is_frozen_and_the_others_go_on():
    stop = TaskStopping(patience=2)
    history, moved = fit(
        stop,
        val_click_loss=[3.0, 2.0, 2.5, 2.0, 1.0, 0.5],
        val_buy_loss=[6.0, 5.0, 4.0, 3.0, 2.0, 1.0],
    )
    # Best in epoch 2; epochs 3 and 4 are no better: frozen from epoch 5 on, for good.
    assert stop.finished == {"click": 4}
    assert history["click_pace"] == [1, 1, 1, 1, 0, 0]
    assert history["buy_pace"] == [1] * 6
    assert moved == [True, True, True, False, False]


def test_the_weight_of_a_finished_task_may_decay():
    course = {"val_click_loss": [1.0, 2.0, 2.0, 2.0], "val_buy_loss": [4.0, 3.0, 2.0, 1.0]}
    history, moved = fit(TaskStopping(1, decay=0.5), **course)
    assert history["click_pace"] == [1, 1, 0.5, 0.25]
    assert moved == [True, True, True]


def test_training_ends_when_all_tasks_are_finished():
    course = {"val_click_loss": [1.0, 2.0, 2.0, 2.0], "val_buy_loss": [1.0, 1.0, 1.0, 1.0]}
    history, _ = fit(TaskStopping(2), **course)
    assert len(history["loss"]) == 3


def test_the_watched_value_has_a_direction():
    stop = TaskStopping(2, monitor={"click": "val_click_auc"})
    fit(stop, val_click_auc=[0.5, 0.6, 0.7, 0.8], val_buy_loss=[1.0, 2.0, 3.0, 4.0])
    assert stop.finished == {"buy": 3}


def test_nan_is_no_improvement_and_min_delta_counts():
    stop = TaskStopping(2, min_delta=0.1)
    fit(stop, val_click_loss=[NAN, NAN, 1.0], val_buy_loss=[1.0, 0.95, 0.92])
    assert stop.finished == {"click": 2, "buy": 3}


def test_a_task_is_not_judged_before_it_counts():
    stop = TaskStopping(1)
    course = {"val_click_loss": [1.0, 1.0, 1.0, 1.0], "val_buy_loss": [4.0, 3.0, 2.0, 1.0]}
    history, _ = fit(stop, Introduce({"click": (3, 3)}), **course)
    # Seen in epoch 3 for the first time, no better in epoch 4.
    assert stop.finished == {"click": 4}
    assert history["click_pace"] == [0, 0, 1, 1]


def test_losses_of_training_are_watched_where_there_is_no_validation():
    stop = TaskStopping(1)
    fit(stop, validate=False, click_loss=[1.0, 2.0], buy_loss=[2.0, 1.0])
    assert stop.finished == {"click": 2}


def test_a_value_that_nobody_logs_is_named():
    stop = TaskStopping(1, monitor={"click": "val_click_auc"})
    text = r"`monitor` of task 'click' should be one of .*val_loss.*Received 'val_click_auc'"
    with pytest.raises(TrainingError, match=text):
        fit(stop, val_buy_loss=[1.0])


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        ({"patience": 0}, "`patience` should be an integer from 1 on. Received 0"),
        ({"patience": 1, "decay": 1.0}, "`decay` should be at least 0 and below 1. Received 1.0"),
        ({"patience": 1, "min_delta": -1}, "`min_delta` should be at least 0. Received -1"),
        ({"patience": 1, "monitor": {"a": "val_a_calibration"}}, "which is best at 1"),
    ],
)
def test_wrong_settings_are_told(settings, text):
    with pytest.raises(ValueError, match=text):
        TaskStopping(**settings)


def test_an_unknown_task_is_told():
    with pytest.raises(ValueError, match=r"TaskStopping.*'clik'.*Did you mean 'click'"):
        fit(TaskStopping(1, monitor={"clik": "val_click_auc"}), val_buy_loss=[1.0])
