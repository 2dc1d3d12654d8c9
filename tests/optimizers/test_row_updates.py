"""What every optimizer of embedding tables must pass; a new one is a line in `PAIRS`."""

import doctest
import subprocess
import sys

import keras
import numpy as np
import pytest
import tensorflow as tf

from mtlkeras import optimizers
from mtlkeras.encoders import Category, EmbeddingTable, MeanPooling
from mtlkeras.optimizers import Adagrad, LazyAdam
from mtlkeras.optimizers._row_updates import merge_rows

PAIRS = [(Adagrad, keras.optimizers.Adagrad), (LazyAdam, keras.optimizers.Adam)]
ROWS, DIM = 6, 2


@pytest.fixture(params=PAIRS, ids=lambda pair: pair[0].__name__)
def pair(request):
    """An optimizer and the stock one that it equals on dense gradients."""
    return request.param


def start():
    return np.random.default_rng(0).normal(size=(ROWS, DIM)).astype("float32")


def gradients(steps, ids, seed=1):
    """Gradients of repeated ids, the same for each step's ids in another order."""
    random = np.random.default_rng(seed)
    return [
        (random.permutation(ids), random.normal(size=(len(ids), DIM)).astype("float32"))
        for _ in range(steps)
    ]


def train(optimizer, steps, dense=False):
    """The table after some steps, in a `tf.function` as in `fit`."""
    variable = keras.Variable(start(), name="embeddings")
    optimizer.build([variable])

    @tf.function(input_signature=[tf.TensorSpec((None,), tf.int64), tf.TensorSpec((None, DIM))])
    def step(ids, values):
        slices = tf.IndexedSlices(values, ids, tf.constant((ROWS, DIM)))
        optimizer.apply([tf.convert_to_tensor(slices) if dense else slices], [variable])

    for ids, values in steps:
        step(ids.astype("int64"), values)
    return variable.numpy()


def test_merges_repeated_ids():
    slices = tf.IndexedSlices(tf.constant([[1.0], [2.0], [4.0], [8.0]]), tf.constant([7, 3, 7, 7]))
    ids, values = merge_rows(slices)
    np.testing.assert_array_equal(ids, [7, 3])
    np.testing.assert_array_equal(values, [[13.0], [2.0]])


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"clipnorm": 0.5},
        {"clipvalue": 0.3},
        {"global_clipnorm": 0.5},
        {"weight_decay": 0.1},
    ],
    ids=str,
)
def test_equals_the_stock_optimizer_on_dense_gradients_if_all_rows_are_used(pair, options):
    ours, stock = pair
    steps = gradients(5, ids=[0, 1, 2, 3, 4, 5, 3, 3, 3, 1])
    expected = train(stock(0.1, **options), steps, dense=True)
    np.testing.assert_allclose(train(ours(0.1, **options), steps), expected, rtol=1e-5, atol=1e-6)
    assert np.abs(expected - train(stock(0.1, **options), steps)).max() > 0.01, "stock is right"


def test_one_id_many_times_in_a_batch(pair):
    ours, stock = pair
    ids, values = np.zeros(64, int), np.full((64, DIM), 0.5, "float32")
    steps = [(ids, values)] * 3
    moved = start() - train(ours(0.1), steps)
    if ours is Adagrad:
        # Gradients of 32 a step: lr g / sqrt(0.1 + g^2), then over sqrt(0.1 + 2 g^2), ...
        expected = 0.1 * sum(32 / np.sqrt(0.1 + 1e-7 + 32**2 * k) for k in (1, 2, 3))
    else:
        expected = 0.3  # Adam moves by the learning rate while the gradient stays the same
    np.testing.assert_allclose(moved[0], expected, rtol=1e-4)
    np.testing.assert_array_equal(moved[1:], np.zeros((ROWS - 1, DIM)))
    np.testing.assert_allclose(moved, start() - train(stock(0.1), steps, dense=True), atol=1e-5)


def test_unused_rows_and_their_state_stay_bitwise(pair):
    ours, _ = pair
    optimizer = ours(0.1, weight_decay=0.1)
    train(optimizer, gradients(2, ids=[1, 2, 3, 4, 5]))
    states = [v for v in optimizer.variables if v.shape == (ROWS, DIM)]
    table = optimizer._trainable_variables[0]
    before = [v.numpy() for v in (table, *states)]
    slices = tf.IndexedSlices(tf.ones((3, DIM)), tf.constant([4, 1, 4]), tf.constant((ROWS, DIM)))
    optimizer.apply([slices], [table])
    assert len(states) == (1 if ours is Adagrad else 2)
    for old, variable in zip(before, (table, *states), strict=True):
        changed = np.any(old != variable.numpy(), axis=1)
        np.testing.assert_array_equal(changed, [False, True, False, False, True, False])


def test_an_empty_gradient_changes_nothing(pair):
    ours, _ = pair
    empty = (np.zeros(0), np.zeros((0, DIM), "float32"))
    optimizer = ours(0.1, clipnorm=1.0)
    np.testing.assert_array_equal(train(optimizer, [empty, empty]), start())
    assert optimizer.iterations == 2


def model_of(optimizer, seed=5, **options):
    keras.utils.set_random_seed(seed)
    table = EmbeddingTable(rows=30, dim=4, name="item")
    item = keras.Input((), dtype="int32", name="item")
    history = keras.Input((None,), dtype="int32", name="history")
    x = keras.layers.Concatenate()([Category(table)(item), MeanPooling(table)(history)])
    h = keras.layers.Dense(3, "relu", name="hidden")(x)
    model = keras.Model({"item": item, "history": history}, keras.layers.Dense(1, name="out")(h))
    model.compile(optimizer, "mse", **options)
    return model


def batches(rows=32):
    random = np.random.default_rng(2)
    history = random.integers(0, 30, size=(rows, 3))
    x = {"item": random.integers(1, 30, size=rows), "history": history}
    return x, random.normal(size=(rows, 1)).astype("float32")


def fit(model, epochs=3):
    x, y = batches()
    return model.fit(x, y, batch_size=4, epochs=epochs, shuffle=False, verbose=0)


def assert_equal_weights(model, other, **tolerance):
    assert len(model.get_weights()) == len(other.get_weights())
    for ours, theirs in zip(model.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_allclose(ours, theirs, **tolerance)


def test_dense_variables_are_trained_as_by_the_stock_optimizer(pair):
    x, y = batches(rows=1)  # one batch: dense gradients cannot yet depend on the table's update
    models = [model_of(optimizer(0.1)) for optimizer in pair]
    for model in models:
        model.train_on_batch(x, y)
    for layer in ("hidden", "out"):
        for a, b in zip(*(model.get_layer(layer).get_weights() for model in models), strict=True):
            np.testing.assert_array_equal(a, b)


def test_a_model_trains_as_on_dense_gradients():
    """A model whose tables are one-hot products instead, under the stock optimizer."""
    sparse = model_of(Adagrad(0.1))
    weights = [tf.Variable(w) for w in sparse.get_weights()]
    optimizer = keras.optimizers.Adagrad(0.1)
    x, y = batches()
    for first in range(0, 32, 4):
        rows = slice(first, first + 4)
        item = tf.one_hot(x["item"][rows], 30)
        history = tf.one_hot(x["history"][rows], 30) * (x["history"][rows] > 0)[..., None]
        count = np.maximum((x["history"][rows] > 0).sum(1, keepdims=True), 1)
        with tf.GradientTape() as tape:
            table, kernel, bias, out_kernel, out_bias = weights
            pooled = tf.reduce_sum(history @ table, axis=1) / count
            h = tf.nn.relu(tf.concat([item @ table, pooled], axis=1) @ kernel + bias)
            loss = tf.reduce_mean((h @ out_kernel + out_bias - y[rows]) ** 2)
        optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights, strict=True))
    fit(sparse, epochs=1)
    for ours, theirs in zip(sparse.get_weights(), weights, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("options", [{"steps_per_execution": 4}, {"jit_compile": True}], ids=str)
def test_the_way_of_execution_does_not_matter(pair, options):
    ours, _ = pair
    plain, other = model_of(ours(0.1)), model_of(ours(0.1), **options)
    fit(plain), fit(other)
    assert_equal_weights(plain, other, rtol=1e-3, atol=1e-4)


def test_goes_on_after_a_reload_as_if_nothing_had_happened(pair, tmp_path):
    ours, _ = pair
    schedule = keras.optimizers.schedules.ExponentialDecay(0.1, 10, 0.5)
    model = model_of(ours(schedule))
    fit(model, epochs=2)
    model.save(tmp_path / "model.keras")
    reloaded = keras.models.load_model(tmp_path / "model.keras")
    assert type(reloaded.optimizer) is ours
    fit(model, epochs=2), fit(reloaded, epochs=2)
    assert_equal_weights(model, reloaded, rtol=1e-6)


def test_config_is_that_of_the_stock_optimizer(pair):
    ours, stock = pair
    config = ours(0.2, clipnorm=1.0, weight_decay=0.1, name="mine").get_config()
    assert config == stock(0.2, clipnorm=1.0, weight_decay=0.1, name="mine").get_config()
    assert ours.from_config(config).get_config() == config
    assert ours().get_config()["learning_rate"] == stock().get_config()["learning_rate"]


def test_weight_decay_can_leave_tables_out(pair):
    ours, _ = pair
    steps = gradients(3, ids=[1, 2, 2])
    excluded = ours(0.1, weight_decay=0.5)
    excluded.exclude_from_weight_decay(var_names=["embeddings"])
    np.testing.assert_array_equal(train(excluded, steps), train(ours(0.1), steps))


@pytest.mark.parametrize(
    "options",
    [{"use_ema": True}, {"gradient_accumulation_steps": 2}, {"loss_scale_factor": 8.0}],
    ids=str,
)
def test_options_that_touch_all_rows_are_for_dense_variables_only(pair, options):
    ours, stock = pair
    steps = gradients(4, ids=[1, 2, 2])
    (name,) = options
    message = rf"{ours.__name__} does not train embedding tables with {name}: it would read"
    with pytest.raises(ValueError, match=message):
        train(ours(0.1, **options), steps)
    np.testing.assert_array_equal(
        train(ours(0.1, **options), steps, dense=True),
        train(stock(0.1, **options), steps, dense=True),
    )


def test_trains_in_bfloat16(pair):
    ours, _ = pair
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        model = model_of(ours(0.1))
    finally:
        keras.config.set_dtype_policy("float32")
    losses = fit(model, epochs=10).history["loss"]
    assert losses[-1] < losses[0]
    assert {w.dtype for w in model.get_weights()} == {np.dtype("float32")}


TWO_REPLICAS = """
import numpy as np, tensorflow as tf, keras
from mtlkeras import optimizers
from mtlkeras.encoders import Category, EmbeddingTable
from mtlkeras import optimizers
cpu = tf.config.list_physical_devices("CPU")[0]
tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
ids = np.array([1, 2, 1, 1, 3, 1, 5, 1] * 2)
y = np.arange(16.0)[:, None]
def train(name):
    keras.utils.set_random_seed(1)
    item = keras.Input((), dtype="int32")
    h = Category(EmbeddingTable(rows=7, dim=2))(item)
    model = keras.Model(item, keras.layers.Dense(1)(h))
    model.compile(getattr(optimizers, name)(0.1), "mse")
    model.fit(ids, y, batch_size=8, epochs=2, shuffle=False, verbose=0)
    return model.get_weights()
for name in optimizers.__all__:
    one = train(name)
    with tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"]).scope():
        two = train(name)
    for a, b in zip(one, two, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-5)
print("equal")
"""


@pytest.mark.slow
def test_two_replicas_train_as_one():
    done = subprocess.run(
        [sys.executable, "-c", TWO_REPLICAS], capture_output=True, text=True, check=False
    )
    assert done.stdout.endswith("equal\n"), done.stderr


@pytest.mark.parametrize("name", optimizers.__all__)
def test_examples_run(name):
    cls = getattr(optimizers, name)
    names = vars(optimizers) | {"keras": keras}
    (example,) = doctest.DocTestFinder(recurse=False).find(cls, globs=names)
    assert example.examples, f"{name} has no example"
    assert doctest.DocTestRunner().run(example).failed == 0
