"""Features of some tasks, priors and own encodings, through whole models."""

import keras
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import tensorflow as tf

import mtlkeras as mtl
from mtlkeras.training._histograms import _gates
from mtlkeras.training._projector import embedding_tables, write_projector

FEATURES = {
    "brand": {"type": "category", "min_count": 1, "dim": 4, "tasks": ["buy"]},
    "bought": {"type": "sequence", "table": "item", "separator": "|", "tasks": ["buy"]},
    "coupon": {"type": "number", "tasks": ["buy"]},
    "shelf": {"type": "number", "tasks": ["stay"]},
}
TASKS = {"click": {"type": "binary"}, "stay": {"type": "count"}, "buy": {"type": "binary"}}
OF_TASKS = {"brand": "buy", "bought": "buy", "coupon": "buy", "shelf": "stay"}


@pytest.fixture(scope="module")
def data(shop):
    def columns(rng, rows):
        return {
            "bought": rows["seen"].to_numpy()[::-1],
            "brand": rng.choice(["b1", "b2"], len(rows)),
            **{name: rng.normal(size=len(rows)) for name in ("coupon", "shelf")},
            **{task: rng.integers(0, 2, len(rows)) for task in ("click", "buy")},
            "stay": rng.poisson(2, len(rows)),
        }

    return shop(FEATURES, TASKS, columns)


@pytest.fixture(scope="module")
def spec(data):
    return data.preprocessing.spec


@pytest.fixture(scope="module")
def of_all(spec):
    """The spec without the features that belong to tasks."""
    shared = {name: f for name, f in spec.features.items() if name not in OF_TASKS}
    return spec.model_copy(update={"features": shared})


def trunk_of(name):
    return {
        "MMoE": mtl.trunks.MMoE(num_experts=2, units=(8,)),
        "PLE": mtl.trunks.PLE(num_task_experts=1, num_shared_experts=1, units=(8,)),
        "STEM": mtl.trunks.STEM(num_levels=2, units=(8,)),
        "Transformer": mtl.trunks.Transformer(num_layers=1, num_heads=2, dim=8, adapter="lora"),
    }[name]


@pytest.mark.parametrize("name", ["MMoE", "PLE", "STEM", "Transformer"])
def test_a_feature_of_a_task_reaches_no_other(data, spec, name):
    model = mtl.build_model(spec, data.preprocessing, trunk_of(name))
    features = dict(next(iter(data.validation))[0])
    before = model(features)
    for feature, owner in OF_TASKS.items():
        changed = model({**features, feature: tf.ones_like(features[feature])})
        for task in TASKS:
            same = np.array_equal(changed[task], before[task])
            assert same == (task != owner), (feature, task)


def test_features_of_a_task_stand_beside_its_representation(data, spec):
    model = mtl.build_model(spec, data.preprocessing, trunk_of("MMoE"))
    # Representation, brand, bought and coupon.
    assert model.get_layer("buy_features").output.shape == (None, 8 + 4 + 4 + 1)
    assert model.get_layer("stay_features").output.shape == (None, 8 + 1)
    assert "click_features" not in [layer.name for layer in model.layers]
    model = mtl.build_model(spec, data.preprocessing, trunk_of("PLE"))
    kernels = model.get_layer("ple").own_features.kernels
    assert {task: kernel.shape[0] for task, kernel in kernels.items()} == {"stay": 1, "buy": 9}
    assert model.get_layer("buy").input.shape == (None, 8)


def test_a_feature_of_tasks_that_are_not_asked_for_is_not_read(data, spec, tmp_path):
    spec = spec.model_copy(update={"tasks": {"click": spec.tasks["click"]}})
    model = mtl.build_model(spec, data.preprocessing, "shared_bottom")
    assert model.get_layer("encoded").output.shape == (None, 4 + 4 + 4 + 1)
    features = dict(next(iter(data.validation))[0])
    before = model(features)["click"]
    model.fit(data.train.take(1), verbose=0)
    model.save(tmp_path / "model.keras")
    reloaded = keras.models.load_model(tmp_path / "model.keras")
    assert np.abs(model(features)["click"] - before).max() > 0
    for feature in OF_TASKS:
        features[feature] = tf.ones_like(features[feature])
    np.testing.assert_array_equal(reloaded(features)["click"], model(features)["click"])


def test_stem_looks_up_every_category_in_a_table_of_each_tasks_own(data, of_all, tmp_path):
    model = mtl.build_model(of_all, data.preprocessing, "stem")
    tables = {table.name for table in embedding_tables(model)}
    shared = {"user_table", "item_table"}
    assert tables == shared | {f"{task}_{name}" for task in TASKS for name in shared}
    assert [v.path for v in model.variables if "table" in v.path] == ["tables_4/embeddings"]
    categories = model.get_layer("categories_4")
    assert set(categories.features) == {"user", "item"} | {
        f"{task}_{name}" for task in TASKS for name in ("user", "item")
    }
    assert model.get_layer("encoded").output.shape == (None, 4 + 4 + 4 + 1)
    assert model.get_layer("buy_encoded").output.shape == (None, 4 + 4 + 4 + 1)

    before = {name: categories.stack.rows(name) for name in ("item", "click_item", "buy_item")}
    history = model.fit(data.train, epochs=1, verbose=0).history
    assert np.isfinite(history["loss"]).all()
    for name, rows in before.items():
        assert np.abs(categories.stack.rows(name) - rows).max() > 0
    features = {
        name: x for name, x in next(iter(data.validation))[0].items() if name in of_all.features
    }
    gates = _gates(model, model.get_layer("stem"), features)
    np.testing.assert_allclose(np.sum(gates["buy"], axis=-1), 1, rtol=1e-5)
    model.save(tmp_path / "model.keras")
    reloaded = keras.models.load_model(tmp_path / "model.keras")
    for task, output in model(features).items():
        np.testing.assert_array_equal(reloaded(features)[task], output)

    written = write_projector(model, tmp_path, max_rows=10)
    (name,) = [name for name in written if name.startswith("buy_item")]
    lines = (tmp_path / f"{name}_names.tsv").read_text().splitlines()
    assert sorted(lines[2:]) == [f"i{n}" for n in range(6)]


def test_own_tables_are_trained_by_their_task_alone(data, of_all):
    model = mtl.build_model(of_all, data.preprocessing, mtl.trunks.STEM(units=(8,)))
    stack, features = model.get_layer("categories_4").stack, next(iter(data.validation))[0]
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(model(features)["click"])
    gradient = tf.convert_to_tensor(tape.gradient(loss, stack.embeddings.value)).numpy()
    sizes = np.cumsum([0, *stack.tables.values()])
    trained = {
        table: bool(np.any(gradient[sizes[i] : sizes[i + 1]]))
        for i, table in enumerate(stack.tables)
    }
    mine = ("user", "item", "click_user", "click_item")
    assert trained == {table: table in mine for table in stack.tables}


def test_stem_counts_its_tables_and_reads_no_interaction(data, spec):
    of_user = spec.model_copy(update={"features": {"user": spec.features["user"]}})
    model = mtl.build_model(of_user, data.preprocessing, "stem")
    rows = data.preprocessing.inputs["user"].size
    assert model.get_layer("categories_4").stack.shapes() == {"embeddings": (4 * rows, 4)}
    with pytest.raises(ValueError, match=r"STEM reads features as each task .* interaction=FM"):
        mtl.build_model(spec, data.preprocessing, "stem", interaction="fm")


def test_a_served_model_has_features_of_tasks_and_own_tables(data, spec, tmp_path):
    model = mtl.build_model(spec, data.preprocessing, trunk_of("STEM"))
    mtl.export_saved_model(model, data.preprocessing, tmp_path / "exported")
    rows = pd.DataFrame(
        {
            "user": ["u1", "new"], "item": ["i1", "i2"], "seen": ["i1|i2", ""],
            "bought": ["i3", "i4|i5"], "brand": ["b1", "b2"],
            "price": [0.1, 0.2], "coupon": [1.0, 0.0], "shelf": [0.5, -0.5],
        }
    )  # fmt: skip
    raw = data.preprocessing.to_raw(pa.RecordBatch.from_pandas(rows))
    served = tf.saved_model.load(str(tmp_path / "exported")).signatures["serving_default"]
    answers = served(**{name: tf.constant(values) for name, values in raw.items()})
    expected = model(data.preprocessing.features(raw))
    for task in ("click", "buy"):
        np.testing.assert_allclose(
            np.ravel(answers[task]), np.ravel(expected[task]), rtol=1e-5, err_msg=task
        )


@keras.saving.register_keras_serializable("mtlkeras_tests")
class Informed(keras.layers.Layer):
    takes, takes_prior = "vector", True

    def __init__(self, prior=(), tasks=None, **kwargs):
        super().__init__(**kwargs)
        self.prior, self.tasks = prior, tasks

    def call(self, x, prior=None):
        return dict.fromkeys(self.tasks, x if prior is None else prior)

    def get_config(self):
        return {**super().get_config(), "prior": self.prior, "tasks": self.tasks}


def test_a_prior_is_encoded_features_side_by_side(data, spec):
    model = mtl.build_model(spec, data.preprocessing, Informed(prior=["price", "user"]))
    prior = keras.Model(model.input, model.get_layer("prior").output)
    features = next(iter(data.validation))[0]
    stack = model.get_layer("categories_4").stack
    expected = np.concatenate([features["price"], stack.rows("user")[features["user"]]], axis=1)
    np.testing.assert_allclose(prior(features), expected, rtol=1e-6)
    assert model.get_layer("click").input.shape == (None, 5)
    model = mtl.build_model(spec, data.preprocessing, Informed())
    assert model.get_layer("click").input.shape == (None, 13)
    with pytest.raises(ValueError, match=r"prior of Informed must name .* Did you mean 'price'\?"):
        mtl.build_model(spec, data.preprocessing, Informed(prior=["prise"]))
