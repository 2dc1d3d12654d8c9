import keras
import numpy as np
import pytest
import tensorflow as tf
from sklearn.metrics import roc_auc_score

import mtlkeras as mtl
from mtlkeras import MultiTaskModel
from mtlkeras.balancing import GramianWeighting, PCGrad, Static, Uncertainty

WEIGHTINGS = {
    "none": lambda: None,
    "uncertainty": Uncertainty,
    "pcgrad": PCGrad,
    "pcgrad-parameters": lambda: PCGrad(scope="parameters"),
}
every_weighting = pytest.mark.parametrize("weighting", WEIGHTINGS.values(), ids=WEIGHTINGS)


def shop(seed=0, rows=24):
    rng = np.random.default_rng(seed)
    x = {
        "x": rng.normal(size=(rows, 4)).astype("float32"),
        "user": rng.integers(0, 9, rows).astype("int32"),
    }
    score = x["x"][:, 0] + 0.3 * rng.normal(size=rows)
    y = {
        "click": (score > 0).astype("float32"),
        "buy": (score + x["x"][:, 1] < 0.2).astype("float32"),
        "spend": np.exp(x["x"][:, 2]).astype("float32"),
    }
    weight = {task: rng.choice([0.0, 1.0, 2.0], rows).astype("float32") for task in y}
    return x, y, weight


def network(seed=0, dropout=0.0):
    keras.utils.set_random_seed(seed)
    inputs = {"x": keras.Input((4,), name="x"), "user": keras.Input((), dtype="int32", name="user")}
    table = mtl.encoders.EmbeddingTable(rows=9, dim=3, name="table")
    rows = mtl.encoders.Category(table, name="users")(inputs["user"])
    h = keras.layers.Concatenate()([inputs["x"], rows])
    h = keras.layers.Dense(6, "tanh", name="trunk")(h)
    h = keras.layers.Dropout(dropout)(h)
    outputs = {
        "click": keras.layers.Dense(1, "sigmoid", name="click")(h),
        "buy": keras.layers.Dense(1, "sigmoid", name="buy")(h),
        "spend": keras.layers.Dense(1, name="spend")(h),
    }
    return inputs, outputs


LOSS = {"click": "bce", "buy": "binary_crossentropy", "spend": "mse"}


def model(weighting=None, optimizer=None, seed=0, loss_weights=None, **kwargs):
    made = MultiTaskModel(*network(seed), name="shop")
    made.compile(
        keras.optimizers.SGD(0.1) if optimizer is None else optimizer,
        loss=LOSS,
        loss_weights=loss_weights or {"buy": 2.0},
        weighting=weighting,
        **kwargs,
    )
    return made


def weights_of(made):
    return [np.array(w) for w in made.get_weights()]


def assert_same(first, second, **tolerance):
    for a, b in zip(first, second, strict=True):
        np.testing.assert_allclose(a, b, **{"rtol": 1e-5, "atol": 1e-7, **tolerance})


# The drop-in script, as a user writes it.


def test_drop_in_script():
    x = keras.Input((64,), name="x")
    shared = mtl.trunks.MMoE(tasks=["click", "buy"], num_experts=4, units=(32,))(x)
    outputs = {
        task: keras.layers.Dense(1, activation="sigmoid", name=task)(h)
        for task, h in shared.items()
    }
    model = mtl.MultiTaskModel({"x": x}, outputs)
    model.compile(
        "adam",
        loss={"click": "binary_crossentropy", "buy": "binary_crossentropy"},
        loss_weights={"click": 1.0, "buy": 2.0},
        weighting=mtl.balancing.PCGrad(),
    )
    rng = np.random.default_rng(0)
    features = rng.normal(size=(256, 64)).astype("float32")
    labels = {
        "click": (features[:, 0] > 0).astype("float32"),
        "buy": (features[:, 0] + features[:, 1] > 1).astype("float32"),
    }
    history = model.fit({"x": features}, labels, epochs=8, verbose=0).history
    assert set(history) == {"loss", "click_loss", "buy_loss"}
    assert history["loss"][-1] < 0.7 * history["loss"][0]
    expected = np.array(history["click_loss"]) + 2 * np.array(history["buy_loss"])
    np.testing.assert_allclose(history["loss"], expected, rtol=1e-4)


# Training without a weighting is that of Keras.


def test_without_a_weighting_a_step_is_that_of_stock_keras():
    x, y, weight = shop()
    ours = model(optimizer="adam")
    stock = keras.Model(*network())
    stock.compile(
        "adam",
        loss={
            "click": keras.losses.BinaryCrossentropy(reduction="mean_with_sample_weight"),
            "buy": keras.losses.BinaryCrossentropy(reduction="mean_with_sample_weight"),
            "spend": keras.losses.MeanSquaredError(reduction="mean_with_sample_weight"),
        },
        loss_weights={"click": 1.0, "buy": 2.0, "spend": 1.0},
    )
    histories = [
        each.fit(x, y, sample_weight=weight, batch_size=8, epochs=2, shuffle=False, verbose=0)
        for each in (ours, stock)
    ]
    assert_same(weights_of(ours), weights_of(stock))
    np.testing.assert_allclose(
        histories[0].history["loss"], histories[1].history["loss"], rtol=1e-5
    )


def test_history_keys_and_values():
    x, y, weight = shop(rows=60)
    made = model()
    made.compile(
        keras.optimizers.SGD(0.0),
        loss=LOSS,
        weighted_metrics={"click": [keras.metrics.AUC(name="auc")], "spend": ["mae"]},
    )
    history = made.fit(
        x,
        y,
        sample_weight=weight,
        batch_size=7,
        validation_data=(x, y, weight),
        verbose=0,
    ).history
    names = {"loss", "click_loss", "buy_loss", "spend_loss", "click_auc", "spend_mae"}
    assert set(history) == names | {f"val_{name}" for name in names}
    p = {task: output.numpy()[:, 0] for task, output in made(x).items()}
    squares = np.average((p["spend"] - y["spend"]) ** 2, weights=weight["spend"])
    errors = np.average(np.abs(p["spend"] - y["spend"]), weights=weight["spend"])
    auc = roc_auc_score(y["click"], p["click"], sample_weight=weight["click"])
    for prefix in ("", "val_"):
        # The mean over labelled rows, although batches have more and less of them.
        assert history[f"{prefix}spend_loss"][0] == pytest.approx(squares, rel=1e-5)
        assert history[f"{prefix}spend_mae"][0] == pytest.approx(errors, rel=1e-5)
        assert history[f"{prefix}click_auc"][0] == pytest.approx(auc, abs=0.01)
    again = made.evaluate(x, y, sample_weight=weight, batch_size=7, verbose=0, return_dict=True)
    assert again == pytest.approx({key: history[f"val_{key}"][0] for key in names}, rel=1e-4)


def test_metrics_go_to_their_tasks_whatever_the_layers_are_called():
    x, y, _ = shop()
    inputs = {"x": keras.Input((4,), name="x")}
    outputs = {
        "spend": keras.layers.Dense(1, name="b")(inputs["x"]),
        "buy": keras.layers.Dense(1, "sigmoid", name="c")(inputs["x"]),
        "click": keras.layers.Dense(1, "sigmoid", name="a")(inputs["x"]),
    }
    made = MultiTaskModel(inputs, outputs)
    made.compile(
        keras.optimizers.SGD(0.0),
        loss={"click": "bce", "buy": "bce", "spend": "mse"},
        metrics={"spend": ["mae"], "click": ["accuracy"]},
    )
    history = made.fit({"x": x["x"]}, y, verbose=0).history
    p = {task: output.numpy()[:, 0] for task, output in made({"x": x["x"]}).items()}
    assert set(history) == {
        "loss", "buy_loss", "click_loss", "spend_loss", "spend_mae", "click_accuracy",
    }  # fmt: skip
    assert history["spend_mae"][0] == pytest.approx(
        np.abs(p["spend"] - y["spend"]).mean(), rel=1e-5
    )
    right = ((p["click"] > 0.5) == y["click"]).mean()
    assert history["click_accuracy"][0] == pytest.approx(right)


@every_weighting
def test_one_task_is_logged_like_several(weighting):
    inputs = {"x": keras.Input((4,), name="x")}
    made = MultiTaskModel(inputs, {"click": keras.layers.Dense(1, "sigmoid")(inputs["x"])})
    metrics = {"click": [keras.metrics.AUC(name="auc")]}
    x, y, weight = shop()
    if weighting() is not None:
        with pytest.warns(UserWarning, match=r"nothing for \w+ to weigh: .* one task, 'click'"):
            made.compile("sgd", loss="bce", weighting=weighting())
        assert made.weighting is None
    made.compile("sgd", loss="bce", weighted_metrics=metrics)
    data = ({"x": x["x"]}, y, weight)
    history = made.fit(*data[:2], sample_weight=weight, validation_data=data, verbose=0).history
    names = {"loss", "click_loss", "click_auc"}
    assert set(history) == names | {f"val_{name}" for name in names}
    assert history["click_loss"] == pytest.approx(history["loss"])


# Missing labels.


@every_weighting
def test_rows_without_a_label_are_as_if_absent(weighting):
    x, y, weight = shop()
    kept = weight["buy"] > 0
    results = []
    for absent in (False, True):
        made = model(weighting(), loss_weights={"click": 0.0, "spend": 0.0, "buy": 1.0})
        rows = kept if absent else slice(None)
        labels = {task: label[rows].copy() for task, label in y.items()}
        if not absent:
            labels["buy"][~kept] = 0.0
        made.train_on_batch(
            {name: values[rows] for name, values in x.items()},
            labels,
            sample_weight={task: values[rows] for task, values in weight.items()},
        )
        results.append(weights_of(made))
    assert_same(*results)


@every_weighting
def test_labels_of_one_task_leave_the_others_alone(weighting):
    x, y, weight = shop()
    ones = np.ones(24, "float32")
    changed = {**weight, "buy": np.where(np.arange(24) < 5, weight["buy"], 0.0).astype("float32")}
    losses, gradients = [], []
    for weights in (weight, changed):
        made = model(weighting())
        weights = {**weights, "spend": ones}
        losses.append(made.train_on_batch(x, y, sample_weight=weights, return_dict=True))
        gradients.append(made.get_layer("spend").get_weights())
    assert losses[0]["spend_loss"] == losses[1]["spend_loss"]
    assert losses[0]["click_loss"] == losses[1]["click_loss"]
    assert losses[0]["buy_loss"] != losses[1]["buy_loss"]
    if weighting is not Uncertainty:
        assert_same(*gradients, rtol=0, atol=0)


@pytest.mark.parametrize("weighting", [Uncertainty, PCGrad, Static])
def test_a_task_without_labels_in_the_batch_is_left_out(weighting):
    x, y, weight = shop()
    none = {**weight, "spend": np.zeros(24, "float32")}
    left_out = {**y, "spend": np.zeros(24, "float32")}
    three = model(weighting())
    logs = three.train_on_batch(x, left_out, sample_weight=none, return_dict=True)
    assert logs["spend_loss"] == 0.0
    inputs, outputs = network()
    two = MultiTaskModel(inputs, {task: outputs[task] for task in ("click", "buy")})
    two.compile(
        keras.optimizers.SGD(0.1),
        loss={"click": "bce", "buy": "bce"},
        loss_weights={"buy": 2.0},
        weighting=weighting(),
    )
    two.train_on_batch(x, y, sample_weight=weight)
    for name in ("users", "trunk", "click", "buy"):
        assert_same(three.get_layer(name).get_weights(), two.get_layer(name).get_weights())
    assert_same(three.get_layer("spend").get_weights(), model().get_layer("spend").get_weights())
    if weighting is Uncertainty:
        position = three.tasks.index("spend")
        assert float(three.weighting.log_variances[position]) == 0.0


@every_weighting
def test_a_batch_without_any_label_changes_nothing(weighting):
    x, y, _ = shop()
    made = model(weighting())
    before = weights_of(made)
    nothing = {task: np.zeros(24, "float32") for task in y}
    logs = made.train_on_batch(x, nothing, sample_weight=nothing, return_dict=True)
    assert set(logs.values()) == {0.0}
    for a, b in zip(before, weights_of(made), strict=True):
        if a.dtype.kind == "f":
            np.testing.assert_array_equal(a, b)


# Weightings.


def parabolas(weighting, **kwargs):
    """Two tasks whose losses are `(a . t)^2` and `(b . t)^2` of shared weights `t = (1, 1)`."""
    x = keras.Input((2, 2), name="x")
    h = keras.layers.Dense(1, use_bias=False, kernel_initializer="ones", name="trunk")(x)
    first = keras.layers.Lambda(lambda z: z[:, 0], name="a")(h)
    second = keras.layers.Lambda(lambda z: z[:, 1], name="b")(h)
    made = MultiTaskModel({"x": x}, {"a": first, "b": second})
    made.compile(
        keras.optimizers.SGD(1.0), loss={"a": "mse", "b": "mse"}, weighting=weighting, **kwargs
    )
    a, b = np.array([2.0, 1.0]), np.array([-3.0, 1.0])
    data = {"x": np.stack([a, b])[None].astype("float32")}
    zeros = {"a": np.zeros(1, "float32"), "b": np.zeros(1, "float32")}
    jacobian = np.stack([2 * (a @ [1, 1]) * a, 2 * (b @ [1, 1]) * b])
    return made, data, zeros, jacobian


def test_pcgrad_step_by_hand():
    by_parameters = PCGrad(scope="parameters")
    made, x, y, g = parabolas(by_parameters)
    g[1] *= 0.5
    made.compile(
        keras.optimizers.SGD(1.0), loss="mse", loss_weights={"b": 0.5}, weighting=by_parameters
    )
    # g = (12, 6), (6, -2): they agree; with the sign of b's slope turned they would not.
    assert g[0] @ g[1] > 0
    made.train_on_batch(x, y)
    np.testing.assert_allclose(made.get_layer("trunk").kernel[:, 0], 1 - g.sum(axis=0), rtol=1e-6)

    made, x, y, _ = parabolas(PCGrad(scope="parameters"))
    y["b"] = np.array([-10.0], "float32")
    # Residual of b is now 8 instead of -2, its slope (-48, 16).
    g = np.array([[12.0, 6.0], [-48.0, 16.0]])
    product, norms = g[0] @ g[1], (g * g).sum(axis=1)
    assert product < 0
    expected = g.sum(axis=0) - product / norms[1] * g[1] - product / norms[0] * g[0]
    made.train_on_batch(x, y)
    np.testing.assert_allclose(made.get_layer("trunk").kernel[:, 0], 1 - expected, rtol=1e-6)


def test_uncertainty_step_by_hand():
    made, x, y, _ = parabolas(Uncertainty())
    for step in range(2):
        s = np.array(made.weighting.log_variances)
        kernel = np.array(made.get_layer("trunk").kernel)[:, 0]
        rows = np.array(x["x"])[0]
        losses = (rows @ kernel) ** 2
        slopes = 2 * (rows @ kernel)[:, None] * rows
        made.train_on_batch(x, y)
        expected = kernel - (np.exp(-s) / 2) @ slopes
        np.testing.assert_allclose(made.get_layer("trunk").kernel[:, 0], expected, rtol=1e-5)
        np.testing.assert_allclose(
            made.weighting.log_variances, s - (1 - np.exp(-s) * losses) / 2, rtol=1e-5
        )
        if step == 0:
            made.get_layer("trunk").kernel.assign([[0.3], [0.4]])


def test_static_weights_multiply_loss_weights():
    x, y, weight = shop()
    ours = model(Static([0.5, 3.0, 1.0]), loss_weights={"buy": 2.0, "click": 1.0})
    assert ours.tasks == ("buy", "click", "spend")
    plain = model(loss_weights={"buy": 1.0, "click": 3.0})
    logs = [
        each.train_on_batch(x, y, sample_weight=weight, return_dict=True) for each in (ours, plain)
    ]
    assert_same(weights_of(ours), weights_of(plain))
    # The logged loss is not the weighing's, so that runs with different ones compare.
    expected = 2 * logs[0]["buy_loss"] + logs[0]["click_loss"] + logs[0]["spend_loss"]
    assert logs[0]["loss"] == pytest.approx(expected, rel=1e-5)


def test_pcgrad_leaves_heads_their_gradient_and_weighs_tables():
    x, y, weight = shop(seed=3)
    made = model(PCGrad(shuffle=False, scope="parameters"))
    before = {v.path: v.numpy() for v in made.trainable_variables}
    losses = {
        task: keras.losses.get(kind)
        for task, kind in {"buy": "BinaryCrossentropy", "click": "BinaryCrossentropy"}.items()
    } | {"spend": keras.losses.MeanSquaredError()}
    variables = made.trainable_variables
    gradients = []
    for task, factor in (("buy", 2.0), ("click", 1.0), ("spend", 1.0)):
        losses[task].reduction = "mean_with_sample_weight"
        with tf.GradientTape() as tape:
            loss = factor * losses[task](y[task], made(x)[task], sample_weight=weight[task])
        found = tape.gradient(loss, variables)
        gradients.append([None if g is None else tf.convert_to_tensor(g).numpy() for g in found])
    paths = [v.path for v in variables]
    trunk = [i for i, path in enumerate(paths) if "trunk" in path]
    jacobian = np.stack([np.concatenate([g[i].ravel() for i in trunk]) for g in gradients])
    gramian = jacobian @ jacobian.T
    assert (gramian < 0).any()
    w = PCGrad(shuffle=False)(np.ones(3, "float32"), gramian).numpy()
    assert np.abs(w - 1).max() > 0.01
    made.train_on_batch(x, y, sample_weight=weight)
    for i, v in enumerate(made.trainable_variables):
        column = [g[i] for g in gradients]
        reached = [g for g in column if g is not None]
        if "trunk" in v.path or "table" in v.path:
            expected = sum(a * g for a, g in zip(w, column, strict=True))
        else:
            (expected,) = reached
        np.testing.assert_allclose(v.numpy(), before[v.path] - 0.1 * expected, rtol=1e-4, atol=1e-6)


def test_gradients_of_tables_stay_sparse():
    seen = []

    class Spy(keras.optimizers.SGD):
        def apply(self, grads, trainable_variables=None):
            seen.extend(type(g) for g in grads)
            super().apply(grads, trainable_variables)

    x, y, _ = shop()
    for weighting in (None, Uncertainty(), PCGrad(), PCGrad(scope="parameters")):
        seen.clear()
        model(weighting, optimizer=Spy(0.1)).train_on_batch(x, y)
        assert seen.count(tf.IndexedSlices) == 1


@pytest.mark.parametrize("weighting", [Uncertainty, PCGrad])
def test_regularizers_are_trained_too(weighting):
    x, y, weight = shop()
    results = []
    for factor in (0.0, 0.5):
        keras.utils.set_random_seed(0)
        inputs = {"x": keras.Input((4,), name="x")}
        h = keras.layers.Dense(3, kernel_regularizer=keras.regularizers.L2(factor), name="trunk")
        z = h(inputs["x"])
        outputs = {task: keras.layers.Dense(1, name=task)(z) for task in ("click", "buy")}
        made = MultiTaskModel(inputs, outputs)
        made.compile(keras.optimizers.SGD(0.1), loss="mse", weighting=weighting())
        kernel = h.kernel.numpy()
        logs = made.train_on_batch({"x": x["x"]}, y, sample_weight=weight, return_dict=True)
        results.append((h.kernel.numpy(), logs["loss"]))
    np.testing.assert_allclose(
        results[1][0], results[0][0] - 0.1 * 2 * 0.5 * kernel, rtol=1e-4, atol=1e-6
    )
    assert results[1][1] == pytest.approx(results[0][1] + 0.5 * (kernel**2).sum(), rel=1e-5)


@pytest.mark.parametrize("scale", [1.0, 64.0])
def test_a_gradient_weighting_is_told_losses_their_gramian_and_who_is_active(scale):
    told = {}

    class Spy(GramianWeighting):
        def weigh(self, losses, gramian, active):
            told.update(losses=losses.numpy(), gramian=gramian.numpy(), active=active.numpy())
            return tf.ones_like(losses)

    x, y, weight = shop()
    weight["spend"] = np.zeros(24, "float32")
    optimizer = keras.optimizers.SGD(0.1)
    if scale > 1:
        optimizer = keras.optimizers.LossScaleOptimizer(optimizer, initial_scale=scale)
    spy = Spy(scope="parameters")
    made = model(spy, optimizer=optimizer, run_eagerly=True)
    kernel, bias = made.get_layer("trunk").trainable_variables
    rows, losses = [], []
    for task, factor in (("buy", 2.0), ("click", 1.0), ("spend", 1.0)):
        with tf.GradientTape() as tape:
            p = made(x)[task]
            loss = factor * made.loss[task](y[task], p, sample_weight=weight[task])
        gradient = tape.gradient(loss, [kernel.value, bias.value])
        rows.append(np.concatenate([g.numpy().ravel() for g in gradient]))
        losses.append(float(loss))
    made.train_on_batch(x, y, sample_weight=weight)
    jacobian = np.stack(rows)
    np.testing.assert_allclose(told["losses"], losses, rtol=1e-5)
    np.testing.assert_allclose(told["gramian"], jacobian @ jacobian.T, rtol=1e-4, atol=1e-9)
    np.testing.assert_array_equal(told["active"], [True, True, False])
    # A task that does not count is none to weigh.
    made.compile("sgd", LOSS, {"click": 0.0}, weighting=spy, run_eagerly=True)
    made.train_on_batch(x, y, sample_weight=weight)
    np.testing.assert_array_equal(told["active"], [True, False, False])


@every_weighting
def test_loss_scaling_cancels(weighting):
    x, y, weight = shop()
    results = []
    for scaled in (False, True):
        optimizer = keras.optimizers.SGD(0.1)
        if scaled:
            optimizer = keras.optimizers.LossScaleOptimizer(optimizer, initial_scale=64.0)
        made = model(weighting(), optimizer=optimizer)
        made.train_on_batch(x, y, sample_weight=weight)
        results.append([v.numpy() for v in made.trainable_variables])
    assert_same(*results)


def test_learned_weights_are_spared_from_weight_decay():
    optimizer = keras.optimizers.SGD(0.1, weight_decay=0.5)
    made = model(Uncertainty(initial=1.0), optimizer=optimizer)
    excluded = keras.optimizers.SGD(0.1)
    same = model(Uncertainty(initial=1.0), optimizer=excluded)
    x, y, _ = shop()
    for each in (made, same):
        each.train_on_batch(x, y)
    np.testing.assert_allclose(made.weighting.log_variances, same.weighting.log_variances)
    assert np.abs(made.get_layer("trunk").kernel - same.get_layer("trunk").kernel).max() > 1e-3


def test_learned_weights_do_not_undo_the_exclusions_of_the_user():
    optimizer = keras.optimizers.SGD(0.0, weight_decay=0.5)
    made = MultiTaskModel(*network())
    optimizer.exclude_from_weight_decay(var_list=[made.get_layer("trunk").kernel])
    made.compile(optimizer, loss=LOSS, weighting=Uncertainty())
    assert not optimizer._use_weight_decay(made.get_layer("trunk").kernel)
    assert not optimizer._use_weight_decay(made.weighting.log_variances)
    assert optimizer._use_weight_decay(made.get_layer("click").kernel)


@every_weighting
def test_steps_per_execution_changes_nothing(weighting):
    x, y, weight = shop(rows=40)
    results = []
    for steps in (1, 3):
        made = model(weighting(), steps_per_execution=steps)
        made.fit(x, y, sample_weight=weight, batch_size=8, epochs=2, shuffle=False, verbose=0)
        results.append(weights_of(made))
    assert_same(*results)


@every_weighting
def test_eager_and_xla_change_nothing(weighting):
    x, y, weight = shop()
    results = []
    for options in ({}, {"run_eagerly": True}, {"jit_compile": True}):
        made = model(weighting(), **options)
        made.fit(x, y, sample_weight=weight, batch_size=8, shuffle=False, verbose=0)
        results.append(weights_of(made))
    assert_same(results[0], results[1])
    assert_same(results[0], results[2], rtol=1e-4, atol=1e-6)


def test_recompiling_replaces_the_weighting():
    made = model(Uncertainty())
    count = len(made.trainable_variables)
    made.compile("sgd", loss=LOSS, weighting=PCGrad())
    assert len(made.trainable_variables) == count - 1
    assert isinstance(made.weighting, PCGrad)
    made.compile("sgd", loss=LOSS)
    assert made.weighting is None
    assert not [v for v in made.variables if "drawn" in v.path]


# Saving.


@every_weighting
def test_saves_and_goes_on_as_if_never_stopped(weighting, tmp_path):
    x, y, weight = shop()
    fit = {"sample_weight": weight, "batch_size": 6, "shuffle": False, "verbose": 0}
    straight = model(weighting(), optimizer="adam")
    straight.fit(x, y, epochs=4, **fit)

    stopped = model(weighting(), optimizer="adam", weighted_metrics={"click": ["auc"]})
    stopped.fit(x, y, epochs=2, **fit)
    stopped.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    assert type(loaded) is MultiTaskModel
    assert type(loaded.weighting) is type(weighting())
    assert_same(weights_of(loaded), weights_of(stopped), rtol=0, atol=0)
    assert loaded.evaluate(x, y, verbose=0, return_dict=True) == stopped.evaluate(
        x, y, verbose=0, return_dict=True
    )
    loaded.fit(x, y, epochs=2, **fit)
    assert_same(weights_of(loaded), weights_of(straight), rtol=1e-6)


def test_reloads_loss_weights_and_losses(tmp_path):
    made = model(Uncertainty(initial=0.3), loss_weights={"buy": 5.0})
    made.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    x, y, weight = shop()
    both = [m.evaluate(x, y, sample_weight=weight, verbose=0) for m in (made, loaded)]
    np.testing.assert_allclose(both[0], both[1])
    assert loaded.weighting.initial == 0.3
    assert {loss.reduction for loss in loaded.loss.values()} == {"mean_with_sample_weight"}


@keras.saving.register_keras_serializable("mtlkeras_tests")
def cubic(y_true, y_pred):
    return keras.ops.abs(y_true - keras.ops.squeeze(y_pred, -1)) ** 3


def test_a_function_is_a_loss_over_labelled_rows(tmp_path):
    x, y, weight = shop()
    made = MultiTaskModel(*network())
    made.compile("sgd", loss={**LOSS, "spend": cubic})
    made.save(tmp_path / "model.keras")
    p = made(x)["spend"].numpy()[:, 0]
    expected = np.average(np.abs(p - y["spend"]) ** 3, weights=weight["spend"])
    for each in (made, keras.models.load_model(tmp_path / "model.keras")):
        logs = each.evaluate(x, y, sample_weight=weight, verbose=0, return_dict=True)
        assert logs["spend_loss"] == pytest.approx(expected, rel=1e-5)


def test_clones():
    made = model(PCGrad(seed=4))
    clone = keras.models.clone_model(made)
    assert type(clone) is MultiTaskModel
    assert clone.weighting.seed == 4


@pytest.mark.parametrize("name", ["bce", "binary_crossentropy", "BinaryCrossentropy"])
def test_losses_by_name_are_means_over_labelled_rows(name):
    x, y, weight = shop()
    made = MultiTaskModel(*network())
    made.compile("sgd", loss={**LOSS, "click": name})
    assert type(made.loss["click"]) is keras.losses.BinaryCrossentropy
    assert made.loss["click"].reduction == "mean_with_sample_weight"
    logs = made.evaluate(x, y, sample_weight=weight, verbose=0, return_dict=True)
    p, t, w = made(x)["click"].numpy()[:, 0], y["click"], weight["click"]
    expected = np.average(-t * np.log(p) - (1 - t) * np.log(1 - p), weights=w)
    assert logs["click_loss"] == pytest.approx(expected, rel=1e-4)


def test_loss_objects_keep_their_reduction():
    x, y, weight = shop()
    made = MultiTaskModel(*network())
    made.compile("sgd", loss={**LOSS, "spend": keras.losses.MeanSquaredError()})
    logs = made.evaluate(x, y, sample_weight=weight, verbose=0, batch_size=7, return_dict=True)
    p = made(x)["spend"].numpy()[:, 0]
    expected = (weight["spend"] * (p - y["spend"]) ** 2).mean()
    assert logs["spend_loss"] == pytest.approx(expected, rel=1e-5)


# Labels and weights.


def test_one_weight_array_goes_for_all_tasks_and_a_task_may_be_left_out():
    x, y, weight = shop()
    made = model(weighted_metrics={"spend": ["mae"]})
    one = made.evaluate(x, y, sample_weight=weight["click"], verbose=0, return_dict=True)
    each = dict.fromkeys(y, weight["click"])
    assert one == made.evaluate(x, y, sample_weight=each, verbose=0, return_dict=True)
    ones = {**weight, "spend": np.ones(24, "float32")}
    some = {task: weight[task] for task in ("click", "buy")}
    logs = [
        made.evaluate(tf.data.Dataset.from_tensors((x, y, w)), verbose=0, return_dict=True)
        for w in (some, ones)
    ]
    assert logs[0] == logs[1]


@every_weighting
def test_labels_of_other_tasks_are_ignored(weighting):
    x, y, weight = shop()
    more = {**y, "rating": np.ones(24, "float32"), "a": np.ones(24, "float32")}
    weights = {**weight, "rating": np.ones(24, "float32")}
    made, same = model(weighting()), model(weighting())
    made.fit(tf.data.Dataset.from_tensors((x, more, weights)), verbose=0)
    same.fit(tf.data.Dataset.from_tensors((x, y, weight)), verbose=0)
    assert_same(weights_of(made), weights_of(same))


@pytest.mark.filterwarnings("error")
def test_features_that_the_model_does_not_use_are_ignored():
    x, _, _ = shop()
    made = model()
    more = {"a": x["x"] + 1, **x, "user_b": x["user"], "y": x["x"] + 2}
    expected = made.predict(x, verbose=0)
    for found in (made(more), made.predict(more, verbose=0)):
        np.testing.assert_allclose(found["click"], expected["click"], rtol=1e-5)


def test_a_missing_feature_is_an_error():
    x, _, _ = shop()
    with pytest.raises(ValueError, match='Missing data for input "user"'):
        model()({"x": x["x"]})


# Bad input.


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"loss": {"click": "bce", "buy": "bce"}}, r"every task needs a loss.* none for 'spend'"),
        ({"loss": None}, r"every task needs a loss\. Received none for 'buy', 'click', 'spend'"),
        (
            {"loss": {**LOSS, "clik": "bce"}},
            r"compile: loss must name tasks .* Received: 'clik'. Did you mean 'click'\?",
        ),
        (
            {"loss": LOSS, "loss_weights": {"spent": 2.0}},
            r"compile: loss_weights must name tasks .* 'spent'. Did you mean 'spend'\?",
        ),
        (
            {"loss": LOSS, "loss_weights": [1.0, 2.0]},
            r"loss_weights must be a dict .* \[1.0, 2.0\]",
        ),
        (
            {"loss": LOSS, "metrics": {"bye": ["auc"]}},
            r"compile: metrics must name tasks .* 'bye'. Did you mean 'buy'\?",
        ),
        (
            {"loss": LOSS, "weighted_metrics": {"x": ["auc"]}},
            r"weighted_metrics must name tasks of the model among 'buy', 'click', 'spend'.* 'x'\.",
        ),
        (
            {"loss": {**LOSS, "buy": "binary_crosentropy"}},
            r"Task 'buy': Keras has no loss .*y'. Did you mean 'binary_crossentropy'",
        ),
        ({"loss": {**LOSS, "buy": 3}}, r"Task 'buy': its loss must be a name, .* Received: 3"),
        ({"loss": LOSS, "weighting": "pcgrad"}, r"weighting must be a weighting .*'pcgrad'"),
        ({"loss": LOSS, "weighting": PCGrad}, r"weighting must be a weighting .*PCGrad"),
    ],
)
def test_compile_refuses(arguments, message):
    with pytest.raises(ValueError, match=message):
        MultiTaskModel(*network()).compile("sgd", **arguments)


def test_refuses_labels_that_lack_a_task():
    x, y, _ = shop()
    del y["buy"]
    with pytest.raises(ValueError, match=r"entry for every task. Received none for 'buy'"):
        model().train_on_batch(x, y)
    with pytest.raises(ValueError, match=r"Received none for 'buy', 'click', 'spend'"):
        model().train_on_batch(x, np.ones(24))


def test_refuses_weights_that_name_no_label():
    x, y, weight = shop()
    with pytest.raises(ValueError, match=r"Sample weights must name labels .* Did you mean 'buy'"):
        model().train_on_batch(x, y, sample_weight={**weight, "buyy": weight["buy"]})


def test_refuses_losses_that_are_not_reduced():
    x, y, _ = shop()
    made = MultiTaskModel(*network())
    made.compile("sgd", loss={**LOSS, "spend": keras.losses.MeanSquaredError(reduction=None)})
    with pytest.raises(ValueError, match=r"Task 'spend': its loss must be one number a batch"):
        made.train_on_batch(x, y)


def test_refuses_outputs_that_are_no_dict():
    x = keras.Input((4,), name="x")
    made = MultiTaskModel({"x": x}, [keras.layers.Dense(1)(x)])
    with pytest.raises(ValueError, match=r"outputs must be a dict \{task: tensor\}"):
        made.compile("sgd", loss="mse")


def test_a_gradient_weighting_needs_shared_weights():
    x = keras.Input((4,), name="x")
    outputs = {task: keras.layers.Dense(1, name=task)(x) for task in ("click", "buy")}
    made = MultiTaskModel({"x": x}, outputs)
    data, y, _ = shop()
    for scope, message in (
        ("parameters", r"PCGrad weighs .* no dense weight .* reaches two tasks"),
        ("representation", r"PCGrad weighs .* but no part of it works for two tasks"),
    ):
        made.compile("sgd", loss="mse", weighting=PCGrad(scope=scope))
        with pytest.raises(ValueError, match=message):
            made.train_on_batch({"x": data["x"]}, y)


def test_a_dataset_is_trained_without_a_warning_of_shuffling(recwarn):
    data = tf.data.Dataset.from_tensors(({"x": np.ones((4, 2))}, {"a": np.ones(4)}))
    x = keras.Input((2,), name="x")
    fitted = mtl.MultiTaskModel({"x": x}, {"a": keras.layers.Dense(1, name="a")(x)})
    fitted.compile("sgd", loss={"a": "mse"})
    fitted.fit(data, verbose=0)
    assert not [warning for warning in recwarn if "shuffle" in str(warning.message)]
