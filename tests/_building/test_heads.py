"""Heads that are given, above all those of a user and an item, through whole models."""

import keras
import numpy as np
import pytest
import tensorflow as tf

import mtlkeras as mtl
from mtlkeras.heads import Binary, MatrixFactorization, Regression, TwoTower

FEATURES = {
    "shelf": {"type": "number", "tasks": ["click"]},
    "cover": {"type": "number", "tasks": ["rating"]},
}
TASKS = {
    "click": {"type": "binary"},
    "buy": {"type": "binary", "parent": "click"},
    "rating": {"type": "regression"},
}
BOTTOM = mtl.trunks.SharedBottom(units=(6,))


@pytest.fixture(scope="module")
def data(shop):
    def columns(rng, rows):
        user, item = (rows[name].str[1:].astype(int) for name in ("user", "item"))
        return {
            **{name: rng.normal(size=len(rows)) for name in ("shelf", "cover")},
            **{task: rng.integers(0, 2, len(rows)) for task in ("click", "buy")},
            "rating": 3 + rng.normal(size=4)[user - 1] + rng.normal(size=6)[item],
        }

    return shop(FEATURES, TASKS, columns, users=4, dim=8)


def build(data, heads, **options):
    trunk, preprocessing = options.pop("trunk", BOTTOM), data.preprocessing
    return mtl.build_model(preprocessing.spec, preprocessing, trunk, heads=heads, **options)


def test_factorisation_is_trained_exported_and_served_beside_a_trunk(data, tmp_path):
    given = MatrixFactorization(user="user", item="item", dim=3)
    model = build(data, {"rating": given}, optimizer=mtl.optimizers.LazyAdam(0.05))
    assert given.head is None
    assert model.get_layer("shared_bottom").tasks == ("click", "buy")
    head = model.get_layer("rating")
    assert isinstance(head.head, Regression)
    assert head.head.mean == data.preprocessing.targets["rating"].mean
    history = model.fit(data.train, validation_data=data.validation, epochs=8, verbose=0).history
    assert history["rating_loss"][-1] < 0.5 * history["rating_loss"][0]
    assert "val_rating_rmse" in history

    words = data.preprocessing.vocabulary("item")
    items = head.vectors(model, "item", {"item": np.arange(len(words))})
    users = head.vectors(model, "user", {"user": np.arange(3, 7)})
    assert items.vectors.shape == (len(words), 3)
    assert users.vectors.shape == (4, 3)
    features, _, _ = next(iter(data.validation))
    expected = model(features)["rating"].numpy()[:, 0]
    row, column = features["user"].numpy() - 3, features["item"].numpy()
    scores = np.sum(users.vectors[row] * items.vectors[column], axis=1)
    scores += users.biases[row] + items.biases[column]
    np.testing.assert_allclose(head.head.mean + head.head.std * scores, expected, rtol=1e-5)

    assert mtl.evaluate(model, data.validation).value("rating", "rmse") > 0
    model.save(tmp_path / "model.keras")
    reloaded = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(reloaded(features)["rating"][:, 0], expected)
    again = reloaded.get_layer("rating").vectors(reloaded, "item", {"item": np.arange(len(words))})
    np.testing.assert_array_equal(again.vectors, items.vectors)
    mtl.export_saved_model(model, data.preprocessing, tmp_path / "exported")
    assert "rating" in mtl.load_export(tmp_path / "exported").description.outputs


def test_a_score_reads_its_sides_alone(data):
    model = build(data, {"rating": TwoTower(user=["user", "seen"], item=["item", "cover"])})
    features = next(iter(data.validation))[0]
    before = model(features)
    for name, changed in (
        ("price", {"click", "buy"}),
        ("shelf", {"click"}),
        ("cover", {"rating"}),
        ("seen", {"click", "buy", "rating"}),
    ):
        zeros = tf.zeros_like(features[name])
        after = model({**features, name: zeros})
        found = {t for t in TASKS if not np.allclose(before[t], after[t], atol=1e-7)}
        assert found == changed, name


def test_a_trunk_of_tokens_leaves_histories_to_the_sides_as_their_mean(data):
    trunk = mtl.trunks.Transformer(num_layers=0, num_heads=2, dim=4)
    model = build(data, {"rating": TwoTower(user=["seen"], item=["item"])}, trunk=trunk)
    features = next(iter(data.validation))[0]
    table = model.get_layer("seen_pooling").table
    ids = features["seen"].numpy()
    encoded = keras.Model(model.input, model.get_layer("seen_mean").output)(
        {name: features[name] for name in model.input}
    )
    counts = np.maximum((ids > 0).sum(axis=1, keepdims=True), 1)
    np.testing.assert_allclose(encoded, table.rows(ids).sum(axis=1) / counts, rtol=1e-4, atol=1e-6)


def test_without_a_task_for_it_there_is_no_trunk(data):
    heads = {task: MatrixFactorization(user="user", item="item") for task in TASKS}
    model = build(data, heads, trunk="mmoe", weighting="uncertainty")
    assert {layer.name for layer in model.layers} >= {*TASKS}
    assert not [layer for layer in model.layers if hasattr(layer, "tasks")]
    model.fit(data.train, epochs=1, verbose=0)


def test_gradients_of_tasks_are_weighed_in_the_trunk_and_the_sides_train_on(data):
    heads = {"rating": MatrixFactorization(user="user", item="item")}
    model = build(data, heads, weighting="pcgrad")
    head = model.get_layer("rating")
    before = [variable.numpy() for variable in head.trainable_variables]
    model.fit(data.train, epochs=1, verbose=0)
    for old, variable in zip(before, head.trainable_variables, strict=True):
        assert np.any(old != variable), variable.path


def test_any_head_of_the_type_is_used_in_a_copy(data):
    given = Binary(tower=(7,), base_rate=0.3)
    model = build(data, {"click": given})
    head = model.get_layer("click")
    assert head is not given
    assert (head.tower, head.base_rate) == ((7,), 0.3)
    own = MatrixFactorization(user="user", item="item", head=Binary(label_smoothing=0.1))
    assert build(data, {"buy": own}).get_layer("buy").head.label_smoothing == 0.1


@pytest.mark.parametrize(
    ("heads", "options", "text"),
    [
        (
            {"ratings": Regression()},
            {},
            r"heads must name tasks of the spec among .*'ratings'\. Did you mean 'rating'\?",
        ),
        (
            {"rating": "matrix_factorization"},
            {},
            r"heads must have heads of mtlkeras.heads, .*Received for 'rating': 'matrix_factoriz",
        ),
        (
            {"rating": Binary()},
            {},
            r"task 'rating' is of type 'regression'\. Received: Binary of type 'binary'\. Take a h",
        ),
        (
            {"click": TwoTower("user", "item", head=Regression())},
            {},
            r"task 'click' is of type 'binary'\. Received: TwoTower of type 'regression'",
        ),
        (
            {"rating": TwoTower(user="user")},
            {},
            r"TwoTower for 'rating' must know the features of users and items\. Received: user=",
        ),
        (
            {"rating": TwoTower("usr", "item")},
            {},
            r"user of TwoTower for 'rating' must name features of the task .*Did you mean 'user'\?",
        ),
        (
            {"rating": TwoTower("user", ["item", "shelf"])},
            {},
            r"item of TwoTower for 'rating' must name features of the task .*Received: 'shelf'",
        ),
        (
            {"rating": TwoTower(["user", "seen"], "item")},
            {"encoders": {"seen": mtl.encoders.DIN()}},
            r"DIN encodes 'seen' beside 'item', so that it is no feature of the user alone\. Recei",
        ),
        (
            {"buy": TwoTower("user", "item")},
            {"funnel": "esmm"},
            r"heads: 'buy' is answered by the funnel ESMM\. Leave its head out, or the funnel",
        ),
    ],
)
def test_refuses_what_does_not_fit(data, heads, options, text):
    with pytest.raises(ValueError, match=text):
        build(data, heads, **options)
