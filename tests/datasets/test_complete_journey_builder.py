import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
import tensorflow as tf
import tensorflow_datasets as tfds

from mtlkeras.datasets import CompleteJourney
from mtlkeras.datasets.complete_journey import _builder, _table, complete_journey_table
from mtlkeras.datasets.complete_journey._records import serialize_rows

KEY = ["household_id", "category", "week"]


@pytest.fixture
def small(tables, monkeypatch):
    """Makes the data set come from the small tables, with a test split, in several shards."""
    monkeypatch.setattr(_table, "load_tables", lambda: tables)
    monkeypatch.setattr(_builder, "VALIDATION_FROM", 25)
    monkeypatch.setattr(_builder, "TEST_FROM", 28)
    monkeypatch.setattr(_builder, "ROWS_A_SHARD", 20)
    return complete_journey_table("full", tables)


@pytest.fixture
def prepared(small, tmp_path):
    builder = tfds.builder("complete_journey/full", data_dir=tmp_path)
    builder.download_and_prepare()
    return builder


def read(builder, split):
    """Reads a split as tensorflow-datasets does, into a DataFrame sorted by key."""
    frame = pd.DataFrame(list(tfds.as_numpy(builder.as_dataset(split=split))))
    texts = [name for name in frame if frame[name].dtype == object]
    frame[texts] = frame[texts].map(bytes.decode)
    return frame.sort_values(KEY).reset_index(drop=True)


def test_splits_by_week_and_reads_back_what_was_built(prepared, small):
    weeks = {"train": range(21, 25), "validation": range(25, 28), "test": range(28, 31)}
    assert set(prepared.info.splits) == set(weeks)
    for split, of_split in weeks.items():
        expected = small[small["week"].isin(of_split)].reset_index(drop=True)
        assert prepared.info.splits[split].num_examples == len(expected) > 0
        found = read(prepared, split)
        for name in expected:
            if isinstance(expected[name].dtype, pd.CategoricalDtype):
                assert found[name].tolist() == expected[name].astype(object).fillna("").tolist()
            else:
                np.testing.assert_array_equal(found[name], expected[name], err_msg=name)


def test_splits_have_several_shards_and_slices_work(prepared):
    info = prepared.info.splits["train"]
    assert info.num_shards == -(-info.num_examples // 20) > 1
    assert info.num_bytes > 0
    part = prepared.as_dataset(split="train[:10]")
    assert len(list(part)) == 10


def test_is_read_by_load_and_not_prepared_twice(prepared, tmp_path, monkeypatch):
    monkeypatch.setattr(_builder, "complete_journey_table", None)
    dataset = tfds.load("complete_journey/full", split="test", data_dir=tmp_path)
    element = next(iter(dataset))
    assert element["purchase"].dtype == tf.float32
    assert element["week"].dtype == tf.int32
    assert element["category"].dtype == tf.string


def test_rows_are_mixed_the_same_way_every_time(small, tmp_path):
    orders = []
    for folder in ("one", "two"):
        builder = tfds.builder("complete_journey/full", data_dir=tmp_path / folder)
        builder.download_and_prepare()
        orders.append([int(row["household_id"]) for row in builder.as_dataset(split="train")])
    assert orders[0] == orders[1]
    assert orders[0] != sorted(orders[0])


def test_honours_a_limit_of_examples(small, tmp_path):
    builder = CompleteJourney(config="full", data_dir=tmp_path)
    builder.download_and_prepare(
        download_config=tfds.download.DownloadConfig(max_examples_per_split=7)
    )
    assert [split.num_examples for split in builder.info.splits.values()] == [7, 7, 7]


def test_sample_is_the_default_and_the_source_is_named(tmp_path):
    builder = tfds.builder("complete_journey", data_dir=tmp_path)
    assert builder.builder_config.name == "sample"
    assert "simulated" in builder.info.description
    assert "84.51" in builder.info.description
    assert "MIT" in builder.info.redistribution_info.license
    assert all(feature.doc.desc for feature in builder.info.features.values())


def test_importing_registers_without_tensorflow():
    code = (
        "import sys, mtlkeras.datasets, tensorflow_datasets as tfds;"
        "assert tfds.builder_cls('complete_journey').name == 'complete_journey';"
        "assert 'tensorflow' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_serialised_row_is_the_message_that_tensorflow_datasets_writes():
    features = tfds.features.FeaturesDict(
        {
            "name": tfds.features.Text(),
            "count": tfds.features.Scalar(np.int32),
            "price": tfds.features.Scalar(np.float32),
        }
    )
    frame = pd.DataFrame(
        {
            "price": np.array([1.5, np.nan, 1.5], "float32"),
            "count": np.array([-3, 7, 7], "int32"),
            "name": pd.Categorical(["käse", None, "tea"]),
        }
    )
    rows = list(serialize_rows(frame, features))
    plain = [
        features.serialize_example({"name": "käse", "count": -3, "price": 1.5}),
        features.serialize_example({"name": "", "count": 7, "price": np.nan}),
        features.serialize_example({"name": "tea", "count": 7, "price": 1.5}),
    ]
    for row, expected in zip(rows, plain, strict=True):
        # NaN is unequal to itself, so texts are compared.
        found, wanted = (str(tf.train.Example.FromString(text)) for text in (row, expected))
        assert found == wanted
