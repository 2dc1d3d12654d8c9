"""What features that share an embedding table say about it."""

import pytest

CATEGORY = {"type": "category"}


@pytest.mark.parametrize(
    ("one", "two", "text"),
    [
        (
            {"dim": 8},
            {"dim": 16},
            "features.b.dim: expected 8 as in 'a', which shares table 't', got 16; give it once",
        ),
        (
            {"hash": 10},
            {"hash": 20},
            "features.b.hash: expected 10 as in 'a', which shares table 't', got 20; give it once",
        ),
        (
            {"vocabulary": ["x"]},
            {"vocabulary": ["x", "y"]},
            "features.b.vocabulary: expected ['x'] as in 'a', which shares table 't', "
            "got ['x', 'y']; give it once",
        ),
        (
            {"min_count": 2},
            {"min_count": 1},
            "features.b.min_count: expected 2 as in 'a', which shares table 't', got 1; "
            "give it once",
        ),
    ],
)
def test_shared_tables_must_agree(problems, one, two, text):
    features = {
        "a": {**CATEGORY, "table": "t", **one},
        "b": {"type": "sequence", "separator": "|", "table": "t", **two},
    }
    assert problems(features=features) == [text]
    features["b"] = {**features["b"], **one}
    assert problems(features=features) == []
    features["b"] = {"type": "sequence", "separator": "|", "table": "t"}
    assert problems(features=features) == []


def test_a_table_says_either_vocabulary_or_hash(problems):
    features = {
        "a": {**CATEGORY, "table": "t", "vocabulary": ["x"]},
        "b": {**CATEGORY, "table": "t", "hash": 9},
        "c": {**CATEGORY, "table": "t", "min_count": 9},
    }
    assert problems(features=features) == [
        "features.b.hash: expected no `hash`: table 't' has a `vocabulary`, as 'a' says, got 9; "
        "remove one of them",
        "features.c.min_count: expected no `min_count`: table 't' has a `vocabulary`, "
        "as 'a' says, got 9; remove one of them",
    ]


def test_words_and_categories_share_no_table(problems):
    features = {"a": {**CATEGORY, "table": "t"}, "b": {"type": "text", "table": "t"}}
    assert problems(features=features) == [
        "features.b.table: expected a table of category features like 'a', got a text feature; "
        "words and categories cannot share ids; name another table"
    ]


def test_a_table_named_like_a_feature_outside_it(problems):
    features = {"item": CATEGORY, "hist": {"type": "sequence", "table": "item"}}
    assert problems(features=features) == [
        "features.hist.table: expected a table's name that is no name of another feature, "
        "got 'item'; add `table: item` to the feature 'item', or rename the table"
    ]
    features["item"] = {**CATEGORY, "table": "item"}
    assert problems(features=features) == []
