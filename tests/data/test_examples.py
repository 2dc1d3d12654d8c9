"""Serialized tf.Examples."""

import numpy as np
import pyarrow as pa
import pytest
import tensorflow as tf

from mtlkeras.data._examples import infer_types, parse_examples


def example(**features):
    made = {}
    for name, values in features.items():
        if not values:
            made[name] = tf.train.Feature()
        elif isinstance(values[0], bytes):
            made[name] = tf.train.Feature(bytes_list=tf.train.BytesList(value=values))
        elif isinstance(values[0], int):
            made[name] = tf.train.Feature(int64_list=tf.train.Int64List(value=values))
        else:
            made[name] = tf.train.Feature(float_list=tf.train.FloatList(value=values))
    return tf.train.Example(features=tf.train.Features(feature=made)).SerializeToString()


def parse(records, types):
    return parse_examples(np.array(records, dtype=object), types, "a.tfrecord", 11)


TYPES = {
    "n": pa.int64(),
    "x": pa.float32(),
    "s": pa.binary(),
    "l": pa.list_(pa.int64()),
}


def test_types_follow_the_values():
    records = [example(n=[1], s=[b"a"], e=[], f=[]), b"\xff broken", example(x=[0.5], l=[1, 2])]
    assert infer_types(records, numbers=frozenset("f")) == {
        "e": pa.binary(),
        "f": pa.float32(),
        "l": pa.list_(pa.int64()),
        "n": pa.int64(),
        "s": pa.binary(),
        "x": pa.float32(),
    }


def test_known_lists_are_lists_even_of_one_value():
    assert infer_types([example(n=[1])], frozenset("n")) == {"n": pa.list_(pa.int64())}


def test_a_type_seen_later_counts():
    assert infer_types([example(n=[]), example(n=[3])]) == {"n": pa.int64()}


def test_values_and_missing_features():
    records = [
        example(n=[1], x=[0.5], s=[b"a"], l=[1, 2], other=[7]),
        example(n=[], l=[3]),
        example(n=[-2], s=[b""]),
    ]
    batch, good, problems = parse(records, TYPES)
    assert batch.to_pydict() == {
        "n": [1, None, -2],
        "x": [0.5, None, None],
        "s": [b"a", None, b""],
        "l": [[1, 2], [3], None],
    }
    assert batch.schema.types == list(TYPES.values())
    assert good.all()
    assert problems == ()


def test_bad_records_are_left_out_and_told():
    records = [example(n=[1]), b"\xff broken", example(n=[1, 2], s=[3]), example(n=[4])]
    batch, good, problems = parse(records, TYPES)
    assert batch.to_pydict()["n"] == [1, 4]
    assert good.tolist() == [True, False, False, True]
    assert [(p.row, p.column, p.expected) for p in problems] == [
        (12, None, "a serialized tf.Example"),
        (13, "n", "one value"),
        (13, "s", "bytes_list as before"),
    ]
    assert problems[1].value == [1, 2]
    assert problems[2].value == "int64_list [3]"


@pytest.mark.parametrize("record", [example(n=[1, 2]), example(n=[0.5]), b"\xff"])
def test_a_batch_of_bad_records_alone_is_empty(record):
    batch, good, problems = parse([record], {"n": pa.int64()})
    assert batch.num_rows == 0
    assert batch.schema.types == [pa.int64()]
    assert not good.any()
    assert len(problems) == 1
