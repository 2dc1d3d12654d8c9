"""Interactions between encoded features and a trunk, through whole models."""

import keras
import numpy as np
import pytest

import mtlkeras as mtl

TASKS = {"click": {"type": "binary"}, "buy": {"type": "binary"}}
# Two categories of 4 numbers each, the mean of a history of 4, a number.
WIDTH = 4 + 4 + 4 + 1
BOTTOM = mtl.trunks.SharedBottom(units=(6,))


@pytest.fixture(scope="module")
def data(shop):
    def columns(rng, rows):
        click = (rows["user"] == "u1") == (rows["item"] < "i3")
        return {
            "coupon": rng.normal(size=len(rows)),
            "click": click.astype(int),
            "buy": rng.integers(0, 2, len(rows)),
        }

    return shop({"coupon": {"type": "number", "tasks": ["buy"]}}, TASKS, columns)


def build(data, **options):
    trunk, preprocessing = options.pop("trunk", BOTTOM), data.preprocessing
    return mtl.build_model(preprocessing.spec, preprocessing, trunk, **options)


def width_before(model, layer):
    return model.get_layer(layer).input.shape[-1]


@pytest.mark.parametrize("name", mtl.interactions.__all__)
def test_every_interaction_is_trained_saved_and_reloaded_by_name(data, name, tmp_path):
    model = build(data, interaction=name, optimizer=mtl.optimizers.LazyAdam(0.01))
    (layer,) = [x for x in model.layers if type(x).__name__ == name]
    assert model.get_layer("shared_bottom").input is layer.output
    before = [variable.numpy() for variable in layer.trainable_variables]
    assert before
    history = model.fit(data.train, epochs=3, verbose=0).history["loss"]
    assert history[-1] < history[0]
    for old, variable in zip(before, layer.trainable_variables, strict=True):
        assert np.any(old != variable), variable.path
    model.save(tmp_path / "model.keras")
    features = next(iter(data.validation))[0]
    reloaded = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(reloaded(features)["click"], model(features)["click"])


def test_a_vector_interaction_reads_all_shared_features_side_by_side(data):
    model = build(data, interaction="cross_net")
    assert width_before(model, "cross_net") == WIDTH
    assert width_before(model, "shared_bottom") == WIDTH
    # What belongs to a task alone stays beside that task's representation.
    assert width_before(model, "buy") == 6 + 1


def test_a_token_interaction_reads_one_token_a_feature(data):
    model = build(data, interaction=mtl.interactions.DeepFM(dim=5, units=(3,)))
    tokens, _ = model.get_layer("feature_tokens").output
    assert tokens.shape == (None, 4, 5)
    assert width_before(model, "shared_bottom") == 1 + 5 + 3
    assert not model.get_layer("seen_pooling").return_tokens


def test_contexts_are_the_encoded_features_that_are_named(data):
    given = mtl.interactions.FinalMLP(units=(4,), contexts=("user", ["item", "price"]))
    model = build(data, interaction=given)
    layer = model.get_layer("finalmlp")
    assert layer.gates[0].hidden.stack[0].kernel.shape[0] == 4
    assert layer.gates[1].hidden.stack[0].kernel.shape[0] == 4 + 1
    assert layer.streams[0].stack[0].kernel.shape[0] == WIDTH
    model.fit(data.train, epochs=1, verbose=0)


def test_one_without_weights_is_copied_and_one_with_weights_is_used(data):
    given = mtl.interactions.CrossNet(rank=2, name="mine")
    model = build(data, interaction=given)
    assert not given.built
    assert model.get_layer("cross_net").rank == 2
    given.build((None, WIDTH))
    assert build(data, interaction=given).get_layer("mine") is given


@pytest.mark.parametrize(
    ("options", "text"),
    [
        (
            {"interaction": "cros_net"},
            r"interaction must be one of .*CrossNet.*'cros_net'\. Did you mean 'CrossNet'\?",
        ),
        (
            {"interaction": keras.layers.Dense(3)},
            r"interaction must be an interaction of mtlkeras.interactions, .*interaction=<Dense",
        ),
        (
            {"interaction": mtl.trunks.SharedBottom()},
            r"interaction must be an interaction of .*interaction=<SharedBottom",
        ),
        (
            {"interaction": "fm", "trunk": "transformer"},
            r"one vector, but Transformer takes tokens\. Leave the interaction out, .*'mmoe'.*=FM",
        ),
        (
            {"interaction": mtl.interactions.FinalMLP(contexts=("usr", None))},
            r"contexts of FinalMLP must name features .*Received: 'usr'\. Did you mean 'user'\?",
        ),
        (
            {"interaction": "cross_net", "trunk": "stem"},
            r"STEM reads features as each task has them.*Received: interaction=CrossNet",
        ),
        (
            {
                "interaction": "fm",
                "heads": {task: mtl.heads.TwoTower(user="user", item="item") for task in TASKS},
            },
            r"gives one vector, but no trunk reads it\. Leave the interaction out",
        ),
    ],
)
def test_refuses_what_does_not_fit(data, options, text):
    with pytest.raises(ValueError, match=text):
        build(data, **options)
