"""Training on two replicas, in a process of its own: devices are split before TensorFlow starts."""

import subprocess
import sys

import pytest

SCRIPT = """
import tempfile

import keras
import numpy as np
import tensorflow as tf

import mtlkeras as mtl
from mtlkeras.balancing import (
    DWA, FAMO, GradDrop, MoCo, PCGrad, Rotations, RotoGrad, Uncertainty,
)
from mtlkeras.training import Introduce, TensorBoard

cpu = tf.config.list_physical_devices("CPU")[0]
tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
rng = np.random.default_rng(0)
features = {
    "x": rng.normal(size=(64, 4)).astype("float32"),
    "user": rng.integers(0, 9, 64).astype("int32"),
}
labels = {task: rng.integers(0, 2, 64).astype("float32") for task in ("a", "b", "c")}
data = tf.data.Dataset.from_tensor_slices((features, labels)).batch(16)


def make(weighting, steps):
    keras.utils.set_random_seed(0)
    inputs = {"x": keras.Input((4,), name="x"), "user": keras.Input((), dtype="int32", name="user")}
    table = mtl.encoders.EmbeddingTable(rows=9, dim=3)
    h = keras.layers.Concatenate()([inputs["x"], mtl.encoders.Category(table)(inputs["user"])])
    h = keras.layers.Dense(5, "tanh")(h)
    turned = dict.fromkeys(labels, h)
    if isinstance(weighting, RotoGrad):
        turned = Rotations(list(labels))(h)
    outputs = {task: keras.layers.Dense(1, "sigmoid", name=task)(turned[task]) for task in labels}
    model = mtl.MultiTaskModel(inputs, outputs)
    sgd = keras.optimizers.SGD(0.3)
    model.compile(sgd, loss="bce", weighting=weighting, steps_per_execution=steps)
    return model


strategy = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
none = lambda: None
by_parameters = lambda: PCGrad(scope="parameters")
cases = ((none, 1), (none, 3), (Uncertainty, 1), (PCGrad, 1), (by_parameters, 1), (DWA, 1))
for weighting, steps in (*cases, (FAMO, 3), (MoCo, 1), (GradDrop, 1), (RotoGrad, 1)):
    one = make(weighting(), steps)
    with strategy.scope():
        two = make(weighting(), steps)
    callbacks = [[], []]
    if weighting is PCGrad:
        folders = [tempfile.mkdtemp() for _ in range(2)]
        callbacks = [[TensorBoard(f, projector_rows=0, monitor_gradients=3)] for f in folders]
    if weighting is Uncertainty:
        callbacks = [[Introduce({"c": (1, 3)})] for _ in range(2)]
    logs = [
        model.fit(data, epochs=2, verbose=0, callbacks=given).history
        for model, given in zip((one, two), callbacks)
    ]
    if weighting is PCGrad:
        first, second = (board.monitor.sights for (board,) in callbacks)
        assert [sight.step for sight in first] == [3, 6]
        for ours, theirs in zip(first, second, strict=True):
            assert ours.step == theirs.step
            for name in ("weights", "norms", "cosines"):
                values = [list(getattr(sight, name).values()) for sight in (ours, theirs)]
                np.testing.assert_allclose(*values, rtol=1e-3, atol=1e-4)
    for first, second in zip(one.get_weights(), two.get_weights(), strict=True):
        np.testing.assert_allclose(first, second, rtol=1e-4, atol=1e-6)
    for key in logs[0]:
        np.testing.assert_allclose(logs[0][key], logs[1][key], rtol=1e-4)
    print("equal")
"""


@pytest.mark.slow
def test_two_replicas_train_as_one_device_does():
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], capture_output=True, text=True, timeout=500, check=False
    )
    assert done.stdout.split() == ["equal"] * 10, done.stderr[-3000:]
