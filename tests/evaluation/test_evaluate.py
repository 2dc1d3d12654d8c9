from types import SimpleNamespace

import keras
import numpy as np
import pytest
import tensorflow as tf
from sklearn.metrics import mean_absolute_error, roc_auc_score

from mtlkeras.evaluation import evaluate


class Shop:
    """A preprocessing of which evaluation needs the scenario only."""

    spec = SimpleNamespace(scenario="channel")

    def vocabulary(self, feature):
        assert feature == "channel"
        return ["", "[unknown]", "[missing]", "app", "web", "all"]


@pytest.fixture
def rows():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(250, 3)).astype("float32")
    features = {"x": x, "channel": rng.integers(3, 6, 250).astype("int32")}
    labels = {
        "click": (x[:, 0] + rng.normal(size=250) > 0).astype("float32"),
        "dwell": (x[:, 1] + rng.normal(size=250)).astype("float32"),
    }
    weights = {
        "click": rng.integers(0, 3, 250).astype("float32"),
        "dwell": np.ones(250, "float32"),
    }
    return features, labels, weights


@pytest.fixture
def model():
    keras.utils.set_random_seed(0)
    inputs = {
        "x": keras.Input((3,), name="x"),
        "channel": keras.Input((), dtype="int32", name="channel"),
    }
    outputs = {
        "click": keras.layers.Dense(1, activation="sigmoid", name="click")(inputs["x"]),
        "dwell": keras.layers.Dense(1, name="dwell")(inputs["x"]),
    }
    model = keras.Model(inputs, outputs)
    model.compile(loss={"click": "binary_crossentropy", "dwell": "mse"})
    return model


def test_values_equal_sklearn_overall_and_per_scenario(model, rows):
    features, labels, weights = rows
    dataset = tf.data.Dataset.from_tensor_slices(rows).batch(64)
    evaluation = evaluate(model, dataset, Shop())
    p = model(features)
    click, dwell = p["click"].numpy()[:, 0], p["dwell"].numpy()[:, 0]
    for scenario, part in (("all", slice(None)), ("web", features["channel"] == 4)):
        assert evaluation.value("click", "auc", scenario) == pytest.approx(
            roc_auc_score(labels["click"][part], click[part], sample_weight=weights["click"][part])
        )
        assert evaluation.value("dwell", "mae", scenario) == pytest.approx(
            mean_absolute_error(labels["dwell"][part], dwell[part]), rel=1e-6
        )
    line = evaluation.frame.query("task == 'click' and scenario == 'app'").iloc[0]
    assert line["rows"] == ((features["channel"] == 3) & (weights["click"] > 0)).sum()
    assert line["kind"] == "binary"
    # A scenario that is called like the sum of all.
    assert "all (scenario)" in evaluation.frame["scenario"].tolist()


def test_scenarios_need_no_argument_where_the_model_carries_its_preprocessing(model, rows):
    model.preprocessing = Shop()
    evaluation = evaluate(model, rows)
    assert set(evaluation.frame["scenario"]) == {"all", "app", "web", "all (scenario)"}


def test_missing_scenarios_come_last(model, rows):
    features, labels, _ = rows
    features = features | {"channel": np.where(features["channel"] == 3, 2, features["channel"])}
    found = evaluate(model, (features, labels), Shop()).frame["scenario"].unique().tolist()
    assert found == ["all", "web", "all (scenario)", "[missing]"]


def test_arrays_need_neither_weights_nor_preprocessing(model, rows):
    features, labels, _ = rows
    evaluation = evaluate(model, (features, labels))
    assert set(evaluation.frame["scenario"]) == {"all"}
    p = model(features)["click"].numpy()[:, 0]
    assert evaluation.value("click", "auc") == pytest.approx(roc_auc_score(labels["click"], p))
    assert evaluation.reliability["click"]["rows"].sum() == 250


def test_batches_of_any_length_trace_the_model_once(rows):
    features, labels, _ = rows
    traces = []

    class Spy(keras.layers.Layer):
        def call(self, x):
            traces.append(1)
            return x

    x = keras.Input((3,), name="x")
    model = keras.Model({"x": x}, {"dwell": keras.layers.Dense(1, name="dwell")(Spy()(x))})
    model.compile(loss="mse")
    traces.clear()
    arrays = {"x": features["x"]}, {"dwell": labels["dwell"]}
    evaluate(model, tf.data.Dataset.from_tensor_slices(arrays).batch(64))
    assert len(traces) == 1


def test_sequences_of_changing_length_are_fine():
    ids = keras.Input((None,), name="ids", dtype="float32")
    total = keras.ops.sum(ids, axis=1, keepdims=True)
    model = keras.Model({"ids": ids}, {"n": keras.layers.Identity(name="n")(total)})
    model.compile(loss="mse")
    batches = [
        ({"ids": np.ones((2, length), "float32")}, {"n": np.full(2, length, "float32")})
        for length in (3, 5)
    ]
    signature = (
        {"ids": tf.TensorSpec((None, None), tf.float32)},
        {"n": tf.TensorSpec((None,), tf.float32)},
    )
    dataset = tf.data.Dataset.from_generator(lambda: iter(batches), output_signature=signature)
    assert evaluate(model, dataset).value("n", "mae") == 0


def test_a_model_of_one_output_takes_plain_labels():
    x = keras.Input((1,))
    model = keras.Model(x, keras.layers.Dense(1, name="price", kernel_initializer="ones")(x))
    model.compile(loss="mse")
    data = np.array([[1.0], [2.0]]), np.array([1.0, 4.0]), np.array([1.0, 3.0])
    assert evaluate(model, data).value("price", "mae") == pytest.approx(1.5)


def test_tasks_without_labels_are_left_out(model, rows):
    features, labels, _ = rows
    evaluation = evaluate(model, (features, {"dwell": labels["dwell"]}))
    assert set(evaluation.frame["task"]) == {"dwell"}


def test_single_class_labels_are_undefined_not_wrong(model, rows):
    features, labels, weights = rows
    evaluation = evaluate(model, (features, labels | {"click": np.zeros(250)}, weights))
    assert np.isnan(evaluation.value("click", "auc"))
    assert "n/a" in str(evaluation)


def test_progress_counts_rows(model, rows):
    seen = []
    evaluate(model, tf.data.Dataset.from_tensor_slices(rows).batch(100), progress=seen.append)
    assert seen == [100, 100, 50]


def test_nothing_to_evaluate_is_an_error(model, rows):
    features, labels, _ = rows
    with pytest.raises(ValueError, match=r"at least one output \(click, dwell\). Received none"):
        evaluate(model, (features, {"buy": labels["click"]}))
    empty = tf.data.Dataset.from_tensor_slices(rows).take(0).batch(10)
    with pytest.raises(ValueError, match="Received none"):
        evaluate(model, empty)


def test_what_is_no_data_set_is_an_error(model):
    with pytest.raises(TypeError, match=r"`dataset` should be a tf.data.Dataset of .*list"):
        evaluate(model, [1, 2])


def test_predictions_that_are_not_finite_are_named(model, rows):
    features, labels, _ = rows
    broken = features["x"].copy()
    broken[[3, 7], 0] = np.nan
    with pytest.raises(ValueError, match=r"task 'click' should be finite. 2 of 250 are not.*row 4"):
        evaluate(model, (features | {"x": broken}, labels))


def test_subclassed_models_are_judged_too():
    class Price(keras.Model):
        def call(self, x):
            return {"price": keras.ops.sum(x, axis=1, keepdims=True)}

    data = np.array([[1.0], [2.0]], "float32"), {"price": np.array([1.0, 4.0])}
    assert evaluate(Price(), data, kinds={"price": "regression"}).value("price", "mae") == 1
