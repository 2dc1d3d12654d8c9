"""The training, test and prediction functions against those of Keras."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from mtlkeras import MultiTaskModel
from mtlkeras._objectives import Ahead
from mtlkeras.balancing import Uncertainty
from mtlkeras.encoders import Category, EmbeddingTable
from mtlkeras.heads import Binary, Regression
from mtlkeras.optimizers import LazyAdam

ROWS = 42  # 6 batches, the last of them smaller


@keras.saving.register_keras_serializable("test_functions")
class Stock(MultiTaskModel):
    """The same model with the functions that Keras makes."""

    make_train_function = keras.Model.make_train_function
    make_test_function = keras.Model.make_test_function
    make_predict_function = keras.Model.make_predict_function


def rows():
    rng = np.random.default_rng(0)
    x = {
        "x": rng.normal(size=(ROWS, 3)).astype("float32"),
        "item": rng.integers(0, 9, ROWS).astype("int32"),
    }
    y = {
        "click": (x["x"][:, 0] > 0).astype("float32"),
        "price": x["x"][:, 1] + 0.1 * rng.normal(size=ROWS).astype("float32"),
    }
    weight = {task: rng.choice([0.0, 1.0, 2.0], ROWS).astype("float32") for task in y}
    return x, y, weight


def batches():
    return tf.data.Dataset.from_tensor_slices(rows()).batch(8)


def make(kind=MultiTaskModel, steps=1, **settings):
    keras.utils.set_random_seed(0)
    inputs = {"x": keras.Input((3,), name="x"), "item": keras.Input((), dtype="int32", name="item")}
    vector = Category(EmbeddingTable(9, 2, name="table"), name="vector")(inputs["item"])
    h = keras.layers.Concatenate()([inputs["x"], vector])
    h = keras.layers.Dense(4, "tanh")(h)
    heads = {"click": Binary((3,), name="click"), "price": Regression((3,), name="price")}
    model = kind(inputs, {task: head(h) for task, head in heads.items()})
    settings = {
        "weighted_metrics": {t: head.weighted_metrics() for t, head in heads.items()}
    } | settings
    model.compile(
        LazyAdam(0.05),
        loss={task: head.loss() for task, head in heads.items()},
        steps_per_execution=steps,
        **settings,
    )
    return model


class Logs(keras.callbacks.Callback):
    """What callbacks are told, in order."""

    def __init__(self):
        super().__init__()
        self.told = []

    def on_train_batch_end(self, batch, logs=None):
        self.told.append(("train", batch, dict(logs)))

    def on_test_batch_end(self, batch, logs=None):
        self.told.append(("test", batch, dict(logs)))

    def on_epoch_end(self, epoch, logs=None):
        self.told.append(("epoch", epoch, dict(logs)))


def fit(model, epochs=2):
    logs = Logs()
    model.fit(batches(), validation_data=batches(), epochs=epochs, callbacks=[logs], verbose=0)
    return logs.told


def assert_told_the_same(ours, stock):
    assert [(kind, number) for kind, number, _ in ours] == [(k, n) for k, n, _ in stock]
    for (_, _, one), (_, _, other) in zip(ours, stock, strict=True):
        assert list(one) == list(other)
        np.testing.assert_allclose(list(one.values()), list(other.values()), rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize(
    ("steps", "settings"),
    [
        pytest.param(1, {}, id="one step"),
        pytest.param(4, {}, id="four steps"),
        pytest.param(32, {}, id="more than an epoch"),
        pytest.param(4, {"weighting": Uncertainty}, id="weighted"),
        pytest.param(4, {"run_eagerly": True}, id="eager"),
        pytest.param(4, {"jit_compile": True}, id="compiled", marks=pytest.mark.slow),
    ],
)
def test_weights_and_logs_are_those_of_keras(steps, settings):
    models = []
    for kind in (MultiTaskModel, Stock):
        chosen = {name: v() if name == "weighting" else v for name, v in settings.items()}
        models.append(make(kind, steps, **chosen))
    assert_told_the_same(*(fit(model) for model in models))
    for a, b in zip(*(model.get_weights() for model in models), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-7)
    for a, b in zip(*(model.optimizer.variables for model in models), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-7)


def test_several_steps_train_as_one_at_a_time_do():
    one, four = make(steps=1), make(steps=4)
    ends = [fit(model)[-1][2] for model in (one, four)]
    assert ends[0] == pytest.approx(ends[1], rel=1e-5)
    assert int(four.optimizer.iterations) == 12
    for a, b in zip(one.get_weights(), four.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("steps", [1, 4])
def test_functions_are_traced_once(steps):
    """Three epochs, the last batch of each smaller, and another fit and evaluation after them."""
    traces = {"train": 0, "test": 0}

    class Counting(MultiTaskModel):
        def call(self, inputs, training=None, mask=None):
            if not tf.executing_eagerly():
                traces["train" if training else "test"] += 1
            return super().call(inputs, training=training, mask=mask)

    model = make(Counting, steps)
    fit(model, epochs=3)
    # Keras 3.15 alone traces the training step twice: once to make the optimizer's variables.
    assert traces == {"train": 1, "test": 1}
    fit(model, epochs=1)
    model.evaluate(batches(), verbose=0)
    assert traces == {"train": 1, "test": 1}


def test_a_batch_taken_ahead_comes_first_and_traces_nothing():
    traces = []

    class Counting(MultiTaskModel):
        def call(self, inputs, training=None, mask=None):
            traces.append(not tf.executing_eagerly())
            return super().call(inputs, training=training, mask=mask)

    model, other = make(Counting, steps=4), make(steps=4)
    for each in (model, other):
        fit(each, epochs=1)
    del traces[:]
    iterator = iter(batches())
    model.train_function(Ahead(next(iterator), iterator))
    other.train_function(iter(batches()))
    assert not traces
    assert int(model.optimizer.iterations) == 10
    for a, b in zip(model.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-7)
    # The fifth and the sixth are left, of which the second ends the execution early.
    model.train_function(Ahead(next(iterator), iterator))
    assert int(model.optimizer.iterations) == 12
    with pytest.raises(StopIteration):
        model.train_function(iterator)


def test_results_of_metrics_are_left_out_of_the_steps():
    """Only the results that follow an execution of several steps look at the histograms' bins."""
    model = make(steps=4)
    calls = []
    auc = next(m for m in model._compile_metrics._user_weighted_metrics["click"] if m.name == "auc")
    area = auc.area
    auc.area = lambda *histograms: calls.append(tf.executing_eagerly()) or area(*histograms)
    told = fit(model, epochs=1)
    # Traced for training and for testing, then computed once eagerly at the end of each.
    assert calls.count(False) == 2
    assert [number for kind, number, _ in told if kind == "train"] == [3, 7]


def test_a_step_of_ones_own_logs_what_it_returns():
    class Own(MultiTaskModel):
        def train_step(self, data):
            return {**super().train_step(data), "answer": tf.constant(42.0)}

    model = make(Own, steps=4)
    assert fit(model, epochs=1)[0][2]["answer"] == 42.0


def test_predictions_of_several_batches_trace_the_model_once():
    traces = []

    class Counting(MultiTaskModel):
        def call(self, inputs, training=None, mask=None):
            traces.append(not tf.executing_eagerly())
            return super().call(inputs, training=training, mask=mask)

    model = make(Counting, steps=4)
    del traces[:]
    features, _, _ = rows()
    # Six batches of one size, in executions of four and two.
    found = model.predict(tf.data.Dataset.from_tensor_slices(features).batch(7), verbose=0)
    assert traces == [True]
    assert model.steps_per_execution == 4
    for task, output in model(features).items():
        np.testing.assert_allclose(found[task], output, rtol=1e-5, atol=1e-6)


def test_a_list_of_results_begins_with_the_losses_as_that_of_keras():
    x, y, weight = rows()
    model = make()
    values = model.evaluate(x, y, sample_weight=weight, verbose=0)
    named = model.evaluate(x, y, sample_weight=weight, verbose=0, return_dict=True)
    assert values[:3] == [named["loss"], named["click_loss"], named["price_loss"]]
    assert len(values) == len(named)


def test_words_for_accuracy_wait_for_the_labels():
    model = make(weighted_metrics={"click": ["accuracy"]})
    assert "click_accuracy" in fit(model, epochs=1)[0][2]


def test_a_compilation_without_metrics_forgets_those_before():
    model = make()
    assert "click_auc" in fit(model, epochs=1)[0][2]
    model.compile(LazyAdam(0.05), loss={"click": "bce", "price": "mse"})
    assert set(fit(model, epochs=1)[0][2]) == {"loss", "click_loss", "price_loss"}


def test_the_config_has_the_steps_that_were_set_last():
    model = make()
    model.steps_per_execution = 8
    assert model.get_compile_config()["steps_per_execution"] == 8
