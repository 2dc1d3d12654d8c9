import re

import keras
import numpy as np
import pytest
import tensorflow as tf
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.plugins.custom_scalar import layout_pb2

from mtlkeras import MultiTaskModel
from mtlkeras.balancing import FAMO, RLW, GradNorm, PCGrad, Uncertainty
from mtlkeras.training import TensorBoard
from mtlkeras.training._gradient_monitor import GradientMonitor, sight


@pytest.fixture
def multi(make_model):
    """Returns a function that builds a model with randomness and state in its layers."""

    def make(weighting=None, **settings):
        keras.utils.set_random_seed(0)
        x = keras.Input((3,), name="x")
        h = keras.layers.BatchNormalization()(keras.layers.Dense(4, "tanh", name="trunk")(x))
        h = keras.layers.Dropout(0.4, seed=3)(h)
        outputs = {
            "click": keras.layers.Dense(1, "sigmoid", name="click")(h),
            "dwell": keras.layers.Dense(1, name="dwell")(h),
        }
        model = MultiTaskModel({"x": x}, outputs)
        model.compile(
            keras.optimizers.Adam(0.1),
            loss={"click": "binary_crossentropy", "dwell": "mse"},
            loss_weights={"dwell": 2.0},
            weighting=weighting,
            **settings,
        )
        return model

    return make


@pytest.fixture
def batches(arrays):
    features, labels, weights = arrays
    rows = ({"x": features["x"]}, labels, weights)
    return tf.data.Dataset.from_tensor_slices(rows).batch(16)  # 6 steps


def tensors(path, tag):
    accumulator = EventAccumulator(str(path / "train"), size_guidance={"tensors": 0})
    accumulator.Reload()
    return accumulator.Tags()["tensors"] if tag is None else accumulator.Tensors(tag)


def test_weights_norms_cosines_conflicts_and_a_picture(tmp_path, multi, batches):
    board = TensorBoard(tmp_path, update_freq=100, monitor_gradients=2)
    multi().fit(batches, epochs=2, callbacks=[board], verbose=0)
    points = tensors(tmp_path, "click/gradient_norm")
    assert [p.step for p in points] == [2, 4, 6, 8, 10, 12]
    seen = [tf.make_ndarray(p.tensor_proto).item() for p in points]
    assert seen == pytest.approx([each.norms["click"] for each in board.monitor.sights])
    assert min(seen) > 0
    for tag, expected in {
        "dwell/weight": [2.0] * 6,
        "gradients/cosine_of_click_and_dwell": [
            each.cosines["click", "dwell"] for each in board.monitor.sights
        ],
        "gradients/conflicting_pairs": [each.conflicts for each in board.monitor.sights],
    }.items():
        values = [tf.make_ndarray(p.tensor_proto).item() for p in tensors(tmp_path, tag)]
        assert values == pytest.approx(expected)
    (layout,) = tensors(tmp_path, "custom_scalars__config__")
    found = layout_pb2.Layout.FromString(tf.make_ndarray(layout.tensor_proto).item())
    patterns = [chart.multiline.tag[0] for chart in found.category[0].chart]
    tags = tensors(tmp_path, None)
    matched = [[tag for tag in tags if re.match(pattern, tag)] for pattern in patterns]
    assert [sorted(each) for each in matched] == [
        ["click/weight", "dwell/weight"],
        ["click/gradient_norm", "dwell/gradient_norm"],
        ["gradients/cosine_of_click_and_dwell"],
    ]
    pictures = tensors(tmp_path, "gradients/cosines")
    assert [p.step for p in pictures] == [6, 12]
    width, height, png = tf.make_ndarray(pictures[-1].tensor_proto)
    decoded = tf.io.decode_png(png)
    assert decoded.shape == (int(height), int(width), 3)


@pytest.mark.parametrize("steps", [1, 4])
def test_looking_changes_nothing(tmp_path, multi, batches, steps):
    found = []
    for interval in (None, 1):
        model = multi(PCGrad())
        model.steps_per_execution = steps
        board = TensorBoard(tmp_path / str(interval), monitor_gradients=interval)
        history = model.fit(batches, epochs=2, callbacks=[board], verbose=0).history
        state = [np.array(v) for v in (*model.variables, *model.optimizer.variables)]
        found.append([*state, *(np.array(v) for v in history.values())])
    for first, second in zip(*found, strict=True):
        np.testing.assert_array_equal(first, second)
    # Executions of 4 and 2 steps: the first step of each is looked at.
    every = [*range(1, 13)] if steps == 1 else [1, 5, 7, 11]
    assert [each.step for each in board.monitor.sights] == every


@pytest.mark.parametrize(
    ("weighting", "eager"),
    [
        (RLW(), False),
        (PCGrad(), False),
        (PCGrad(scope="parameters"), False),
        (Uncertainty(), True),
        (FAMO(), True),
        (GradNorm(), True),
    ],
)
def test_weights_seen_are_those_used(tmp_path, multi, batches, weighting, eager):
    """Under dropout, too: the same numbers are drawn."""
    model, used = multi(weighting, run_eagerly=eager), []

    class Used(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            used.append([w for _, w in sorted(model._weighted.guard.weights.items())])

    board = TensorBoard(tmp_path, monitor_gradients=1)
    model.fit(batches, callbacks=[board, Used()], verbose=0)
    seen = [list(each.weights.values()) for each in board.monitor.sights]
    np.testing.assert_allclose(seen, np.array(used) * [1.0, 2.0], rtol=1e-5)
    assert len({tuple(row) for row in used}) > 1
    for task, expected in zip(model.tasks, np.transpose(seen), strict=True):
        points = tensors(tmp_path, f"{task}/weight")
        shown = [tf.make_ndarray(point.tensor_proto).item() for point in points]
        np.testing.assert_allclose(shown, expected, rtol=1e-6)


def test_a_look_is_rounded_to_executions(tmp_path, multi, batches):
    """Executions of an epoch have 4 steps and 2."""
    model = multi()
    model.steps_per_execution = 4
    for interval, steps in ((6, [5, 11]), (7, [7]), (4, [1, 7, 11])):
        board = TensorBoard(tmp_path, monitor_gradients=interval)
        model.fit(batches, epochs=2, callbacks=[board], verbose=0)
        assert [each.step for each in board.monitor.sights] == steps


def test_training_ends_with_the_function_it_began_with(tmp_path, multi, arrays):
    model = multi()
    board = TensorBoard(tmp_path, monitor_gradients=3)
    x, y = {"x": arrays[0]["x"]}, arrays[1]
    model.fit(x, y, batch_size=32, callbacks=[board], verbose=0)
    function = model.train_function
    assert [each.step for each in board.monitor.sights] == [3]
    model.fit(x, y, batch_size=32, callbacks=[board], verbose=0)
    assert model.train_function is function
    assert [each.step for each in board.monitor.sights] == [3]


def test_pairs_without_a_gradient_do_not_count():
    gramian = np.array([[4.0, 0.0, 2.0], [0.0, 0.0, 0.0], [2.0, 0.0, 4.0]])
    seen = sight(7, ("a", "b", "c"), np.ones(3), gramian)
    assert seen.cosines["a", "c"] == 0.5
    assert np.isnan(seen.cosines["a", "b"])
    assert seen.conflicts == 0.0
    assert np.isnan(sight(7, ("a", "b"), np.ones(2), np.zeros((2, 2))).conflicts)


def test_the_interval_is_checked(tmp_path):
    text = "`monitor_gradients` should be a number of steps from 1 on, or None. Received 0"
    with pytest.raises(ValueError, match=text):
        TensorBoard(tmp_path, monitor_gradients=0)


def test_models_of_other_kinds_are_refused(tmp_path, make_model, data):
    board = TensorBoard(tmp_path, monitor_gradients=2)
    with pytest.raises(ValueError, match=r"needs a mtlkeras.MultiTaskModel.*Received Functional"):
        make_model().fit(data.train, callbacks=[board], verbose=0)


def test_one_task_has_nothing_to_compare():
    x = keras.Input((3,), name="x")
    model = MultiTaskModel({"x": x}, {"click": keras.layers.Dense(1)(x)})
    monitor = GradientMonitor(1)
    with pytest.warns(UserWarning, match="the model has one task, 'click'"):
        monitor.start(model)
    monitor.before(0, 1)
    monitor.stop()
    assert monitor.sights == []
