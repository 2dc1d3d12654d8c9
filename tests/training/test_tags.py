import keras
import pytest

from mtlkeras.training._tags import split_name, tag, task_names


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("loss", "overall/loss"),
        ("click_loss", "click/loss"),
        ("click_pr_auc", "click/pr_auc"),
        ("click_buy_auc", "click_buy/auc"),
        ("clicks", "overall/clicks"),
    ],
)
def test_each_task_has_its_group(name, expected):
    assert tag(name, ["click", "click_buy"]) == expected


def test_the_longest_task_owns_a_value():
    assert split_name("a_b_auc", ["a", "a_b"]) == ("a_b", "auc")
    assert split_name("a_b_auc", ["a_b", "a"]) == ("a_b", "auc")


def test_task_names_are_output_names(make_model):
    assert sorted(task_names(make_model())) == ["click", "dwell"]
    x = keras.Input((1,))
    assert task_names(keras.Model(x, keras.layers.Dense(1, name="price")(x))) == ["price"]
