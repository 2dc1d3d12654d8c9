"""What every method does inside a model: labels that are missing, what is seen, half precision."""

import keras
import numpy as np
import pytest
import tensorflow as tf

import mtlkeras as mtl
from mtlkeras import MultiTaskModel, balancing
from mtlkeras._objectives import observe
from mtlkeras.balancing import Aggregator, Rotations
from mtlkeras.optimizers import LazyAdam

RATE = 0.002
HEADS = np.array([[1.0, -1.0], [-2.0, 0.5]])
METHODS = {name: getattr(balancing, name) for name in balancing.__all__}
# Numbers are drawn for all tasks, also for those that are left out.
DRAWN = {name for name, kind in METHODS.items() if hasattr(kind, "draw")}
WEIGHED = [name for name, kind in METHODS.items() if not issubclass(kind, Aggregator)]
# Elsewhere: DWA, FAMO, GradDrop, GradNorm, MoCo, NashMTL, PCGrad and Uncertainty.
LEARN = ["DTP", "GradVac", "IMTL", "RLW", "RotoGrad", "SDMGrad"]


def small(weighting, tasks=("a", "b"), dtype=None):
    """Tasks `a`, `b` and `c` of the same weights, whatever others there are."""
    keras.utils.set_random_seed(3)
    x = keras.Input((4,), name="x")
    h = keras.layers.Dense(3, "tanh", name="trunk", dtype=dtype)(x)
    if isinstance(weighting, balancing.RotoGrad):
        turned = Rotations(list(tasks), name="turned", dtype=dtype)(h)
    else:
        turned = dict.fromkeys(tasks, h)
    outputs = {
        task: keras.layers.Dense(
            1, kernel_initializer=keras.initializers.RandomNormal(seed=ord(task)), name=task
        )(turned[task])
        for task in tasks
    }
    made = MultiTaskModel({"x": x}, outputs)
    sgd = keras.optimizers.SGD(0.1)
    made.compile(sgd, loss="mse", loss_weights={"b": 2.0}, weighting=weighting, run_eagerly=True)
    return made


def rows(seed=0):
    rng = np.random.default_rng(seed)
    x = {"x": rng.normal(size=(6, 4)).astype("float32")}
    y = {task: rng.normal(size=6).astype("float32") for task in "abc"}
    weight = {task: rng.choice([0.0, 1.0, 2.0], 6).astype("float32") for task in "abc"}
    return x, y, weight


@pytest.mark.parametrize("name", [name for name in METHODS if name not in DRAWN])
def test_a_task_without_labels_is_as_if_the_model_had_it_not(name):
    three, two = (small(METHODS[name](), tasks) for tasks in ("abc", "ab"))
    for seed in range(2):
        x, y, weight = rows(seed)
        for made in (three, two):
            tasks = made.tasks
            made.train_on_batch(
                x,
                {task: y[task] for task in tasks},
                {task: weight[task] * (task != "c") for task in tasks},
            )
    for layer in ("trunk", "a", "b"):
        for ours, theirs in zip(
            three.get_layer(layer).weights, two.get_layer(layer).weights, strict=True
        ):
            np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-7)
    untrained = small(METHODS[name](), "abc").get_layer("c").get_weights()
    for ours, before in zip(three.get_layer("c").get_weights(), untrained, strict=True):
        np.testing.assert_array_equal(ours, before)


@pytest.mark.parametrize("name", WEIGHED)
def test_the_weights_that_are_shown_are_those_of_the_step(name, make_point, point_rows):
    model = make_point(METHODS[name](**({"scope": "representation"} if name == "MoCo" else {})))
    x, y = point_rows(3)
    point = model.get_layer("point").point
    for row in range(3):
        batch = {"x": x["x"][row : row + 1]}, {task: y[task][row : row + 1] for task in y}
        heads = np.stack([model.get_layer(task).kernel[:, 0] for task in "ab"])
        before = np.array(point)
        errors = heads @ before - [y["a"][row], y["b"][row]]
        state = [np.array(v) for v in model.weighting.variables]
        seen = observe(model, keras.tree.map_structure(tf.constant, batch))
        for old, new in zip(state, model.weighting.variables, strict=True):
            np.testing.assert_array_equal(old, new)
        model.train_on_batch(*batch)
        np.testing.assert_allclose(
            seen.weights, list(model._weighted.guard.weights.values()), rtol=1e-6
        )
        moved = np.array(point) - before
        expected = -RATE * np.array(seen.weights) @ (2 * errors[:, None] * heads)
        np.testing.assert_allclose(moved, expected, rtol=1e-3, atol=1e-6)


@pytest.mark.parametrize("name", METHODS)
def test_half_precision_keeps_what_is_learned_whole(name):
    x, y, weight = rows()
    found = []
    for policy in ("float32", "mixed_bfloat16"):
        made = small(METHODS[name](), "abc", policy)
        made.train_on_batch(x, y, weight)
        assert {v.dtype for v in made.weighting.variables} <= {"float32", "int64", "bool"}
        assert all(np.isfinite(np.array(v)).all() for v in made.variables)
        found.append(list(made._weighted.guard.weights.values()))
    np.testing.assert_allclose(found[1], found[0], atol=0.2 * np.abs(found[0]).max())


@pytest.mark.parametrize("name", LEARN)
def test_goes_on_after_saving_as_if_never_stopped(name, make_point, point_rows, tmp_path):
    x, y = point_rows(2)

    def made():
        turn = Rotations(["a", "b"]) if name == "RotoGrad" else None
        return make_point(METHODS[name](), turn=turn)

    straight, stopped = made(), made()
    fit = {"batch_size": 1, "shuffle": False, "verbose": 0}
    straight.fit(x, y, epochs=4, **fit)
    stopped.fit(x, y, epochs=2, **fit)
    stopped.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    loaded.fit(x, y, epochs=2, **fit)
    for ours, theirs in zip(loaded.get_weights(), straight.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize("name", ["FAMO", "GradDrop", "RotoGrad"])
def test_xla_takes_the_same_steps(name, make_point, point_rows):
    x, y = point_rows(2)
    found = []
    for options in ({}, {"run_eagerly": False, "jit_compile": True}):
        turn = Rotations(["a", "b"]) if name == "RotoGrad" else None
        model = make_point(METHODS[name](), turn=turn, **options)
        model.fit(x, y, batch_size=1, epochs=2, shuffle=False, verbose=0)
        found.append(model.get_weights())
    for ours, theirs in zip(*found, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize(
    "weighting",
    [
        balancing.Uncertainty(),
        balancing.FAMO(),
        balancing.UPGrad(),
        balancing.MoCo(),
        balancing.GradDrop(),
        balancing.GradDrop(scope="parameters"),
    ],
    ids=["losses", "famo", "representation", "parameters", "aggregator", "aggregator-parameters"],
)
def test_rows_of_tables_that_are_not_looked_up_stay(weighting):
    keras.utils.set_random_seed(0)
    ids = keras.Input((), dtype="int32", name="id")
    table = mtl.encoders.EmbeddingTable(rows=6, dim=3, name="table")
    h = keras.layers.Dense(3, "tanh", name="trunk")(mtl.encoders.Category(table)(ids))
    made = MultiTaskModel({"id": ids}, {task: keras.layers.Dense(1, name=task)(h) for task in "ab"})
    made.compile(LazyAdam(0.1), loss="mse", weighting=weighting, run_eagerly=True)
    y = {"a": np.array([1.0, 2.0, -1.0], "float32"), "b": np.array([0.5, -1.0, 3.0], "float32")}
    # Every row has momentum before some of them are looked up again.
    for looked_up in ([1, 3, 5], [0, 2, 4]):
        made.train_on_batch({"id": np.array(looked_up, "int32")}, y)
    before = table.embeddings.numpy()
    made.train_on_batch({"id": np.array([4, 1, 4], "int32")}, y)
    same = (table.embeddings.numpy() == before).all(axis=1)
    assert same.tolist() == [True, False, True, True, False, True]
