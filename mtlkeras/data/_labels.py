"""Labels and sample weights in the graph, from encoded label columns."""

from collections.abc import Mapping

import numpy as np
import tensorflow as tf

from ._inputs import TaskTarget

WEIGHT_KEY = "label weight"
INTEGERS = ("multiclass", "ordinal")


def label_key(task: str) -> str:
    """Returns the key of a task's encoded label among raw columns."""
    return f"label {task}"


def label_tensors(
    tasks: Mapping, targets: Mapping[str, TaskTarget], raw: Mapping[str, tf.Tensor], training: bool
) -> tuple[dict[str, tf.Tensor], dict[str, tf.Tensor]]:
    """Returns labels and sample weights by task.

    A missing label is 0 with weight 0. A weight is the row's weight, times in training the
    weight of the row's class.

    Args:
        tasks: Task name to task of the spec.
        targets: Task name to what was counted on the training split.
        raw: `label_key(task)` to encoded labels, NaN where missing, and `WEIGHT_KEY` to row
            weights where the spec has them.
        training: Whether class weights apply.
    """
    encoded = {name: tf.convert_to_tensor(raw[label_key(name)]) for name in tasks}
    valid = valid_rows(tasks, encoded)
    labels, weights = {}, {}
    for name, task in tasks.items():
        values = encoded[name]
        mask = valid[name] if values.shape.rank == 1 else valid[name][:, None]
        values = tf.where(mask, values, 0.0)
        if (clip := getattr(task, "clip", None)) is not None:
            values = tf.minimum(values, np.float32(clip))
        weight = tf.cast(valid[name], tf.float32)
        if WEIGHT_KEY in raw:
            weight *= raw[WEIGHT_KEY]
        factors = targets[name].class_weights
        # Of a multilabel task its loss weighs each class.
        if training and factors is not None and task.type != "multilabel":
            weight *= tf.gather(tf.constant(factors, tf.float32), tf.cast(values, tf.int32))
        labels[name] = tf.cast(values, tf.int32) if task.type in INTEGERS else values
        weights[name] = weight
    return labels, weights


def valid_rows(tasks: Mapping, encoded: Mapping) -> dict:
    """Returns the rows whose label counts, bool `(rows,)` a task.

    A label counts where it is present and, for a task with `observed`, where that task's own
    label counts and is 1. Works on numpy arrays and tensors alike.

    Args:
        tasks: Task name to task of the spec.
        encoded: Task name to encoded labels, float32 with NaN where missing.
    """
    valid: dict = {}

    def of(name: str):
        if name not in valid:
            values = encoded[name]
            values = values if len(values.shape) == 1 else values[:, 0]
            valid[name] = values == values  # NaN is not equal to itself.
            if (parent := tasks[name].observed) is not None:
                valid[name] = valid[name] & of(parent) & (encoded[parent] == 1.0)
        return valid[name]

    return {name: of(name) for name in tasks}
