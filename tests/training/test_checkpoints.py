import keras
import numpy as np
import pandas as pd
import pytest

from mtlkeras.training import TrainingError
from mtlkeras.training._checkpoints import Checkpoints, higher_is_better


class Script(keras.callbacks.Callback):
    """Replaces the validation loss by a given course."""

    def __init__(self, values):
        super().__init__()
        self.values = values

    def on_epoch_end(self, epoch, logs=None):
        logs["val_loss"] = self.values[epoch]


def run(folder, model, data, values, patience=None, epochs=None):
    checkpoints = Checkpoints(folder, "val_loss", patience)
    weights = []
    keep = keras.callbacks.LambdaCallback(
        on_epoch_end=lambda epoch, logs: weights.append([w.numpy() for w in model.weights])
    )
    model.fit(
        data.train,
        validation_data=data.validation,
        epochs=epochs or len(values),
        callbacks=[Script(values), checkpoints, keep],
        verbose=0,
    )
    return checkpoints, weights


def saved(path):
    return [w.numpy() for w in keras.models.load_model(path).weights]


def same(a, b):
    return all(np.array_equal(x, y) for x, y in zip(a, b, strict=True))


def test_best_and_last_epoch_are_on_disk(tmp_path, make_model, data):
    checkpoints, weights = run(tmp_path, make_model(), data, [3.0, 1.0, 2.0])
    assert (checkpoints.best_epoch, checkpoints.epochs) == (2, 3)
    assert same(saved(tmp_path / "model.keras"), weights[1])
    assert same(saved(tmp_path / "checkpoints" / "last.keras"), weights[2])
    assert not same(weights[1], weights[2])


def test_the_history_holds_every_epoch(tmp_path, make_model, data):
    run(tmp_path, make_model(keras.optimizers.Adam(0.01)), data, [3.0, 1.0])
    history = pd.read_csv(tmp_path / "history.csv")
    assert history["epoch"].tolist() == [1, 2]
    assert history["val_loss"].tolist() == [3.0, 1.0]
    assert history["learning_rate"].tolist() == pytest.approx([0.01, 0.01])
    assert {"click_auc", "val_dwell_mae", "seconds"} <= set(history.columns)


def test_training_stops_when_it_gets_no_better(tmp_path, make_model, data):
    values = [3.0, 1.0, 2.0, 2.0, 0.5]
    checkpoints, _ = run(tmp_path, make_model(), data, values, patience=2)
    assert (checkpoints.best_epoch, checkpoints.epochs) == (2, 4)


def test_nan_is_never_the_best(tmp_path, make_model, data):
    checkpoints, _ = run(tmp_path, make_model(), data, [np.nan, 2.0, np.nan])
    assert checkpoints.best_epoch == 2


def test_a_file_system_without_links_gets_a_copy(tmp_path, make_model, data, monkeypatch):
    def no_links(source, target):
        raise OSError("not supported")

    monkeypatch.setattr("os.link", no_links)
    _, weights = run(tmp_path, make_model(), data, [1.0])
    assert same(saved(tmp_path / "model.keras"), weights[0])


@pytest.mark.parametrize(
    ("name", "higher"),
    [
        ("val_loss", False),
        ("val_click_auc", True),
        ("val_click_pr_auc", True),
        ("val_stars_accuracy", True),
        ("val_stars_macro_f1", True),
        ("val_spend_log_mae", False),
        ("val_quantity_poisson_deviance", False),
        ("click_log_loss", False),
    ],
)
def test_directions(name, higher):
    assert higher_is_better(name) == higher


def test_calibration_has_no_direction():
    with pytest.raises(ValueError, match="Received 'val_click_calibration', which is best at 1"):
        higher_is_better("val_click_calibration")


def test_a_value_that_nobody_logs_is_named(tmp_path, make_model, data):
    checkpoints = Checkpoints(tmp_path, "val_clik_auc", None)
    text = r"one of the logged values .*val_click_auc.*Received 'val_clik_auc'. Did you mean"
    with pytest.raises(TrainingError, match=text):
        make_model().fit(
            data.train, validation_data=data.validation, callbacks=[checkpoints], verbose=0
        )
