"""Contradictions about which column plays which part."""

import pytest


@pytest.mark.parametrize(
    ("scenario", "text"),
    [
        (
            "chanel",
            "scenario: expected the name of a category feature, one of channel, got 'chanel'; "
            "did you mean 'channel'?",
        ),
        (
            "store",
            "scenario: expected the name of a category feature, one of channel, got 'store'; "
            "describe the column under `features` too",
        ),
        (
            "price",
            "scenario: expected a category feature, got 'price', which is number; "
            "scenarios are told apart by name",
        ),
        (
            3,
            'scenario: expected a string, got 3; write it in quotes: "3"',
        ),
    ],
)
def test_scenario(problems, scenario, text):
    assert problems(scenario=scenario) == [text]


def test_scenario_by_its_column(problems):
    features = {"tab": {"type": "category", "column": "tab_id"}}
    (text,) = problems(features=features, scenario="tab_id")
    assert text.endswith("did you mean 'tab'?")


def test_scenario_without_names(problems):
    features = {"tab": {"type": "category", "hash": 9}}
    assert problems(features=features, scenario="tab") == [
        "scenario: expected a category feature with a vocabulary, got 'tab', hashed; "
        "hashed values have no names to report by; remove `hash`"
    ]


def test_a_broken_feature_can_still_be_the_scenario(problems):
    features = {"tab": {"type": "category", "vocabulray": ["a"]}}
    assert len(problems(features=features, scenario="tab")) == 1


def test_leakage(problems):
    assert problems(features={"clk": {"type": "number"}}) == [
        "features.clk: expected a column that is no label: 'clk' is the label of 'click', "
        "got feature 'clk'; remove the feature; "
        "a model cannot know the answer when it is asked"
    ]
    (text,) = problems(features={"x": {"type": "category", "column": "rating"}})
    assert text.startswith("features.x.column: expected a column that is no label: 'rating'")


def test_two_tasks_may_ask_about_one_column(problems):
    tasks = {"stars": {"type": "regression", "column": "rating"}}
    assert problems(tasks=tasks) == []


def test_two_features_may_show_one_column(problems):
    features = {"price_bins": {"type": "number", "column": "price", "bins": 10}}
    assert problems(features=features) == []


def test_sample_weight(problems):
    assert problems(sample_weight={"column": "price"}) == [
        "features.price: expected a column that is not the sample weight: 'price', "
        "got feature 'price'; remove the feature"
    ]
    assert problems(sample_weight={"column": "clk"}) == [
        "sample_weight.column: expected a column that is no label, got 'clk', the label of 'click'"
    ]
    assert problems(sample_weight={"column": "w", "default": 0}) == []


def test_keys(problems):
    assert problems(key=["row", "channel"]) == []
    assert problems(key=["row", "row"]) == [
        "key[1]: expected each value once, got 'row' again (as item 1); remove one of them"
    ]


def test_columns_of_a_file_without_header(problems):
    source = {"format": "csv", "train": "a", "columns": ["channel", "prices", "clk", "rating"]}
    top = {
        "source": source,
        "key": ["row"],
        "sample_weight": {"column": "w"},
        "split": {"by": "group", "column": "user"},
    }
    assert problems(**top) == [
        "features.price: expected a column of `source.columns`, got 'price'; "
        "did you mean 'prices'?",
        "split.column: expected a column of `source.columns`, got 'user'",
        "sample_weight.column: expected a column of `source.columns`, got 'w'",
        "key[0]: expected a column of `source.columns`, got 'row'",
    ]
