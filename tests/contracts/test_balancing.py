"""What every weighting must pass."""

import doctest
import inspect
import re

import keras
import numpy as np
import pytest
import tensorflow as tf

from mtlkeras import balancing
from mtlkeras.balancing import Aggregator, GramianWeighting, LossWeighting

METHODS = [getattr(balancing, name) for name in balancing.__all__]
every_method = pytest.mark.parametrize("kind", METHODS, ids=balancing.__all__)
ALL = [kind for kind in METHODS if not issubclass(kind, Aggregator)]
every_weighting = pytest.mark.parametrize("kind", ALL)
AGGREGATORS = [kind for kind in METHODS if issubclass(kind, Aggregator)]
every_aggregator = pytest.mark.parametrize("kind", AGGREGATORS)
GRAMIAN = [kind for kind in ALL if issubclass(kind, GramianWeighting)]
# Weights that are drawn depend on the place of a task.
REASONED = [kind for kind in ALL if not hasattr(kind, "draw")]
every_gramian = pytest.mark.parametrize("kind", GRAMIAN)
every_reasoned = pytest.mark.parametrize("kind", REASONED)
# Of more than two tasks, each meets the others in an order.
IN_ORDER = (balancing.GradVac, balancing.PCGrad)


def weigh(weighting, jacobian, losses=None, active=None):
    jacobian = np.asarray(jacobian)
    losses = np.linspace(0.5, 2.0, len(jacobian)) if losses is None else losses
    losses = np.asarray(losses, jacobian.dtype)
    arguments = [losses]
    if isinstance(weighting, GramianWeighting):
        arguments.append(jacobian @ jacobian.T)
    return weighting(*arguments, active=active).numpy()


def jacobians():
    rng = np.random.default_rng(0)
    for tasks in (2, 3, 5, 8):
        yield f"random-{tasks}", rng.normal(size=(tasks, 6))
    yield "tiny", 1e-12 * rng.normal(size=(3, 4))
    yield "huge", 1e12 * rng.normal(size=(3, 4))
    yield "scales", np.diag([1e-6, 1.0, 1e6]) @ rng.normal(size=(3, 4))
    yield "zero-row", np.array([[1.0, -1.0], [0.0, 0.0], [-2.0, 1.0]])
    yield "zero", np.zeros((3, 4))
    yield "opposite", np.array([[1.0, 2.0], [-1.0, -2.0]])
    yield "identical", np.ones((3, 2))
    yield "more-tasks-than-directions", rng.normal(size=(8, 3))
    yield "nearly-the-same", rng.normal(size=6) + 1e-5 * rng.normal(size=(5, 6))
    yield "nearly-opposite", np.array([[1.0, 2.0], [-1.0, -2.0 + 1e-7], [1e-3, 0.0]])


JACOBIANS = dict(jacobians())


@every_weighting
@pytest.mark.parametrize("name", JACOBIANS)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_weights_are_finite_and_of_the_dtype_of_the_losses(kind, name, dtype):
    weights = weigh(kind(), JACOBIANS[name].astype(dtype))
    assert weights.dtype == dtype
    assert weights.shape == (len(JACOBIANS[name]),)
    assert np.isfinite(weights).all()


@every_weighting
def test_one_task_keeps_its_direction(kind):
    weights = weigh(kind(), [[1.0, -2.0]])
    assert weights.shape == (1,)
    assert weights[0] > 0


@every_reasoned
def test_inactive_tasks_are_left_out(kind):
    jacobian = np.random.default_rng(1).normal(size=(4, 6))
    jacobian[[0, 2]] = 0.0
    losses = np.array([0.0, 2.0, 0.0, 3.0])
    active = np.array([False, True, False, True])
    weights = weigh(kind(), jacobian, losses, active)
    alone = weigh(kind(), jacobian[active], losses[active])
    np.testing.assert_array_equal(weights[~active], 0.0)
    np.testing.assert_allclose(weights[active], alone, rtol=1e-10)


@every_weighting
def test_an_inactive_task_keeps_its_state(kind):
    """Weighting is as if the task had not been there, and the task as if the batch had not."""
    jacobian = np.random.default_rng(2).normal(size=(3, 6))
    losses, active = np.array([0.5, 0.0, 2.0]), np.array([True, False, True])
    weighting = kind()
    weigh(weighting, jacobian, [0.4, 0.7, 1.0])
    before = [v.numpy() for v in weighting.variables if v.shape == (3,)]
    weigh(weighting, jacobian * active[:, None], losses, active)
    after = [v.numpy() for v in weighting.variables if v.shape == (3,)]
    for old, new in zip(before, after, strict=True):
        assert old[1] == new[1]


@every_weighting
def test_no_active_task_gives_zeros(kind):
    weights = weigh(kind(), np.zeros((3, 4)), np.zeros(3), np.zeros(3, bool))
    np.testing.assert_array_equal(weights, 0.0)


@every_reasoned
def test_order_of_two_tasks_does_not_matter(kind):
    jacobian = np.array([[-4.0, 1.0, 1.0], [6.0, 1.0, 1.0]])
    forward = weigh(kind(), jacobian, [0.3, 2.0])
    backward = weigh(kind(), jacobian[::-1], [2.0, 0.3])
    np.testing.assert_allclose(forward, backward[::-1], rtol=1e-12)


@pytest.mark.parametrize("kind", [kind for kind in REASONED if kind not in IN_ORDER])
def test_order_of_several_tasks_does_not_matter(kind):
    """Nor does it to what is learned from step to step."""
    rng, order = np.random.default_rng(6), np.array([3, 0, 4, 1, 2])
    forward, shuffled = kind(), kind()
    for _ in range(3):
        # With a part in common there is an update that serves all.
        jacobian = rng.normal(size=(5, 8)) + 1.5 * rng.normal(size=8)
        before, after = rng.uniform(0.3, 3.0, size=(2, 5))
        expected = weigh(forward, jacobian, before)[order]
        found = weigh(shuffled, jacobian[order], before[order])
        np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-6)
        if getattr(kind, "compares_losses", False):
            forward.update(before, after)
            shuffled.update(before[order], after[order])
        if isinstance(forward, LossWeighting):
            forward.on_epoch_end()
            shuffled.on_epoch_end()


@every_weighting
def test_no_gradient_flows_into_the_losses_through_the_weights(kind):
    weighting = kind()
    losses = tf.constant([0.5, 2.0])
    with tf.GradientTape() as tape:
        tape.watch(losses)
        if isinstance(weighting, GramianWeighting):
            weights = weighting(losses, tf.eye(2))
        else:
            weights = weighting(losses)
    gradient = tape.gradient(weights, losses)
    assert gradient is None or not gradient.numpy().any()


@every_weighting
def test_compiles_in_a_graph_and_under_xla(kind):
    jacobian = np.random.default_rng(3).normal(size=(3, 6)).astype("float32")
    jacobian[1] = 0.0
    arguments = [tf.constant([0.5, 0.0, 2.0]), tf.constant(jacobian @ jacobian.T)]
    active = tf.constant([True, False, True])
    results = []
    for compiled in (None, False, True):
        weighting = kind()
        weighting.build((3,))

        def call(losses, gramian, active, weighting=weighting):
            extra = (gramian,) if isinstance(weighting, GramianWeighting) else ()
            return weighting(losses, *extra, active=active)

        function = call if compiled is None else tf.function(call, jit_compile=compiled)
        # The second call starts from the state that the first has left.
        results.append([function(*arguments, active).numpy() for _ in range(2)])
    np.testing.assert_allclose(results[1], results[0], rtol=1e-5)
    np.testing.assert_allclose(results[2], results[0], rtol=1e-5)


@every_weighting
def test_goes_on_where_it_stopped(kind):
    jacobian = np.random.default_rng(4).normal(size=(3, 6))
    straight, stopped = kind(), kind()
    for weighting in (straight, stopped):
        weigh(weighting, jacobian, [0.9, 0.4, 2.0])
        weigh(weighting, jacobian[::-1], [0.7, 0.5, 1.0])
    resumed = kind.from_config(stopped.get_config())
    resumed.build((3,))
    resumed.set_weights(stopped.get_weights())
    for _ in range(2):
        ours, theirs = (weigh(w, jacobian, [0.6, 0.4, 0.5]) for w in (resumed, straight))
        np.testing.assert_array_equal(ours, theirs)


@every_weighting
def test_what_it_keeps_itself_is_no_business_of_the_optimizer(kind):
    weighting = kind()
    weigh(weighting, np.eye(2))
    with tf.GradientTape() as tape:
        losses = tf.constant([0.5, 2.0])
        extra = (tf.eye(2),) if issubclass(kind, GramianWeighting) else ()
        weights = weighting(losses, *extra)
        total = tf.reduce_sum(weights * losses)
        if issubclass(kind, LossWeighting):
            total += weighting.penalty()
    trained = [variable.value for variable in weighting.trainable_variables]
    assert all(gradient is not None for gradient in tape.gradient(total, trained))


@every_method
def test_config_round_trip(kind):
    weighting = kind()
    arguments = set(inspect.signature(kind).parameters) - {"kwargs"}
    arguments |= set() if issubclass(kind, LossWeighting) else {"scope"}
    assert arguments | {"name", "dtype", "trainable"} == set(weighting.get_config())
    config = keras.saving.serialize_keras_object(weighting)
    copy = keras.saving.deserialize_keras_object(config)
    assert type(copy) is kind
    assert copy.get_config() == weighting.get_config()


@pytest.mark.parametrize("kind", [k for k in ALL if issubclass(k, LossWeighting)])
def test_penalty_is_a_scalar_of_active_tasks_only(kind):
    weighting = kind()
    weighting(np.ones(3, "float32"))
    active = tf.constant([True, False, True])
    with tf.GradientTape() as tape:
        penalty = weighting.penalty(active)
    assert penalty.shape == ()
    for gradient in tape.gradient(penalty, [v.value for v in weighting.trainable_variables]):
        assert gradient is None or float(gradient[1]) == 0.0


def test_every_weighting_is_of_one_kind():
    for kind in METHODS:
        assert sum(map(kind.__mro__.count, (LossWeighting, GramianWeighting, Aggregator))) == 1


@pytest.mark.parametrize("kind", GRAMIAN + AGGREGATORS)
def test_scope_is_an_option(kind):
    assert kind(scope="representation").scope == "representation"
    with pytest.raises(ValueError, match=rf"{kind.__name__}: scope must be one of .*representat"):
        kind(scope="representations")


@every_aggregator
@pytest.mark.parametrize("name", JACOBIANS)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_updates_are_finite_and_of_the_dtype_of_the_gradients(kind, name, dtype):
    jacobian = JACOBIANS[name].astype(dtype)
    update = kind()(np.ones(len(jacobian), dtype), jacobian).numpy()
    assert update.dtype == dtype
    assert np.isfinite(update).all()
    assert update.any() == jacobian.any() or name == "opposite"


@every_aggregator
def test_aggregates_one_task_to_itself_and_leaves_the_inactive_out(kind):
    gradient = np.array([[1.0, -2.0]])
    np.testing.assert_allclose(kind()(np.ones(1), gradient), gradient[0], rtol=1e-6)
    jacobian = np.array([[0.0, 0.0, 0.0], [1.0, -2.0, 3.0], [2.0, 1.0, 1.0]])
    active = np.array([False, True, True])
    whole = kind()(np.ones(3), jacobian, active=active)
    np.testing.assert_allclose(whole, kind()(np.ones(2), jacobian[1:]), rtol=1e-6)


@every_aggregator
def test_order_and_scale_of_gradients_do_not_matter_to_the_aggregate(kind):
    jacobian = np.random.default_rng(7).normal(size=(5, 6))
    update = kind()(np.ones(5), jacobian).numpy()
    shuffled = kind()(np.ones(5), jacobian[[3, 0, 4, 1, 2]]).numpy()
    np.testing.assert_allclose(shuffled, update, rtol=1e-6)
    for factor in (1e-9, 1e9):
        scaled = kind()(np.ones(5), factor * jacobian).numpy()
        np.testing.assert_allclose(scaled / factor, update, rtol=1e-6)


@every_aggregator
def test_aggregates_in_a_graph_under_xla_and_where_it_stopped(kind):
    rng = np.random.default_rng(5)
    jacobian = tf.constant(rng.normal(size=(3, 6)), "float32")
    results = []
    for compiled in (None, False, True):
        method = kind()
        method.build((3,))
        function = method if compiled is None else tf.function(method, jit_compile=compiled)
        first = function(tf.ones(3), jacobian)
        if compiled is False:
            again = kind.from_config(method.get_config())
            again.build((3,))
            again.set_weights(method.get_weights())
            function = again
        results.append([first.numpy(), function(tf.ones(3), jacobian[::-1]).numpy()])
    np.testing.assert_allclose(results[1], results[0], rtol=1e-5)
    np.testing.assert_allclose(results[2], results[0], rtol=1e-5)


@pytest.mark.parametrize("name", balancing.__all__)
def test_says_what_it_is_in_a_line_and_names_the_paper(name):
    first, _, rest = getattr(balancing, name).__doc__.partition("\n\n")
    assert len(first) <= 97
    assert first.endswith(".")
    # The fixed weights are nobody's invention.
    assert name == "Static" or re.search(r"\((19|20)\d\d\)", first + rest), "no paper and its year"


@pytest.mark.parametrize("name", balancing.__all__)
def test_examples_run(name):
    (example,) = doctest.DocTestFinder(recurse=False).find(
        getattr(balancing, name), globs=vars(balancing) | {"keras": keras}
    )
    assert example.examples, f"{name} has no example"
    assert doctest.DocTestRunner().run(example).failed == 0
