import numpy as np
import pytest
import tensorflow as tf

from mtlkeras.data import Mixture, rows_by_labels

WEIGHTS = {"click": [1, 1, 0, 0, 1, 0], "buy": [0, 2, 0, 1, 0, 0]}


def data():
    weights = {task: np.array(values, "float32") for task, values in WEIGHTS.items()}
    rows = {"x": np.arange(6)}, {task: np.zeros(6) for task in weights}, weights
    return tf.data.Dataset.from_tensor_slices(rows).batch(4)


def test_rows_go_into_the_first_group_that_takes_them():
    found = rows_by_labels(data(), {"rare": ["buy"], "click": ["click"], "rest": []})
    numbers = {name: [int(x["x"]) for x, _, _ in rows] for name, rows in found.items()}
    assert numbers == {"rare": [1, 3], "click": [0, 4], "rest": [2, 5]}


def test_rows_of_no_group_are_left_out():
    found = rows_by_labels(data(), {"any": ["click", "buy"]})
    assert [int(x["x"]) for x, _, _ in found["any"]] == [0, 1, 3, 4]


def test_rare_labels_are_mixed_in_more_often():
    groups = rows_by_labels(data(), {"rare": ["buy"], "rest": []})
    mixture = Mixture(groups, {"rare": 0.9, "rest": 0.1}, steps=200)
    batches = list(mixture.dataset.padded_batch(50))
    assert len(batches) == 4
    labelled = np.concatenate([w["buy"] for _, _, w in batches]) > 0
    assert 0.8 < labelled.mean() < 0.99


def test_wrong_groups_are_told():
    with pytest.raises(ValueError, match=r"group 'a'.*'clik'.*Did you mean 'click'"):
        rows_by_labels(data(), {"a": ["clik"]})
    with pytest.raises(ValueError, match="Group 'rest' should name a task, or come last and take"):
        rows_by_labels(data(), {"rest": [], "b": ["buy"]})
