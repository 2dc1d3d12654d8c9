"""Contradictions inside one feature."""

import pytest


@pytest.mark.parametrize(
    ("feature", "text"),
    [
        (
            {"type": "number", "minimum": 2, "maximum": 1},
            "features.x.maximum: expected at least the minimum, 2.0, got 1.0; swap the two",
        ),
        (
            {"type": "number", "bins": 10, "standardize": True},
            "features.x.standardize: expected no `standardize` beside `bins`, got true; "
            "bins have no scale; leave `standardize` out",
        ),
        (
            {"type": "number", "dim": 3},
            "features.x.dim: expected no `dim` without `bins`, got 3; remove it or add `bins`",
        ),
        (
            {"type": "number", "clip": [0, 100]},
            "features.x.clip: expected two quantiles, 0 <= low < high <= 1, got [0.0, 100.0]; "
            "for bounds in the column's own unit use `minimum` and `maximum`",
        ),
        (
            {"type": "number", "clip": [0.9, 0.1]},
            "features.x.clip: expected two quantiles, 0 <= low < high <= 1, got [0.9, 0.1]",
        ),
        (
            {"type": "category", "vocabulary": ["a"], "hash": 3},
            "features.x.hash: expected either `vocabulary` or `hash`, got both; "
            "remove one: a given vocabulary needs no hash",
        ),
        (
            {"type": "category", "vocabulary": ["a"], "min_count": 3},
            "features.x.min_count: expected no `min_count` beside `vocabulary`: it is for a "
            "learned vocabulary, got 3; remove `min_count` or `vocabulary`",
        ),
        (
            {"type": "category", "hash": 9, "max_size": 3},
            "features.x.max_size: expected no `max_size` beside `hash`: it is for a "
            "learned vocabulary, got 3; remove `max_size` or `hash`",
        ),
        (
            {"type": "category", "vocabulary": []},
            "features.x.vocabulary: expected at least one value, got an empty list; "
            "fill it or leave the key out",
        ),
        (
            {"type": "category", "vocabulary": ["a", "b", "a"]},
            "features.x.vocabulary[2]: expected each value once, got 'a' again (as item 1); "
            "remove one of them",
        ),
        (
            {"type": "category", "vocabulary": [1, "1"]},
            "features.x.vocabulary[1]: expected each value once, got '1' again (as item 1); "
            "remove one of them",
        ),
        (
            {"type": "category", "vocabulary": ["EU", "NA"]},
            "features.x.vocabulary[1]: expected a value that does not mean missing, got 'NA'; "
            "give `missing_values` without 'NA'",
        ),
        (
            {"type": "category", "vocabulary": [2**63]},
            "features.x.vocabulary[0]: expected a whole number of 64 bits, got 9223372036854775808",
        ),
        (
            # It stands for missing integers.
            {"type": "category", "vocabulary": [-(2**63)]},
            "features.x.vocabulary[0]: expected a whole number of 64 bits, "
            "got -9223372036854775808",
        ),
        (
            {"type": "number", "clip": [0, 1.5]},
            "features.x.clip: expected two quantiles, 0 <= low < high <= 1, got [0.0, 1.5]; "
            "for bounds in the column's own unit use `minimum` and `maximum`",
        ),
        (
            {"type": "number", "clip": [1, 1]},
            "features.x.clip: expected two quantiles, 0 <= low < high <= 1, got [1.0, 1.0]",
        ),
        (
            {"type": "sequence", "of": "number", "vocabulary": [1]},
            "features.x.vocabulary: expected no `vocabulary` without `of: category`, got [1]; "
            "remove it or add `of: category`",
        ),
        (
            {"type": "sequence", "of": "number", "dim": 3},
            "features.x.dim: expected no `dim` without `of: category`, got 3; "
            "remove it or add `of: category`",
        ),
        (
            {"type": "sequence", "transform": "log1p"},
            "features.x.transform: expected no `transform` without `of: number`, got 'log1p'; "
            "remove it or add `of: number`",
        ),
        (
            {"type": "image", "content": "bytes", "root": "a"},
            "features.x.root: expected no `root` without `content: path`, got 'a'; "
            "remove it or add `content: path`",
        ),
        (
            {"type": "timestamp", "parts": ["hour", "hour"]},
            "features.x.parts[1]: expected each value once, got 'hour' again (as item 1); "
            "remove one of them",
        ),
    ],
)
def test_contradictions(problems, feature, text):
    assert problems(features={"x": feature}) == [text]


@pytest.mark.parametrize(
    "feature",
    [
        {"type": "number", "minimum": 1, "maximum": 1},
        {"type": "number", "bins": 10, "dim": 4, "clip": [0, 1], "transform": "log1p"},
        {"type": "number", "bins": 10, "standardize": False},
        {"type": "number", "missing": -1, "minimum": 0},
        {"type": "category", "min_count": 3, "max_size": 9},
        {"type": "category", "hash": 9, "dim": 4},
        {"type": "category", "vocabulary": [1, 2, "a", 2**63 - 1, 1 - 2**63]},
        {"type": "sequence", "hash": 9, "separator": "|"},
        {"type": "sequence", "of": "number", "transform": "log1p", "standardize": False},
        {"type": "image", "root": "pictures"},
    ],
)
def test_what_goes_together(problems, feature):
    assert problems(features={"x": feature}) == []


def test_a_vocabulary_may_have_what_means_missing_elsewhere(problems):
    feature = {"type": "category", "vocabulary": ["EU", "NA"]}
    assert problems(features={"x": feature}, missing_values=[""]) == []
