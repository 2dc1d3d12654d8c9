"""Which parts a spec's splits are read from."""

import pandas as pd
import pyarrow as pa
import pytest
import tensorflow as tf

from mtlkeras.data._columns import column_uses
from mtlkeras.data._csv import CsvFile
from mtlkeras.data._errors import DataError
from mtlkeras.data._sources import cut_splits, find_split_files, open_files, open_split, own_splits
from mtlkeras.specs import DataSpec


def make(source=None, split=None, folder=None):
    spec = {
        "name": "shop",
        "features": {"x": {"type": "number"}},
        "tasks": {"y": {"type": "binary"}},
    }
    if source is not None:
        spec["source"] = source
    if split is not None:
        spec["split"] = split
    return DataSpec.from_dict(spec, folder=folder)


@pytest.mark.parametrize(
    ("split", "cut"),
    [
        ({"by": "random"}, {"validation", "test"}),
        ({"by": "random", "test": 0}, {"validation"}),
        ({"by": "group", "column": "u", "validation": 0}, {"test"}),
        ({"by": "time", "column": "t", "test_from": "2026-01-01"}, {"test"}),
        ({"by": "column", "column": "s"}, {"validation", "test"}),
    ],
)
def test_splits_that_are_cut(split, cut):
    assert cut_splits(make(split=split)) == cut


def test_splits_with_files_are_not_cut():
    spec = make({"format": "csv", "train": "a.csv", "test": "b.csv"})
    assert own_splits(spec) == {"train", "test"}
    assert cut_splits(spec) == {"validation"}
    assert own_splits(make()) == {"train"}


@pytest.fixture
def folder(tmp_path):
    for name in ["a.csv", "b.csv", "c.csv"]:
        (tmp_path / name).write_text("x,y\n1,0\n")
    return tmp_path


def test_files_of_each_split(folder):
    source = {"format": "csv", "train": ["b.csv", "a.csv"], "test": "c.csv"}
    spec = make(source, folder=folder)
    names = {
        split: [file.name for file in find_split_files(spec, split)]
        for split in ("train", "validation", "test", "all")
    }
    assert names == {
        "train": ["b.csv", "a.csv"],
        "validation": ["b.csv", "a.csv"],
        "test": ["c.csv"],
        "all": ["b.csv", "a.csv", "c.csv"],
    }


def test_a_file_in_two_splits_is_refused(folder):
    spec = make({"format": "csv", "train": "*.csv", "test": "c.csv"}, folder=folder)
    message = r"c\.csv: expected one split, got 'train and test'.*make the patterns disjoint"
    with pytest.raises(DataError, match=message):
        find_split_files(spec, "train")


def test_options_of_csv_sources_reach_the_reader(folder):
    source = {"format": "csv", "train": "a.csv", "separator": ";", "columns": ["x", "y"]}
    spec = make(source | {"comment": "#"}, folder=folder)
    assert open_split(spec, "train", None, {}) == [
        CsvFile(str(folder / "a.csv"), ";", ("x", "y"), "#")
    ]


def test_files_given_by_hand_are_told_by_their_ending(folder):
    (folder / "d.tsv").write_text("x\ty\n1\t0\n")
    spec = make({"format": "parquet", "train": "a.parquet"})
    (part,) = open_files(spec, folder / "d.tsv", {})
    assert part == CsvFile(str(folder / "d.tsv"), "\t")
    (part,) = open_files(spec, [folder / "a.csv"], {})
    assert part == CsvFile(str(folder / "a.csv"))


def test_files_of_several_formats_are_refused(folder):
    (folder / "a.parquet").touch()
    with pytest.raises(DataError, match="expected one format, got 'csv, parquet'"):
        open_files(make(), [folder / "a.csv", folder / "a.parquet"], {})


def test_a_dataframe_is_needed_or_not():
    with pytest.raises(DataError, match=r"shop: expected a DataFrame, got None.*frame=\.\.\."):
        open_split(make(), "train", None, {})
    spec = make({"format": "csv", "train": "a.csv"})
    with pytest.raises(DataError, match="expected the csv source of the spec alone"):
        open_split(spec, "train", pd.DataFrame(), {})


def test_tfds_splits_and_class_labels_that_stay_numbers(tmp_path):
    source = {"format": "tfds", "name": "d", "train": "train[:9]", "test": "test", "data_dir": "t"}
    spec = make(source, folder=tmp_path)
    uses = column_uses(spec)
    for split, expected in {
        "train": ["train[:9]"],
        "validation": ["train[:9]"],
        "test": ["test"],
        "all": ["train[:9]", "test"],
    }.items():
        parts = open_split(spec, split, None, uses)
        assert [part.split for part in parts] == expected
        assert parts[0].ids == {"x", "y"}
        assert parts[0].data_dir == str(tmp_path / "t")


def test_tfrecords_of_all_splits_and_orders_have_the_types_of_the_first_training_file(tmp_path):
    kinds = {"a": tf.train.Int64List, "b": tf.train.FloatList, "c": tf.train.FloatList}
    for name, kind in kinds.items():
        field = "int64_list" if name == "a" else "float_list"
        feature = tf.train.Feature(**{field: kind(value=[1])})
        example = tf.train.Example(features=tf.train.Features(feature={"x": feature}))
        with tf.io.TFRecordWriter(str(tmp_path / f"{name}.tfrecord")) as writer:
            writer.write(example.SerializeToString())
    source = {"format": "tfrecord", "train": ["b.tfrecord", "a.tfrecord"], "test": "c.tfrecord"}
    spec = make(source, folder=tmp_path)
    for split in ("train", "test"):
        for part in open_split(spec, split, None, {}):
            assert part.types == {"x": pa.int64()}
    (part,) = open_files(spec, tmp_path / "c.tfrecord", {})
    assert part.types == {"x": pa.float32()}
