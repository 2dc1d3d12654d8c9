"""Steps that `fit` takes are those that a method's weights give by hand."""

import keras
import numpy as np
import pytest
import tensorflow as tf

import mtlkeras as mtl
from mtlkeras import MultiTaskModel, balancing
from mtlkeras.balancing import Aggregator, GramianWeighting, LossWeighting, PCGrad, Rotations

RATE = 0.002
STEP = 0.1
POINT = np.array([1.5, 0.5])
HEADS = np.array([[1.0, -1.0], [-2.0, 0.5]])
OPTIONS = {
    "DWA": {"temperature": 0.5},
    "FAMO": {"learning_rate": 0.3},
    "GradNorm": {"learning_rate": 0.005},
    "MoCo": {"gamma": 1e-3},
}
# Of each kind one; test_steps_by_hand has all of them.
CASES = [(n, {}) for n in ("DWA", "FAMO", "Uncertainty")]
CASES += [(n, {"scope": "representation"}) for n in ("GradNorm", "GradDrop", "PCGrad")]
CASES += [(n, {"scope": "parameters"}) for n in ("MoCo", "GradDrop", "PCGrad")]


def make(name, options):
    return getattr(balancing, name)(**OPTIONS.get(name, {}), **options)


class ByHand:
    """The model of the fixture in numpy: `L_k = (z . h_k - t_k)^2`, descended by hand."""

    def __init__(self, method):
        self.method = method
        method.build((2,))
        self.z, self.heads = POINT.copy(), HEADS.copy()
        self.tracked = np.zeros((2, 2))
        self.losses = []

    def loss(self, targets):
        return (self.heads @ self.z - targets) ** 2

    def step(self, targets):
        slopes = 2 * (self.heads @ self.z - targets)
        jacobian, own = slopes[:, None] * self.heads, slopes[:, None] * self.z
        losses = self.loss(targets).astype("float32")
        self.losses.append(losses)
        update, heads = self.aggregate(losses, jacobian)
        self.z = self.z - RATE * update
        self.heads = self.heads - RATE * heads[:, None] * own
        if getattr(self.method, "compares_losses", False):
            self.method.update(losses, self.loss(targets).astype("float32"))

    def aggregate(self, losses, jacobian):
        """The update of the point, and the factors of the heads' gradients."""
        method = self.method
        if isinstance(method, LossWeighting):
            with tf.GradientTape() as tape:
                weights = method(losses)
                total = tf.reduce_sum(weights * losses) + method.penalty()
            trained = method.trainable_variables
            gradients = tape.gradient(total, [variable.value for variable in trained])
            for variable, gradient in zip(trained, gradients, strict=True):
                variable.assign_sub(RATE * gradient)
            return weights.numpy() @ jacobian, weights.numpy()
        heads = np.array(method.head_weights(tf.constant(losses)))
        if isinstance(method, Aggregator):
            return method(losses, jacobian.astype("float32")).numpy(), heads
        if isinstance(method, balancing.MoCo) and method.scope == "parameters":
            self.tracked += method.beta * (jacobian - self.tracked)
            jacobian = self.tracked
        gramian = (jacobian @ jacobian.T).astype("float32")
        return method(losses, gramian).numpy() @ jacobian, heads

    def fit(self, targets, epochs):
        for _ in range(epochs):
            for row in targets:
                self.step(row)
            if isinstance(self.method, LossWeighting):
                self.method.on_epoch_end()


def assert_trained_alike(model, hand):
    np.testing.assert_allclose(model.get_layer("point").point, hand.z, rtol=1e-4, atol=1e-5)
    for task, head in zip("ab", hand.heads, strict=True):
        kernel = model.get_layer(task).kernel[:, 0]
        np.testing.assert_allclose(kernel, head, rtol=1e-4, atol=1e-5)
    for ours, theirs in zip(model.weighting.variables, hand.method.variables, strict=False):
        np.testing.assert_allclose(ours, theirs, rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize(("name", "options"), CASES, ids=[f"{n}-{o}" for n, o in CASES])
def test_fit_takes_the_steps_of_the_method(name, options, make_point, point_rows):
    x, y = point_rows()
    model, hand = make_point(make(name, options)), ByHand(make(name, options))
    history = model.fit(x, y, batch_size=1, epochs=3, shuffle=False, verbose=0).history
    hand.fit(np.stack([y["a"], y["b"]], axis=1), epochs=3)
    assert_trained_alike(model, hand)
    means = np.reshape(hand.losses, (3, 3, 2)).mean(axis=1)
    np.testing.assert_allclose(history["a_loss"], means[:, 0], rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(history["loss"], means.sum(axis=1), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("name", ["FAMO", "DWA", "MoCo", "GradDrop", "GradNorm"])
def test_several_steps_in_one_graph_are_the_same(name, make_point, point_rows):
    x, y = point_rows(4)
    hand = ByHand(make(name, {}))
    model = make_point(make(name, {}), run_eagerly=False, steps_per_execution=2)
    model.fit(x, y, batch_size=1, epochs=3, shuffle=False, verbose=0)
    hand.fit(np.stack([y["a"], y["b"]], axis=1), epochs=3)
    assert_trained_alike(model, hand)


@pytest.mark.parametrize("name", ["DWA", "FAMO", "GradDrop", "GradNorm", "MoCo", "NashMTL"])
def test_goes_on_after_saving_as_if_never_stopped(name, make_point, point_rows, tmp_path):
    x, y = point_rows()
    straight, stopped = make_point(make(name, {})), make_point(make(name, {}))
    fit = {"batch_size": 1, "shuffle": False, "verbose": 0}
    straight.fit(x, y, epochs=4, **fit)
    # An epoch ends before callbacks save what it has left.
    path = tmp_path / "{epoch}.keras"
    save = keras.callbacks.ModelCheckpoint(str(path), save_freq="epoch")
    stopped.fit(x, y, epochs=2, callbacks=[save], **fit)
    loaded = keras.models.load_model(tmp_path / "2.keras")
    assert type(loaded.weighting) is type(straight.weighting)
    loaded.fit(x, y, epochs=2, **fit)
    for ours, theirs in zip(loaded.get_weights(), straight.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)


# The representation.


def trained_apart(made, x, y, weight, names, method):
    """Gradients of two tasks by tapes, and their update with a Gramian by hand."""
    trunk = made.get_layer("trunk")
    below = keras.Model(made.input, trunk.output)
    variables = made.trainable_variables
    jacobian, gradients = [], []
    for task in made.tasks:
        with tf.GradientTape(persistent=True) as tape:
            h = below(x)
            loss = made.loss[task](
                y[task], made.get_layer(names[task])(h), sample_weight=weight[task]
            )
        jacobian.append(tape.gradient(loss, h).numpy().ravel())
        found = tape.gradient(loss, variables)
        gradients.append([None if g is None else tf.convert_to_tensor(g).numpy() for g in found])
    jacobian = np.stack(jacobian)
    gramian = (len(x["x"]) * jacobian @ jacobian.T).astype("float32")
    return gradients, method(np.ones(len(made.tasks), "float32"), gramian).numpy()


def small(weighting, rows=12):
    keras.utils.set_random_seed(3)
    rng = np.random.default_rng(0)
    inputs = {"x": keras.Input((4,), name="x"), "user": keras.Input((), dtype="int32", name="user")}
    users = mtl.encoders.Category(mtl.encoders.EmbeddingTable(rows=5, dim=3, name="table"))
    h = keras.layers.Concatenate()([inputs["x"], users(inputs["user"])])
    h = keras.layers.Dense(3, "tanh", name="trunk")(h)
    outputs = {task: keras.layers.Dense(1, name=task)(h) for task in ("a", "b", "c")}
    made = MultiTaskModel(inputs, outputs)
    made.compile(keras.optimizers.SGD(STEP), loss="mse", weighting=weighting, run_eagerly=True)
    x = {
        "x": rng.normal(size=(rows, 4)).astype("float32"),
        "user": rng.integers(0, 5, rows).astype("int32"),
    }
    y = {task: rng.normal(size=rows).astype("float32") for task in outputs}
    weight = {task: rng.choice([0.0, 1.0, 2.0], rows).astype("float32") for task in outputs}
    return made, x, y, weight


def test_all_that_is_shared_gets_the_weighted_gradients_and_heads_their_own():
    made, x, y, weight = small(PCGrad(shuffle=False))
    names = {task: task for task in y}
    gradients, w = trained_apart(made, x, y, weight, names, PCGrad(shuffle=False))
    assert np.abs(w - 1).max() > 0.01
    before = [v.numpy() for v in made.trainable_variables]
    made.train_on_batch(x, y, sample_weight=weight)
    for i, (v, old) in enumerate(zip(made.trainable_variables, before, strict=True)):
        column = [g[i] for g in gradients]
        reached = [g for g in column if g is not None]
        shared = len(reached) > 1
        expected = sum(a * g for a, g in zip(w, column, strict=True)) if shared else reached[0]
        np.testing.assert_allclose(v.numpy(), old - STEP * expected, rtol=1e-4, atol=1e-6)


def test_the_size_of_the_batch_does_not_matter():
    told = []

    class Spy(GramianWeighting):
        def weigh(self, losses, gramian, active):
            told.append(gramian.numpy())
            return tf.ones_like(losses)

    made, x, y, weight = small(Spy())
    for copies in (1, 3):
        rows = [{name: np.tile(v, (copies, *(1,) * (v.ndim - 1))) for name, v in part.items()}
                for part in (x, y, weight)]  # fmt: skip
        made.optimizer.learning_rate = 0.0
        made.train_on_batch(rows[0], rows[1], sample_weight=rows[2])
    np.testing.assert_allclose(told[1], told[0], rtol=1e-4)
    assert told[0][0, 0] > 0


@pytest.mark.parametrize("scope", ["representation", "parameters"])
def test_half_precision_is_weighed_in_single(scope):
    told = {}

    class Spy(GramianWeighting):
        def weigh(self, losses, gramian, active):
            told.update(losses=losses, gramian=gramian)
            return tf.ones_like(losses)

    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        made, x, y, weight = small(Spy(scope=scope))
    finally:
        keras.config.set_dtype_policy("float32")
    made.train_on_batch(x, y, sample_weight=weight)
    assert {v.dtype.name for v in told.values()} == {"float32"}
    assert (np.diag(told["gramian"]) > 0).all()
    assert all(np.isfinite(v).all() for v in made.get_weights())


def test_mixed_experts_are_compared_where_they_answer():
    keras.utils.set_random_seed(0)
    told = []

    class Spy(GramianWeighting):
        def weigh(self, losses, gramian, active):
            told.append(gramian.numpy())
            return tf.constant([0.5, 2.0])

    x = {"x": np.random.default_rng(0).normal(size=(6, 3)).astype("float32")}
    y = {"a": np.ones(6, "float32"), "b": np.arange(6).astype("float32")}
    inputs = keras.Input((3,), name="x")
    trunk = mtl.trunks.MMoE(num_experts=2, units=(4,), activation="tanh", tasks=["a", "b"])
    shared = trunk(keras.layers.Dense(3, name="encoded")(inputs))
    outputs = {task: keras.layers.Dense(1, name=task)(shared[task]) for task in y}
    made = MultiTaskModel({"x": inputs}, outputs)
    made.compile(keras.optimizers.SGD(STEP), loss="mse", weighting=Spy(), run_eagerly=True)
    variables, before = made.trainable_variables, made.get_weights()
    with tf.GradientTape(persistent=True) as tape:
        h = made.get_layer("encoded")(x["x"])
        answers, gates = tf.transpose(trunk.experts(h), (1, 0, 2)), trunk.gates(h)
        tape.watch(answers)
        losses = [
            made.loss[task](
                y[task], made.get_layer(task)(tf.einsum("be,beu->bu", gates[task], answers))
            )
            for task in "ab"
        ]
    jacobian = np.stack([tape.gradient(loss, answers).numpy().ravel() for loss in losses])
    with tf.GradientTape(persistent=True) as tape:
        p = made(x)
        losses = [made.loss[task](y[task], p[task]) for task in "ab"]
    by_task = [[tape.gradient(loss, v) for v in variables] for loss in losses]
    made.train_on_batch(x, y)
    np.testing.assert_allclose(told[0], 6 * jacobian @ jacobian.T, rtol=1e-4)
    # Gates are in one variable, encoder and experts are shared: all but heads are weighed.
    for v, old, first, second in zip(variables, before, *by_task, strict=True):
        if first is not None and second is not None:
            step = 0.5 * first + 2.0 * second
        else:
            step = second if first is None else first
        np.testing.assert_allclose(v.numpy(), old - STEP * step, rtol=1e-4, atol=1e-6)


def test_aggregators_hand_their_update_down_and_leave_the_rest_the_sum():
    """A trunk whose layers lie above what the tasks share."""
    keras.utils.set_random_seed(0)

    class Second(Aggregator):
        def aggregate(self, losses, jacobian, active):
            return jacobian[1]

    x = {"x": np.random.default_rng(0).normal(size=(6, 3)).astype("float32")}
    y = {"a": np.ones(6, "float32"), "b": np.arange(6).astype("float32")}
    inputs = keras.Input((3,), name="x")
    h = keras.layers.Dense(3, name="encoded")(inputs)
    trunk = mtl.trunks.MMoE(num_experts=2, units=(3,), activation="tanh", tasks=["a", "b"])
    shared = trunk(h)
    outputs = {task: keras.layers.Dense(1, name=task)(shared[task]) for task in y}
    made = MultiTaskModel({"x": inputs}, outputs)
    made.compile(keras.optimizers.SGD(STEP), loss="mse", weighting=Second(), run_eagerly=True)
    variables = made.trainable_variables
    with tf.GradientTape(persistent=True) as tape:
        p = made(x)
        first, second = (made.loss[task](y[task], p[task]) for task in "ab")
        both = first + second
    below = made.get_layer("encoded").trainable_variables
    ids = {id(v) for v in below}
    before = [v.numpy() for v in variables]
    expected = [tape.gradient(second if id(v) in ids else both, v) for v in variables]
    made.train_on_batch(x, y)
    for v, old, gradient in zip(variables, before, expected, strict=True):
        np.testing.assert_allclose(v.numpy(), old - STEP * gradient, rtol=1e-4, atol=1e-6)


# RotoGrad.


def test_rotations_turn_gradients_towards_each_other(make_point, point_rows, tmp_path):
    layer = Rotations(["b", "a"], name="turned")
    model = make_point(balancing.RotoGrad(learning_rate=0.05), turn=layer)
    x, y = point_rows(1)
    targets = np.array([y["a"][0], y["b"][0]])
    slopes = 2 * (HEADS @ POINT - targets)
    jacobian = slopes[:, None] * HEADS
    norms = np.linalg.norm(jacobian, axis=1)
    units = jacobian / norms[:, None]
    model.train_on_batch(x, y)
    # Both quotients of norms are 1 in the first step.
    expected = POINT - RATE * norms.mean() * units.sum(axis=0)
    np.testing.assert_allclose(model.get_layer("point").point, expected, rtol=1e-5)
    for task, own in zip("ab", slopes[:, None] * POINT, strict=True):
        index = "ab".index(task)
        kernel = model.get_layer(task).kernel[:, 0]
        np.testing.assert_allclose(kernel, HEADS[index] - RATE * own, rtol=1e-5)
    # At W = 0, R = I + 2 (W - W^T): the gradient of <R, C> is 2 (C - C^T).
    products = np.einsum("ke,d->ked", units, units.mean(axis=0))
    turned = 0.05 * 2 * (products - products.transpose(0, 2, 1))
    np.testing.assert_allclose(layer.generators, turned[::-1], rtol=1e-4, atol=1e-6)
    rotated = layer.matrices().numpy()[::-1]
    agreement = np.einsum("ke,kef,f->k", units, rotated, units.mean(axis=0))
    assert (agreement > units @ units.mean(axis=0)).all()

    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    for each in (model, loaded):
        each.train_on_batch(x, y)
    for task in "ab":
        np.testing.assert_array_equal(loaded(x)[task], model(x)[task])


def test_rotograd_needs_its_rotations(make_point):
    with pytest.raises(ValueError, match=r"one layer mtlkeras.balancing.Rotations .* none. Put it"):
        make_point(balancing.RotoGrad())
    with pytest.raises(ValueError, match=r"Received: tasks=\['a', 'b', 'c'\]"):
        make_point(balancing.RotoGrad(), turn=Rotations(["a", "b", "c"]))
