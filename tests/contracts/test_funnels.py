"""What every funnel must pass.

A funnel listed in `mtlkeras.heads.funnels.__all__` is tested here without any other edit. An
option that changes what is computed deserves a line in `VARIANTS`.
"""

import doctest
import importlib
import inspect
import pkgutil
import re

import keras
import numpy as np
import pytest
import tensorflow as tf

import mtlkeras as mtl
from mtlkeras.heads import Binary, funnels
from mtlkeras.heads.funnels import Step

PARENTS = {"purchase": "cart", "cart": "click", "share": "click"}
TASKS = ("click", "cart", "purchase", "share")
VARIANTS = [
    ("ESCM2", {"estimator": "ips"}),
    ("DBMTL", {"relations": {"share": ("cart",)}, "relation_units": (3, 2)}),
    ("AITM", {"tower": ()}),
]
CASES = [(name, {}) for name in funnels.__all__] + VARIANTS
# Where graphs are traced, only what differs in its graph and its config.
FEW = [case for case in CASES if case not in (("AITM", {"tower": ()}), VARIANTS[0])]
UNITS = 5


def case_id(case):
    return "-".join([case[0], *(f"{key}={value}" for key, value in case[1].items())])


@pytest.fixture(params=CASES, ids=case_id)
def make(request):
    """Makes the funnel of a case: `make(parents=..., dropout=..., ...)`."""
    name, variant = request.param
    cls = getattr(funnels, name)

    def make(**options):
        return cls(**{"tower": (4,), "parents": PARENTS, **variant, **options})

    keras.utils.set_random_seed(3)
    return make


few = pytest.mark.parametrize("make", FEW, ids=case_id, indirect=True)


def without_relations(make, **options):
    """The funnel of a case, for other tasks than its relations name."""
    if "relations" in make().get_config():
        options["relations"] = None
    return make(**options)


def draw(rows, seed=0, dtype="float32", tasks=TASKS):
    random = np.random.default_rng(seed)
    return {task: random.normal(size=(rows, UNITS)).astype(dtype) for task in tasks}


def label(rows, seed=0):
    """Labels that are 1 only where the parent's is, and weights, of which some are 0."""
    random = np.random.default_rng(seed)
    y = {"click": random.integers(0, 2, rows).astype("float32")}
    for task in TASKS[1:]:
        y[task] = y[PARENTS[task]] * random.integers(0, 2, rows).astype("float32")
    weight = {task: random.choice([0.0, 1.0, 2.5], rows).astype("float32") for task in TASKS}
    return y, weight


def built(funnel, h=None, scale=None):
    """The funnel with its variables made, large random ones where there is a scale."""
    h = draw(2) if h is None else h
    funnel(h)
    if scale is not None:
        random = np.random.default_rng(7)
        funnel.set_weights([random.normal(scale=scale, size=w.shape) for w in funnel.get_weights()])
    return funnel


def losses(funnel, h, y, weight=None, dtype=None, training=True):
    """Loss of each task, as a `MultiTaskModel` computes them."""
    p = funnel(h, training=training)
    found = {}
    for task, loss in funnel.task_losses().items():
        if dtype is not None:
            loss = type(loss)(**loss.get_config(), dtype=dtype)
        if getattr(loss, "joint", False):
            found[task] = loss(y, p, weight)
        else:
            own = None if weight is None else weight[task]
            found[task] = loss(y[task], p[task], sample_weight=own)
    return found


def slopes(funnel, h, y, weight):
    """The sum of the losses and its gradients."""
    h = {task: tf.constant(value) for task, value in h.items()}
    variables = funnel.trainable_variables
    with tf.GradientTape() as tape:
        tape.watch(h)
        total = sum(losses(funnel, h, y, weight).values())
    by_h, by_variables = tape.gradient(
        total, [h, variables], unconnected_gradients=tf.UnconnectedGradients.ZERO
    )
    return float(total), {task: g.numpy() for task, g in by_h.items()}, by_variables


def model_of(funnel):
    """A model around the funnel, compiled."""
    inputs = {f"{task}_h": keras.Input((UNITS,), name=f"{task}_h") for task in TASKS}
    p = funnel({task: inputs[f"{task}_h"] for task in TASKS})
    model = mtl.MultiTaskModel(inputs, {task: Step(name=task)(p[task]) for task in p})
    model.compile("adam", loss=funnel.task_losses())
    return model


def assert_no_contradiction(p):
    for child, parent in PARENTS.items():
        assert np.all(np.asarray(p[child]) <= np.asarray(p[parent])), f"{child} above {parent}"


@pytest.mark.parametrize("rows", [7, 1])
def test_gives_one_probability_a_task(make, rows):
    funnel = make()
    p = funnel(draw(rows, tasks=(*TASKS, "other")))
    assert set(p) == set(TASKS)
    assert list(p) == list(funnel.tasks)
    for value in p.values():
        assert (value.shape, value.dtype) == ((rows, 1), tf.float32)
        assert np.all((value > 0) & (value < 1))
    symbolic = make()({task: keras.Input((UNITS,)) for task in TASKS})
    assert {task: (h.shape, h.dtype) for task, h in symbolic.items()} == dict.fromkeys(
        funnel.tasks, ((None, 1), "float32")
    )


def test_representations_may_differ_in_width(make):
    if make().tower:
        h = {task: np.ones((3, width), "float32") for width, task in enumerate(TASKS, start=2)}
        assert {value.shape for value in make()(h).values()} == {(3, 1)}


@pytest.mark.parametrize("policy", ["float32", "mixed_bfloat16"])
@pytest.mark.parametrize("scale", [1.0, 6.0])
def test_no_child_is_likelier_than_its_parent(make, policy, scale):
    h = draw(500, seed=1)
    funnel = built(make(dtype=policy), scale=scale)
    answers = funnel(h)
    # Weights of a scale at which some probabilities are rounded to 0 or 1.
    assert_no_contradiction(answers)
    raw = funnel(h, training=True)
    if funnel.conditional:
        assert_no_contradiction(raw)
    else:
        assert any(np.any(raw[child] > raw[parent]) for child, parent in PARENTS.items())
    logits = {task: p._keras_logits for task, p in answers.items()}
    for child, parent in PARENTS.items():
        assert np.all(logits[child] <= logits[parent] + 1e-5 * np.abs(logits[parent]))


def test_rows_do_not_see_each_other(make):
    funnel = built(make(dropout=0.5))
    h, others = draw(6), draw(6, seed=1)
    mixed = {task: np.concatenate([h[task][:2], others[task][2:]]) for task in h}
    full, changed = funnel(h), funnel(mixed)
    single = funnel({task: value[1:2] for task, value in h.items()})
    for task in TASKS:
        np.testing.assert_array_equal(full[task][:2], changed[task][:2])
        np.testing.assert_allclose(full[task][1:2], single[task], rtol=1e-5)


def test_every_weight_is_trained_by_some_loss(make):
    funnel = built(make(activation="tanh"))
    _, by_h, by_variables = slopes(funnel, draw(32), *label(32))
    for variable, gradient in zip(funnel.trainable_variables, by_variables, strict=True):
        assert np.any(gradient), f"nothing trains {variable.path}"
    assert all(np.any(gradient) for gradient in by_h.values())


def test_masked_labels_change_nothing(make):
    funnel, h = built(make()), draw(24)
    y, weight = label(24)
    other = {task: np.where(weight[task] == 0, 1 - y[task], y[task]) for task in TASKS}
    first, second = losses(funnel, h, y, weight), losses(funnel, h, other, weight)
    for task in TASKS:
        assert float(first[task]) == float(second[task]) > 0


def test_rows_without_labels_are_as_if_absent(make):
    funnel, h = built(make()), draw(24)
    y, weight = label(24)
    kept = np.arange(24) % 3 > 0
    weight = {task: value * kept for task, value in weight.items()}
    total, by_h, by_variables = slopes(funnel, h, y, weight)
    part = [{task: value[kept] for task, value in each.items()} for each in (h, y, weight)]
    absent, without, fewer = slopes(funnel, *part)
    assert total == pytest.approx(absent, rel=1e-5)
    for task in TASKS:
        np.testing.assert_array_equal(by_h[task][~kept], 0.0)
        np.testing.assert_allclose(by_h[task][kept], without[task], rtol=1e-4, atol=1e-7)
    for ours, theirs in zip(by_variables, fewer, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-6)


def test_a_batch_without_labels_has_loss_0_and_gradients_0(make):
    funnel, h = built(make()), draw(6)
    y = {task: np.zeros(6, "float32") for task in TASKS}
    total, by_h, by_variables = slopes(funnel, h, y, y)
    assert total == 0.0
    for gradient in [*by_h.values(), *by_variables]:
        np.testing.assert_array_equal(gradient, 0.0)


def test_scaling_the_weights_changes_nothing(make):
    funnel, h = built(make()), draw(24)
    y, weight = label(24)
    ten = {task: 10 * value for task, value in weight.items()}
    for one, other in zip(
        losses(funnel, h, y, weight).values(), losses(funnel, h, y, ten).values(), strict=True
    ):
        assert float(one) == pytest.approx(float(other), rel=1e-5)


def test_losses_stay_finite_where_probabilities_do_not_tell(make):
    funnel = built(make(), scale=40.0)
    y, _ = label(24)
    total, by_h, by_variables = slopes(funnel, draw(24), y, None)
    assert np.isfinite(total)
    for gradient in [*by_h.values(), *by_variables]:
        assert np.all(np.isfinite(gradient))


def test_a_seed_decides_weights_and_dropout(make):
    def run():
        keras.utils.set_random_seed(11)
        funnel = make(dropout=0.5, tower=(4,))
        return funnel(draw(6)), funnel(draw(6), training=True)

    (still, dropped), (still_again, dropped_again) = run(), run()
    for task in TASKS:
        np.testing.assert_array_equal(still[task], still_again[task])
        np.testing.assert_array_equal(dropped[task], dropped_again[task])
    assert any(np.any(still[task] != dropped[task]) for task in TASKS)


def test_config_mirrors_the_arguments(make):
    funnel = make(dropout=0.25, base_rates={"click": 0.1})
    config = funnel.get_config()
    arguments = set(inspect.signature(type(funnel)).parameters) - {"kwargs"}
    assert arguments | {"name", "dtype", "trainable"} == set(config)
    assert type(funnel).from_config(config).get_config() == config
    empty = type(funnel)()
    assert empty.get_config()["parents"] is None
    filled = type(funnel).from_config({**empty.get_config(), "parents": {"buy": "click"}})
    assert filled.tasks == ("click", "buy")
    assert empty.parents is None


def test_one_task_is_a_plain_tower(make):
    funnel = without_relations(make, parents={"click": None}, tower=(4,))
    h = draw(6, tasks=("click",))
    p = funnel(h)
    head = Binary((4,), name="click")
    head.build((None, UNITS))
    head.set_weights(funnel.get_weights())
    np.testing.assert_array_equal(p["click"], head(h["click"]))
    assert type(funnel.task_losses()["click"]) is type(head.loss())


def test_untrained_it_answers_base_rates(make):
    rates = {"click": 0.3, "cart": 0.1, "purchase": 0.02, "share": 0.05}
    funnel = built(make(base_rates=rates))
    for tower in funnel.towers:
        tower.out.kernel.assign(tf.zeros_like(tower.out.kernel))
    for task, p in funnel(draw(3)).items():
        np.testing.assert_allclose(p, rates[task], rtol=1e-5)


@few
def test_trains_reloads_and_exports_as_it_was(make, tmp_path):
    h = {f"{task}_h": value for task, value in draw(40).items()}
    y, weight = label(40)
    model = model_of(make(activation="tanh"))
    logs = model.fit(h, y, sample_weight=weight, epochs=25, verbose=0, batch_size=40).history
    assert logs["loss"][-1] < logs["loss"][0]
    model.save(tmp_path / "model.keras")
    reloaded = keras.models.load_model(tmp_path / "model.keras")
    found, expected = (
        each.evaluate(h, y, sample_weight=weight, verbose=0, return_dict=True)
        for each in (reloaded, model)
    )
    assert found == pytest.approx(expected, rel=1e-6)
    model.export(tmp_path / "exported", verbose=False)
    exported = tf.saved_model.load(str(tmp_path / "exported"))
    for rows in (40, 1):
        part = {task: value[:rows] for task, value in h.items()}
        ours, theirs = reloaded(part), exported.serve({k: tf.constant(x) for k, x in part.items()})
        assert_no_contradiction(theirs)
        for task, p in model(part).items():
            np.testing.assert_allclose(ours[task], p, rtol=1e-6)
            np.testing.assert_allclose(theirs[task], p, rtol=1e-5)


def test_losses_reload(make):
    funnel, h = built(make()), draw(12)
    y, weight = label(12)
    p = funnel(h, training=True)
    for task, loss in funnel.task_losses().items():
        config = keras.saving.serialize_keras_object(loss)
        copy = keras.saving.deserialize_keras_object(config)
        assert copy.reduction == "mean_with_sample_weight"
        joint = getattr(loss, "joint", False)
        given = (y, p, weight) if joint else (y[task], p[task], weight[task])
        assert float(copy(*given)) == float(loss(*given)) > 0


def test_runs_in_bfloat16(make):
    h, (y, weight) = draw(12), label(12)
    half, exact = built(make(dtype="mixed_bfloat16")), built(make(dtype="float32"))
    exact.set_weights(half.get_weights())
    assert all(variable.dtype == "float32" for variable in half.trainable_variables)
    for task, p in half(h).items():
        assert p.dtype == tf.float32
        np.testing.assert_allclose(p, exact(h)[task], atol=0.03)
    total, _, gradients = slopes(half, h, y, weight)
    assert total == pytest.approx(slopes(exact, h, y, weight)[0], rel=0.05)
    assert all(np.all(np.isfinite(gradient)) for gradient in gradients)


@few
def test_compiled_by_xla_gives_the_same(make):
    funnel, h = built(make(), scale=1.5), draw(64)
    y, weight = label(64)

    def step():
        with tf.GradientTape() as tape:
            total = sum(losses(funnel, h, y, weight).values())
        return tape.gradient(total, funnel.trainable_variables), funnel(h)

    (plain, _), (compiled, answers) = (
        tf.function(step, jit_compile=jit)() for jit in (False, True)
    )
    assert_no_contradiction(answers)
    for ours, theirs in zip(plain, compiled, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-5)


def assert_slopes(value, variables):
    """Compares gradients with differences along a random direction each."""
    with tf.GradientTape() as tape:
        total = value()
    random, step = np.random.default_rng(5), 1e-6
    gradients = tape.gradient(total, variables)
    assert any(gradient is not None for gradient in gradients)
    for variable, gradient in zip(variables, gradients, strict=True):
        direction = random.normal(size=variable.shape)
        variable.assign_add(step * direction)
        above = value()
        variable.assign_sub(2 * step * direction)
        below = value()
        variable.assign_add(step * direction)
        slope = 0.0 if gradient is None else np.sum(gradient * direction)
        np.testing.assert_allclose(slope, (above - below) / (2 * step), rtol=1e-5, atol=1e-7)


def test_gradients_equal_finite_differences(make):
    funnel = without_relations(make, dtype="float64", activation="tanh", parents={"buy": "click"})
    h = draw(8, dtype="float64", tasks=("click", "buy"))
    funnel(h)
    variables = [variable.value for variable in funnel.trainable_variables]
    for training in (True, False):
        assert_slopes(
            lambda training=training: sum(
                (i + 1) * tf.reduce_sum(tf.tanh(3 * p) + p._keras_logits)
                for i, p in enumerate(funnel(h, training=training).values())
            ),
            variables,
        )
    # Propensities, through which no gradient is to flow, come from the parent's part.
    own = [v for v in funnel.trainable_variables if "click" not in v.path]
    assert len(own) < len(variables)
    if getattr(funnel, "imputers", None):
        # Nor is one to flow through the error into the square from which its imputation learns.
        own = [v for v in own if "imputation" in v.path]
        assert own
    own = [v.value for v in own]
    y = {"click": np.array([1.0, 0.0] * 4), "buy": np.array([1.0, 0.0, 0.0, 0.0] * 2)}
    assert_slopes(lambda: losses(funnel, h, y, dtype="float64")["buy"], own)


def test_asks_for_parents(make):
    name = type(make()).__name__
    with pytest.raises(ValueError, match=rf"{name} does not know its tasks.*build_model"):
        make(parents=None)(draw(2))


@pytest.mark.parametrize("name", funnels.__all__)
def test_says_what_it_is_in_a_line_and_names_the_paper(name):
    first = getattr(funnels, name).__doc__.partition("\n\n")[0]
    assert len(first) <= 97
    assert re.search(r"\b(19|20)\d\d\)\.$", first), "no paper and its year"


@pytest.mark.parametrize("name", [*funnels.__all__, "Step"])
def test_has_an_example(name):
    (example,) = doctest.DocTestFinder(recurse=False).find(getattr(funnels, name))
    assert example.examples


@pytest.mark.parametrize("name", sorted(m.name for m in pkgutil.iter_modules(funnels.__path__)))
def test_examples_run(name):
    module = importlib.import_module(f"mtlkeras.heads.funnels.{name}")
    assert doctest.testmod(module).failed == 0


def test_every_funnel_is_a_funnel_that_needs_no_arguments():
    for name in funnels.__all__:
        assert isinstance(getattr(funnels, name)(), funnels.Funnel)
