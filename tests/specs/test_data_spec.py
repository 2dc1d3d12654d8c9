"""The spec itself: reading, writing, looking things up."""

import json
import os
import warnings
from pathlib import Path

import pytest
from pydantic import ValidationError

from mtlkeras.specs import (
    AmountTask,
    BinaryTask,
    CategoryFeature,
    DataFrameSource,
    DataSpec,
    NumberFeature,
    ParquetSource,
    Policy,
    RandomSplit,
    SampleWeight,
    SpecError,
    SpecWarning,
    TimeSplit,
)


@pytest.fixture
def shop(fixtures):
    return DataSpec.from_yaml(fixtures / "shop.yaml")


def test_the_example_spec(shop):
    assert shop.name == "shop"
    assert shop.source == ParquetSource(train="shop/train-*.parquet", test="shop/test.parquet")
    assert shop.split == TimeSplit(
        column="ts", validation_from="2026-09-01", test_from="2026-09-15"
    )
    assert shop.scenario == "channel"
    assert list(shop.features) == ["user_id", "item_id", "channel", "hist_items", "title", "price"]
    assert shop.features["user_id"] == CategoryFeature(hash=200_000, dim=32)
    assert shop.features["price"] == NumberFeature(transform="log1p", missing="median", minimum=0)
    assert list(shop.tasks) == ["click", "purchase", "quantity", "spend", "rating", "sentiment"]
    assert shop.tasks["purchase"] == BinaryTask(column="buy", parent="click", weight=2.0)
    assert shop.tasks["spend"] == AmountTask(column="spend_eur")


def test_written_as_a_person_would(shop):
    assert shop.to_yaml() == (
        "spec_version: 1\n"
        "name: shop\n"
        'source: {format: parquet, train: "shop/train-*.parquet", test: shop/test.parquet}\n'
        "split: {by: time, column: ts, "
        'validation_from: "2026-09-01", test_from: "2026-09-15"}\n'
        "scenario: channel\n"
        "features:\n"
        "  user_id: {type: category, hash: 200000, dim: 32}\n"
        "  item_id: {type: category, min_count: 5, table: item, dim: 32}\n"
        "  channel: {type: category, vocabulary: [app, web, mini]}\n"
        '  hist_items: {type: sequence, table: item, separator: "|"}\n'
        "  title: {type: text, max_tokens: 8000, max_length: 24}\n"
        "  price: {type: number, transform: log1p, missing: median, minimum: 0.0}\n"
        "tasks:\n"
        "  click: {type: binary, column: clk}\n"
        "  purchase: {type: binary, column: buy, parent: click, weight: 2.0}\n"
        "  quantity: {type: count, column: qty}\n"
        "  spend: {type: amount, column: spend_eur}\n"
        "  rating: {type: ordinal, column: stars, classes: [1, 2, 3, 4, 5]}\n"
        "  sentiment: {type: multiclass, column: label, "
        "classes: [negative, neutral, positive]}\n"
    )


def test_round_trips(shop, fixtures, tmp_path):
    assert DataSpec.from_text(shop.to_yaml()) == shop
    assert DataSpec.from_dict(shop.to_dict()) == shop
    assert DataSpec.from_dict(shop.model_dump()) == shop
    assert DataSpec.from_dict(json.loads(shop.model_dump_json())) == shop
    assert DataSpec.model_validate_json(shop.model_dump_json()) == shop
    text = shop.to_yaml(tmp_path / "copy.yaml")
    assert (tmp_path / "copy.yaml").read_text(encoding="utf-8") == text
    assert DataSpec.from_yaml(tmp_path / "copy.yaml") == shop


def test_every_key_survives_the_round_trip(fixtures):
    full = DataSpec.from_yaml(fixtures / "full.yaml")
    assert DataSpec.from_text(full.to_yaml()) == full
    assert DataSpec.from_dict(full.to_dict()) == full


def test_the_full_spec_uses_every_key(fixtures):
    """Or the tests that run over its keys would miss some."""
    full = DataSpec.from_yaml(fixtures / "full.yaml")
    used = {(type(full).__name__, key) for key in full.model_fields_set}
    for item in (full.policy, full.sample_weight, *full.features.values(), *full.tasks.values()):
        used |= {(type(item).__name__, key) for key in item.model_fields_set}
    models = {type(item) for item in (full, full.policy, *full.features.values())}
    models |= {type(item) for item in full.tasks.values()}
    wanted = {(m.__name__, key) for m in models for key in m.model_fields}
    # Any of them may name its column.
    assert {key for key in wanted - used if key[1] != "column"} == set()


def test_folder_is_that_of_the_file(tmp_path, monkeypatch):
    (tmp_path / "specs").mkdir()
    path = tmp_path / "specs" / "a.yaml"
    path.write_text("name: a\nfeatures: {x: {type: number}}\ntasks: {y: {type: binary}}\n")
    assert DataSpec.from_yaml(path).folder == tmp_path / "specs"
    assert DataSpec.from_yaml(path, folder=tmp_path).folder == tmp_path
    monkeypatch.chdir(tmp_path)
    spec = DataSpec.from_yaml("specs/a.yaml")
    monkeypatch.chdir(os.sep)
    assert spec.folder == tmp_path / "specs"
    assert DataSpec.from_dict(spec.to_dict()).folder == Path.cwd()
    assert DataSpec.from_dict(spec.to_dict(), folder=tmp_path).folder == tmp_path


def test_specs_are_equal_wherever_they_lie(plain, tmp_path):
    assert DataSpec.from_dict(plain) == DataSpec.from_dict(plain, folder=tmp_path)
    assert DataSpec.from_dict(plain) != DataSpec.from_dict(plain | {"name": "other"})
    assert DataSpec.from_dict(plain) != plain


def test_defaults(plain):
    spec = DataSpec.from_dict(plain)
    assert spec.source == DataFrameSource()
    assert spec.split == RandomSplit(validation=0.1, test=0.1, seed=0)
    assert spec.missing_values == ["", "NA", "null"]
    assert (spec.scenario, spec.sample_weight, spec.key) == (None, None, [])


def test_built_from_sections(plain):
    spec = DataSpec(
        name="shop",
        features={
            "channel": CategoryFeature(vocabulary=["app", "web"]),
            "price": {"type": "number"},
        },
        tasks=DataSpec.from_dict(plain).tasks,
        policy=Policy(bad_rows="drop"),
        sample_weight=SampleWeight(column="w"),
    )
    top = {"policy": {"bad_rows": "drop"}, "sample_weight": {"column": "w"}}
    assert spec == DataSpec.from_dict(plain | top)


def test_building_a_wrong_spec_is_a_spec_error_too():
    with pytest.raises(SpecError, match=r"^data spec: 3 problems\n") as caught:
        DataSpec(
            name=3,
            features={"x": NumberFeature()},
            tasks={"y": BinaryTask(parent="z"), "w": BinaryTask(column="x")},
        )
    assert [problem.key for problem in caught.value.problems] == [
        "name",
        "tasks.y.parent",
        "features.x",
    ]


def test_sections_do_not_change(plain):
    spec = DataSpec.from_dict(plain)
    with pytest.raises(ValidationError, match="frozen"):
        spec.name = "other"
    with pytest.raises(ValidationError, match="frozen"):
        spec.features["price"].dim = 3


def test_input_is_not_changed(plain):
    before = json.dumps(plain)
    DataSpec.from_dict(plain)
    assert json.dumps(plain) == before


def test_column_of(shop):
    assert shop.column_of("price") == "price"
    assert shop.column_of("purchase") == "buy"
    text = (
        r"^`column_of` expects a feature or task of 'shop' \(one of user_id, .*, sentiment\), "
        r"got 'prise'; did you mean 'price'\?$"
    )
    with pytest.raises(ValueError, match=text):
        shop.column_of("prise")


def test_resolved_features_know_what_their_table_does(shop):
    assert shop.resolved("hist_items").min_count == 5
    assert shop.resolved("hist_items").dim == 32
    assert shop.resolved("hist_items").max_length == 50
    assert shop.resolved("item_id") == shop.features["item_id"]
    assert shop.resolved("price") is shop.features["price"]
    assert shop.features["hist_items"].min_count == 1


def test_leakage_that_the_policy_allows_is_a_warning(plain):
    plain["features"]["clicked"] = {"type": "number", "column": "clk"}
    with pytest.raises(SpecError, match="'clk' is the label of 'click'"):
        DataSpec.from_dict(plain)
    plain["policy"] = {"leakage": "warn"}
    with pytest.warns(SpecWarning, match="^features.clicked.column: expected a column that is no"):
        spec = DataSpec.from_dict(plain)
    assert spec.policy.leakage == "warn"


def test_a_good_spec_warns_of_nothing(plain):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        DataSpec.from_dict(plain)
