from mtlkeras.data._spec_changes import row_spec, spec_changes
from mtlkeras.specs import DataSpec

SPEC = {
    "name": "shop",
    "source": {"format": "parquet", "train": "a.parquet"},
    "features": {"price": {"type": "number"}, "item": {"type": "category", "dim": 8}},
    "tasks": {"click": {"type": "binary", "weight": 2.0}, "spend": {"type": "amount"}},
}


def changes(**changed):
    return spec_changes(row_spec(DataSpec.from_dict(SPEC)), DataSpec.from_dict({**SPEC, **changed}))


def test_what_models_and_people_look_at_and_where_files_lie_does_not_matter():
    assert changes() == []
    source = {"format": "parquet", "train": "elsewhere/*.parquet", "test": "t.parquet"}
    assert changes(name="other", key=["price"], scenario="item", source=source) == []
    assert changes(score="click * price") == []
    rare = {"keep_negatives": 0.1, "focal_gamma": 2.0}
    assert changes(tasks={**SPEC["tasks"], "click": {**SPEC["tasks"]["click"], **rare}}) == []
    features = {"price": {"type": "number"}, "item": {"type": "category", "dim": 3}}
    assert changes(features=features) == []
    features["item"]["tasks"] = ["spend"]
    assert changes(features=features) == []


def test_each_change_is_named():
    features = {"price": {"type": "number", "bins": 5}, "day": {"type": "timestamp"}}
    assert changes(features=features) == [
        "features.price.bins was added",
        "features.item was removed",
        "features.day was added",
    ]
    tasks = {"click": {"type": "multiclass"}, "spend": {"type": "amount"}}
    assert changes(tasks=tasks) == ["tasks.click.type is 'multiclass' instead of 'binary'"]
    assert changes(source={"format": "csv", "train": "a.parquet"}) == [
        "source.format is 'csv' instead of 'parquet'"
    ]


def test_the_order_of_features_is_that_of_the_columns():
    features = {"item": {"type": "category"}, "price": {"type": "number"}}
    assert changes(features=features) == ["features come in another order"]
