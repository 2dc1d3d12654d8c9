import numpy as np
import tensorflow as tf

from mtlkeras.data import TaskTarget
from mtlkeras.data._labels import WEIGHT_KEY, label_key, label_tensors, valid_rows
from mtlkeras.specs import DataSpec

NAN = np.nan


def tasks(**tasks):
    return DataSpec.from_dict(
        {"name": "t", "features": {"x": {"type": "number"}}, "tasks": tasks}
    ).tasks


def apply(described, raw, training=False, row_weights=None, class_weights=None):
    targets = {
        name: TaskTarget(name, task.type, None, 0, 1, 1, class_weights=class_weights)
        for name, task in described.items()
    }
    tensors = {label_key(n): tf.constant(v, tf.float32) for n, v in raw.items()}
    if row_weights is not None:
        tensors[WEIGHT_KEY] = tf.constant(row_weights, tf.float32)
    labels, weights = tf.function(lambda r: label_tensors(described, targets, r, training))(tensors)
    return ({n: v.numpy() for n, v in part.items()} for part in (labels, weights))


def test_a_missing_label_is_zero_with_weight_zero():
    labels, weights = apply(tasks(buy={"type": "binary"}), {"buy": [1, NAN, 0]})
    assert labels["buy"].tolist() == [1, 0, 0]
    assert weights["buy"].tolist() == [1, 0, 1]
    assert labels["buy"].dtype == weights["buy"].dtype == np.float32


def test_a_missing_label_of_one_task_changes_nothing_of_the_others():
    described = tasks(
        buy={"type": "binary"},
        stars={"type": "ordinal", "classes": [1, 2, 3]},
        spend={"type": "amount"},
    )
    raw = {"buy": [1, 0, 1], "stars": [2, 0, 1], "spend": [3.5, 0, 1]}
    labels, weights = apply(described, raw)
    changed, changed_weights = apply(described, raw | {"stars": [2, NAN, 1]})
    assert changed_weights["stars"].tolist() == [1, 0, 1]
    for task in ("buy", "spend"):
        np.testing.assert_array_equal(labels[task], changed[task])
        np.testing.assert_array_equal(weights[task], changed_weights[task])


def test_dtypes_and_shapes():
    described = tasks(
        kind={"type": "multiclass"},
        stars={"type": "ordinal", "classes": [1, 2]},
        tags={"type": "multilabel"},
        many={"type": "count"},
    )
    raw = {"kind": [1, NAN], "stars": [0, 1], "tags": [[NAN] * 3, [1, 0, 1]], "many": [3, NAN]}
    labels, weights = apply(described, raw)
    assert labels["kind"].dtype == labels["stars"].dtype == np.int32
    assert labels["tags"].tolist() == [[0, 0, 0], [1, 0, 1]]
    assert {w.shape for w in weights.values()} == {(2,)}
    assert weights["tags"].tolist() == [0, 1]


def test_observed_needs_the_label_one_of_the_other_task_and_so_on_up():
    described = tasks(
        refund={"type": "amount", "observed": "returned"},
        returned={"type": "binary", "observed": "buy"},
        buy={"type": "binary"},
    )
    raw = {
        "buy": [1, 1, 0, NAN, 1],
        "returned": [1, 0, 1, 1, NAN],
        "refund": [5, 6, 7, 8, 9],
    }
    labels, weights = apply(described, raw)
    assert weights["buy"].tolist() == [1, 1, 1, 0, 1]
    assert weights["returned"].tolist() == [1, 1, 0, 0, 0]
    assert weights["refund"].tolist() == [1, 0, 0, 0, 0]
    assert labels["refund"].tolist() == [5, 0, 0, 0, 0]
    encoded = {name: np.array(values) for name, values in raw.items()}
    # The same function on numpy arrays, as the fit uses it.
    assert valid_rows(described, encoded)["refund"].tolist() == [True] + [False] * 4


def test_weights_multiply():
    described = tasks(buy={"type": "binary"})
    raw, rows, classes = {"buy": [0, 1, NAN, 1]}, [1, 2, 3, 0], (0.5, 4.0)
    _, weights = apply(described, raw, True, rows, classes)
    assert weights["buy"].tolist() == [0.5, 8, 0, 0]
    _, weights = apply(described, raw, False, rows, classes)
    assert weights["buy"].tolist() == [1, 2, 0, 0]


def test_class_weights_of_several_classes():
    described = tasks(kind={"type": "multiclass"})
    _, weights = apply(described, {"kind": [2, 0, 1, NAN]}, True, None, (1.0, 2.0, 3.0))
    assert weights["kind"].tolist() == [3, 1, 2, 0]


def test_counts_are_clipped():
    labels, _ = apply(tasks(n={"type": "count", "clip": 4}), {"n": [3, 4, 1000, NAN]})
    assert labels["n"].tolist() == [3, 4, 4, 0]


def test_class_weights_of_a_multilabel_task_are_left_to_its_loss():
    described = tasks(tags={"type": "multilabel"})
    _, weights = apply(described, {"tags": [[1, 0], [NAN, NAN]]}, True, [2, 1], (3.0, 1.0))
    assert weights["tags"].tolist() == [2, 0]
