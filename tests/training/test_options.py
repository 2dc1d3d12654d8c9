import json
from pathlib import Path

import keras
import pytest

from mtlkeras.training import TrainOptions
from mtlkeras.training._options import resolve


def test_a_prepared_folder_is_a_path_in_json():
    assert TrainOptions(prepared=Path("rows")).as_json()["prepared"] == "rows"
    assert TrainOptions().as_json()["prepared"] is None


def test_settings_come_over_options():
    options = resolve(TrainOptions(epochs=7, seed=1), {"seed": 2})
    assert (options.epochs, options.seed) == (7, 2)
    assert resolve(None, {}) == TrainOptions()


def test_unknown_settings_get_a_suggestion():
    text = r"train\(\) should have options among trunk, .*Received 'epoch'. Did you mean 'epochs'\?"
    with pytest.raises(TypeError, match=text):
        resolve(None, {"epoch": 3})


@pytest.mark.parametrize(
    ("setting", "text"),
    [
        ({"epochs": 0}, "`epochs` should be an integer from 1 on. Received 0"),
        ({"batch_size": 1.5}, "`batch_size` should be an integer from 1 on. Received 1.5"),
        (
            {"steps_per_execution": 0},
            "`steps_per_execution` should be an integer from 1 on. Received 0",
        ),
        (
            {"monitor_gradients": 0},
            "`monitor_gradients` should be an integer from 1 on. Received 0",
        ),
        ({"patience": 0}, "`patience` should be at least 1, or None. Received 0"),
        ({"task_patience": 0}, "`task_patience` should be at least 1, or None. Received 0"),
        ({"learning_rate": 0}, "`learning_rate` should be above 0. Received 0"),
        ({"cache": "ram"}, "`cache` should be one of 'memory', 'disk', None. Received 'ram'"),
        ({"schedule": "cos"}, "`schedule` should be one of 'constant', 'cosine'. Received 'cos'"),
        (
            {"trunk": keras.layers.Dense(1), "trunk_options": {"units": 3}},
            "`trunk_options` should be left out where `trunk` is a layer",
        ),
        (
            {"funnel_options": {"estimator": "ips"}},
            "`funnel_options` should be left out where there is no `funnel`. .*Name a funnel, such",
        ),
        (
            {"funnel": keras.layers.Dense(1), "funnel_options": {"estimator": "ips"}},
            "`funnel_options` should be left out where `funnel` is a layer",
        ),
        (
            {"interaction_options": {"rank": 16}},
            "`interaction_options` .* there is no `interaction`. .*Name an interaction, such as "
            "interaction='cross_net'",
        ),
        (
            {"weighting_options": {"scope": "parameters"}},
            "`weighting_options` .* there is no `weighting`. .*such as weighting='famo'",
        ),
        (
            {"introduce": {"buy": (4, 5)}},
            r"Task 'buy' should be introduced in one of the 3 epochs. Received \(4, 5\). Let it",
        ),
        (
            {"heads": {"click": keras.layers.Dense(1)}, "head_options": {"click": {"dim": 3}}},
            "`head_options` of 'click' should be left out where its head is a layer",
        ),
    ],
)
def test_wrong_values_are_named(setting, text):
    with pytest.raises(ValueError, match=text):
        TrainOptions(**setting)


def test_options_are_json_with_layers_as_keras_writes_them():
    options = TrainOptions(trunk=keras.layers.Dense(3, name="mine"), tower=(8, 4))
    content = json.loads(json.dumps(options.as_json()))
    assert content["tower"] == [8, 4]
    assert content["trunk"]["class_name"] == "Dense"
    assert content["trunk"]["config"]["units"] == 3
