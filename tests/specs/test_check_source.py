"""Contradictions of source and split."""

import pytest


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (
            {"format": "csv", "train": "https://x.org/a.csv"},
            "source.train: expected a path of a file, not a URL, got 'https://x.org/a.csv'; "
            "download it first, and write where it lies",
        ),
        (
            {"format": "csv", "train": ["a.csv", "s3://x/a.csv"]},
            "source.train[1]: expected a path of a file, not a URL, got 's3://x/a.csv'; "
            "download it first, and write where it lies",
        ),
        ({"format": "csv", "train": " "}, "source.train: expected a path, got ' '"),
        ({"format": "csv", "train": "a\0b"}, "source.train: expected a path, got 'a\\x00b'"),
        (
            {"format": "parquet", "train": []},
            "source.train: expected at least one path, got an empty list",
        ),
        (
            {"format": "parquet", "train": ["a", "b", "a"]},
            "source.train[2]: expected each file once, got 'a' again (first in `train`); "
            "its rows would count twice, or be tested after training on them",
        ),
        (
            {"format": "parquet", "train": "a", "test": "a"},
            "source.test: expected each file once, got 'a' again (first in `train`); "
            "its rows would count twice, or be tested after training on them",
        ),
        (
            {"format": "csv", "train": "a", "separator": ";;"},
            "source.separator: expected a single character, got ';;'",
        ),
        (
            {"format": "csv", "train": "a", "separator": '"'},
            "source.separator: expected a sign that separates, got '\"'",
        ),
        (
            {"format": "csv", "train": "a", "separator": "#", "comment": "#"},
            "source.comment: expected a sign other than the separator, got '#'",
        ),
        (
            {"format": "csv", "train": "a", "columns": ["channel", "price", "clk", "price"]},
            "source.columns[3]: expected each value once, got 'price' again (as item 2); "
            "remove one of them",
        ),
    ],
)
def test_sources(problems, source, text):
    assert text in problems(source=source)


def test_roots_of_pictures_are_paths(problems):
    feature = {"type": "image", "root": "http://x.org"}
    assert problems(features={"x": feature}) == [
        "features.x.root: expected a path of a file, not a URL, got 'http://x.org'; "
        "download it first, and write where it lies"
    ]


@pytest.mark.parametrize(
    "source",
    [
        {"format": "csv", "train": "../data/*.csv", "test": "/data/test.csv"},
        {"format": "parquet", "train": ["a/**/*.parquet", "b.parquet"]},
        {"format": "tfrecord", "train": "~/a.tfrecord.gz"},
        {"format": "tfds", "name": "complete_journey/sample", "test": "test[:10%]"},
        {"format": "dataframe"},
    ],
)
def test_good_sources(problems, source):
    assert problems(source=source) == []


@pytest.mark.parametrize(
    ("split", "text"),
    [
        (
            {"by": "random", "validation": 0.5, "test": 0.5},
            "split: expected `validation` and `test` below 1 in total, got 0.5 + 0.5; "
            "something must be left to train on",
        ),
        (
            {"by": "group", "column": "u", "validation": 0.9, "test": 0.2},
            "split: expected `validation` and `test` below 1 in total, got 0.9 + 0.2; "
            "something must be left to train on",
        ),
        (
            {"by": "random", "seed": -1},
            "split.seed: expected a whole number of at least 0 and below 4,294,967,296, got -1",
        ),
        (
            {"by": "time", "column": "ts"},
            "split: expected `validation_from` or `test_from`, got neither; "
            "without them all rows are for training",
        ),
        (
            {
                "by": "time",
                "column": "ts",
                "validation_from": "2026-09-15",
                "test_from": "2026-09-01",
            },
            "split.test_from: expected later than `validation_from`, '2026-09-15', "
            "got '2026-09-01'; validation comes before test",
        ),
        (
            {"by": "time", "column": "ts", "validation_from": 5, "test_from": 5},
            "split.test_from: expected later than `validation_from`, 5, got 5; "
            "validation comes before test",
        ),
        (
            {"by": "time", "column": "ts", "validation_from": "2026-09-15", "test_from": 5},
            "split.test_from: expected a boundary of the same kind as `validation_from`, "
            "'2026-09-15', got 5",
        ),
        (
            {"by": "time", "column": "ts", "test_from": "1.9.2026"},
            "split.test_from: expected a date or a time in ISO 8601, got '1.9.2026'; "
            "write 2026-09-01 or 2026-09-01T12:30:00; a number without quotes",
        ),
        (
            {"by": "column", "column": "part", "train": []},
            "split.train: expected at least one value, got an empty list",
        ),
        (
            {"by": "column", "column": "part", "validation": ["x", "train"]},
            "split.train[0]: expected each value on one side, got 'train' more than once",
        ),
    ],
)
def test_splits(problems, split, text):
    assert problems(split=split) == [text]


@pytest.mark.parametrize(
    "split",
    [
        {"by": "random", "validation": 0, "test": 0},
        {"by": "group", "column": "u", "validation": 0.5, "test": 0.4},
        {"by": "time", "column": "ts", "test_from": "2026-09-01"},
        {"by": "time", "column": "ts", "validation_from": 20260901, "test_from": 20260915},
        {
            "by": "time",
            "column": "ts",
            "validation_from": "2026-09-01T12:00:00+02:00",
            "test_from": "2026-09-01T11:00:00",
        },
        {"by": "column", "column": "part", "train": [1, 2], "validation": [3], "test": [4]},
    ],
)
def test_good_splits(problems, split):
    assert problems(split=split) == []


def test_files_of_their_own_need_no_boundaries(problems):
    source = {"format": "csv", "train": "a", "test": "b"}
    assert problems(source=source, split={"by": "time", "column": "ts"}) == []
