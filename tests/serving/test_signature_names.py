"""Columns keep their own names as inputs of the served model."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from tensorflow.core.protobuf import saved_model_pb2

from mtlkeras.serving._signature_names import restore_names, stand_ins


def test_plain_names_stay():
    assert stand_ins(["price", "userId", "a_1"]) == {n: n for n in ["price", "userId", "a_1"]}


@pytest.mark.parametrize("name", ["Review Text", "1st", "price(€)", "数量", "a/b", "_x", "self"])
def test_other_names_get_a_stand_in(name):
    assert stand_ins([name]) == {name: "column_0"}


def test_stand_ins_do_not_collide():
    names = ["column_0", "a b", "COLUMN_1", "a-b", "Price", "price"]
    result = stand_ins(names)
    folded = [stand_in.lower() for stand_in in result.values()]
    assert len(set(folded)) == len(names)
    assert result["column_0"] == "column_0"
    assert result["Price"] == "Price"


def exported(path, columns):
    """Exports the sum of columns, each times a power of ten of its own."""
    names = stand_ins(columns)
    archive = keras.export.ExportArchive()
    archive.add_endpoint(
        "serving_default",
        lambda raw: {"the sum": sum(raw[c] * 10.0**i for i, c in enumerate(columns))},
        [{c: tf.TensorSpec((None,), tf.float64, name=names[c]) for c in columns}],
    )
    archive.write_out(path, verbose=False)
    restore_names(path, "serving_default", names)
    return tf.saved_model.load(path)


def digits(columns):
    return {c: tf.constant([i + 1.0], tf.float64) for i, c in enumerate(columns)}


def test_names_of_any_kind_survive_a_reload(tmp_path):
    columns = ["Review Text", "1st", "price(€)", "数量", "Price", "price", "plain"]
    served = exported(tmp_path / "export", columns).signatures["serving_default"]
    np.testing.assert_allclose(served(**digits(columns))["the sum"], [7654321.0])
    with pytest.raises(TypeError, match="Review Text"):
        served(**digits(columns[1:]))


def test_names_that_tensorflow_would_bend_to_one_stay_two(tmp_path):
    columns = ["Review Text", "Review-Text", "Review_Text", "self"]
    loaded = exported(tmp_path / "export", columns)
    np.testing.assert_allclose(loaded.serving_default(digits(columns))["the sum"], [4321.0])
    content = (tmp_path / "export" / "saved_model.pb").read_bytes()
    graph = saved_model_pb2.SavedModel.FromString(content).meta_graphs[0]
    assert set(graph.signature_def["serving_default"].inputs) == set(columns)
