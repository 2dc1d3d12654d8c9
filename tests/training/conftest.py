from types import SimpleNamespace

import keras
import numpy as np
import pytest
import tensorflow as tf

from mtlkeras.encoders import EmbeddingTable

ROWS = 96


@pytest.fixture
def make_model():
    """Returns a function that builds a compiled model of two tasks on an embedding table."""

    def make(optimizer="adam"):
        keras.utils.set_random_seed(0)
        inputs = {
            "item": keras.Input((), dtype="int32", name="item"),
            "x": keras.Input((3,), name="x"),
        }
        vectors = EmbeddingTable(rows=8, dim=2, name="item_table")(inputs["item"])
        shared = keras.layers.Dense(4, activation="relu", name="trunk")(
            keras.layers.Concatenate(name="concatenate")([vectors, inputs["x"]])
        )
        outputs = {
            "click": keras.layers.Dense(1, activation="sigmoid", name="click")(shared),
            "dwell": keras.layers.Dense(1, name="dwell")(shared),
        }
        model = keras.Model(inputs, outputs)
        model.compile(
            optimizer,
            loss={"click": "binary_crossentropy", "dwell": "mse"},
            weighted_metrics={
                "click": [keras.metrics.AUC(name="auc")],
                "dwell": [keras.metrics.MeanAbsoluteError(name="mae")],
            },
        )
        return model

    return make


@pytest.fixture
def arrays():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(ROWS, 3)).astype("float32")
    features = {"item": rng.integers(1, 8, ROWS).astype("int32"), "x": x}
    labels = {"click": (x[:, 0] > 0).astype("float32"), "dwell": x[:, 1]}
    weights = {name: np.ones(ROWS, "float32") for name in labels}
    return features, labels, weights


@pytest.fixture
def data(arrays):
    """What `load_data` returns, as far as fitting needs it: 6 steps, then 3 of validation."""
    dataset = tf.data.Dataset.from_tensor_slices(arrays)
    return SimpleNamespace(
        train=dataset.batch(16),
        validation=dataset.batch(32),
        test=None,
        preprocessing=SimpleNamespace(
            spec=SimpleNamespace(name="tiny", scenario=None),
            inputs={"item": SimpleNamespace(table="item", size=8, sizes=None)},
            vocabulary=lambda feature: ["", "[unknown]", "[missing]", "tea", "a\tb\nc", " "],
        ),
        report=SimpleNamespace(splits={"train": SimpleNamespace(rows=ROWS)}),
    )


@pytest.fixture(autouse=True)
def plain(monkeypatch):
    monkeypatch.setenv("MTLKERAS_PLAIN", "1")
