"""Names of features, tasks and tables."""

import pytest

from mtlkeras.specs._names import data_set_name, slug

CATEGORY = {"type": "category"}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("price", "price"),
        ("Clothing ID", "clothing_id"),
        ("InvoiceNo", "InvoiceNo"),
        ("_x", "x"),
        ("2nd price", "column_2nd_price"),
        ("é", "column"),
        ("", "column"),
        ("a" * 300, "a" * 80),
    ],
)
def test_slug(text, name):
    assert slug(text) == name
    assert slug(name) == name


def test_data_set_name():
    assert data_set_name("adult-train.v2") == "adult-train.v2"
    assert data_set_name("../My shop (2026)") == "My_shop_2026"
    assert data_set_name("é") == "data"


@pytest.mark.parametrize("name", ["hist items", "2x", "_x", "a.b", "a/b", "prix_é", "", "a" * 101])
def test_names_that_no_layer_can_have(problems, name):
    (feature,) = problems(features={name: CATEGORY})
    assert "expected a name of letters, digits and _ that begins with a letter" in feature
    assert f"write {slug(name)}: {{column: " in feature
    (task,) = problems(tasks={name: {"type": "binary"}})
    assert task.partition(": ")[2] == feature.partition(": ")[2]


def test_names_of_data_sets(problems):
    assert problems(name="complete_journey.v1-a") == []
    assert problems(name="../x y") == [
        "name: expected a name of letters, digits, _, - and ., got '../x y'; write x_y"
    ]


def test_a_task_named_like_a_feature(problems):
    assert problems(tasks={"price": {"type": "count", "column": "p"}}) == [
        "tasks.price: expected a name that no feature has, got 'price'; "
        "rename the task and give its `column`"
    ]


@pytest.mark.parametrize("name", ["click_class", "click_median", "click_log", "val_click"])
def test_a_task_named_like_an_output_of_another(problems, name):
    assert problems(tasks={name: {"type": "binary"}}) == [
        f"tasks.{name}: expected a name unlike the outputs and logs of task 'click', "
        f"got '{name}'; rename one of the two tasks"
    ]
    assert problems(tasks={name.replace("click", "other"): {"type": "binary"}}) == []


def test_table_names(problems):
    (text,) = problems(features={"x": {**CATEGORY, "table": "my items"}})
    assert text.startswith("features.x.table: expected a name of letters, digits and _")
