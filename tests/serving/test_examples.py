"""tf.Example records become raw columns."""

import numpy as np
import pytest
import tensorflow as tf

from mtlkeras.serving._examples import parse_examples

SIGNATURE = {
    "price": tf.TensorSpec((None,), tf.float32),
    "shelf": tf.TensorSpec((None,), tf.int64),
    "user": tf.TensorSpec((None,), tf.string),
    "items": tf.TensorSpec((None, None), tf.string),
    "visits": tf.TensorSpec((None, None), tf.float32),
}
LEAST = np.iinfo(np.int64).min


def record(**columns):
    """Returns a serialized tf.Example of lists of floats, ints or strings."""
    features = {}
    for name, values in columns.items():
        if values and isinstance(values[0], str):
            values = [value.encode() for value in values]
            features[name] = tf.train.Feature(bytes_list=tf.train.BytesList(value=values))
        elif name == "shelf":
            features[name] = tf.train.Feature(int64_list=tf.train.Int64List(value=values))
        else:
            features[name] = tf.train.Feature(float_list=tf.train.FloatList(value=values))
    return tf.train.Example(features=tf.train.Features(feature=features)).SerializeToString()


def test_values_and_lists_are_read():
    raw = parse_examples(
        tf.constant(
            [
                record(price=[1.5], shelf=[7], user=["u1"], items=["a", "b"], visits=[3.0]),
                record(price=[2.5], shelf=[8], user=["u2"], items=["c"], visits=[4.0, 5.0]),
            ]
        ),
        SIGNATURE,
    )
    np.testing.assert_array_equal(raw["price"], [1.5, 2.5])
    np.testing.assert_array_equal(raw["shelf"], [7, 8])
    np.testing.assert_array_equal(raw["user"], [b"u1", b"u2"])
    np.testing.assert_array_equal(raw["items"], [[b"a", b"b"], [b"c", b""]])
    np.testing.assert_array_equal(raw["visits"], [[3.0, np.nan], [4.0, 5.0]])


def test_what_a_record_lacks_is_missing():
    empty = record(price=[], shelf=[], visits=[])
    raw = parse_examples(tf.constant([record(price=[1.5]), b"", empty]), SIGNATURE)
    np.testing.assert_array_equal(raw["price"], [1.5, np.nan, np.nan])
    np.testing.assert_array_equal(raw["shelf"], [LEAST] * 3)
    np.testing.assert_array_equal(raw["user"], [b""] * 3)
    assert raw["items"].shape == (3, 0)


def test_no_records():
    raw = parse_examples(tf.zeros((0,), tf.string), SIGNATURE)
    assert raw["price"].shape == (0,)
    assert raw["items"].shape == (0, 0)


def test_columns_that_are_not_asked_for_are_ignored():
    price = {"price": SIGNATURE["price"]}
    raw = parse_examples(tf.constant([record(price=[1.5], other=[1.0])]), price)
    assert list(raw) == ["price"]


def test_several_values_for_a_single_one_are_refused():
    with pytest.raises(tf.errors.InvalidArgumentError, match="'price' holds one value a row"):
        parse_examples(tf.constant([record(price=[1.0, 2.0])]), SIGNATURE)


def test_what_is_no_example_is_refused():
    with pytest.raises(tf.errors.InvalidArgumentError, match="Could not parse example"):
        parse_examples(tf.constant([b"garbage"]), SIGNATURE)
