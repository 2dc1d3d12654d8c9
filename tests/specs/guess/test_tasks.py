"""Which columns are labels, and of what tasks."""

import numpy as np
import pyarrow as pa
import pytest

from mtlkeras.specs._guess._profile import profile
from mtlkeras.specs._guess._tasks import add_parents, guess_tasks

RANDOM = np.random.default_rng(0)


def column(name, values):
    return profile(name, pa.chunked_array([pa.array(values)]))


def guess_one(name, values, given=False):
    """The task that a single column is taken for."""
    found = guess_tasks([column(name, values)], (name,) if given else ())
    return found[0] if found else None


@pytest.mark.parametrize(
    ("name", "values", "entry"),
    [
        ("click", [0, 1, 0, 1], {"type": "binary"}),
        ("click", ["0", "1", ""], {"type": "binary"}),
        ("clicked", [True, False], {"type": "binary"}),
        ("Revenue", ["TRUE", "FALSE"], {"type": "binary"}),
        ("income", ["<=50K", "<=50K", ">50K"], {"type": "binary", "positive": [">50K"]}),
        ("churn", ["Yes", "Yes", "No"], {"type": "binary", "positive": ["Yes"]}),
        ("label", [-1, 1, 1, 1], {"type": "binary", "positive": [1]}),
        ("label", [1, 1, 2], {"type": "binary", "positive": [2]}),
        ("rating", [1, 2, 5, 3], {"type": "ordinal", "classes": [1, 2, 3, 4, 5]}),
        ("stars", ["1.0", "4.0", "", "2"], {"type": "ordinal", "classes": [1, 2, 3, 4]}),
        ("rating", [1.5, 2.0, 4.5], {"type": "regression"}),
        ("rating", [12, 55, 83], {"type": "regression"}),
        ("qty", [0, 1, 7], {"type": "count"}),
        ("quantity", [0, 1, 1], {"type": "binary"}),
        ("quantity", [-1, 0, 2], {"type": "regression"}),
        ("cnt", [16, 400, 30], {"type": "count"}),
        ("clicks", [0, 3, 500], {"type": "count"}),
        ("spend", [0.0, 12.5, 3.0], {"type": "amount"}),
        ("sales", [100, 20, 3], {"type": "amount"}),
        ("sales", [-3.5, 20, 3], {"type": "regression"}),
        ("purchase", [0.0, 9.99, 5.0], {"type": "amount"}),
        ("sentiment", ["a", "b", "c"] * 5, {"type": "multiclass"}),
        ("sentiment", [f"s{i % 20}" for i in range(41)], {"type": "multiclass"}),
        ("label", [f"s{i % 31}" for i in range(99)], {"type": "multiclass"}),
        ("response", ["a", "b", "c"] * 5, {"type": "multiclass"}),
        ("label", [0, 1, 2, 3], {"type": "multiclass"}),
        ("target", [0.5, 1.5, 2.5], {"type": "regression"}),
        ("play_time_ms", [0, *[10] * 20, 100_000], {"type": "regression", "transform": "log1p"}),
    ],
)
def test_by_name_and_content(name, values, entry):
    guess = guess_one(name, values)
    assert guess.entry == entry
    assert guess.reason.startswith("by its name a label; ")


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("price", [1.0, 2.0]),
        ("last_click", [0, 1]),
        ("click", ["a", "b", "c", "d"] * 500 + [f"x{i}" for i in range(100)]),
        ("click", [1, 1, 1]),
        ("click", [None, None]),
        ("click_time", [1_650_812_741_436, 1_650_812_941_436, 1_650_813_041_436]),
        ("is_weekend", [0, 1]),
        ("label", [f"comment {i}" for i in range(40)]),
        ("sentiment", [f"s{i % 21}" for i in range(41)]),
    ],
)
def test_no_labels(name, values):
    assert guess_one(name, values) is None


@pytest.mark.parametrize(
    ("values", "entry"),
    [
        ([0, 1], {"type": "binary"}),
        (["a", "b", "b"], {"type": "binary", "positive": ["a"]}),
        (["a", "b", "c"] * 5, {"type": "multiclass"}),
        ([0, 3, 1, 14, 2, 0], {"type": "count"}),
        ([40, 99, 38, 60], {"type": "regression"}),
        ([0.5, -1.5, 2.25], {"type": "regression"}),
        ([["a", "b"], ["c"], []], {"type": "multilabel"}),
        (
            [f"tag{i % 7}|tag{i % 5}|tag{i % 11}" for i in range(400)],
            {"type": "multilabel", "separator": "|"},
        ),
    ],
)
def test_given_labels(values, entry):
    guess = guess_one("column_7", values, given=True)
    assert guess.entry == entry


def test_given_labels_do_not_hide_the_others():
    """A label that nobody named would else become a feature that tells the answer."""
    columns = [column("click", [0, 1]), column("x", [0, 1]), column("price", [1, 2])]
    assert [guess.column.name for guess in guess_tasks(columns, ("x",))] == ["click", "x"]


def test_flags_are_labels_only_beside_labels():
    flag = column("did_answer", [0, 1, 1])
    assert guess_tasks([flag], ()) == []
    found = guess_tasks([flag, column("click", [0, 1, 0])], ())
    assert [guess.column.name for guess in found] == ["click", "did_answer"]
    assert found[1].reason.startswith("by its name perhaps a label; 0 or 1, 66.7% ones")


def test_a_label_with_nothing_to_learn_is_neither_label_nor_feature():
    guess = guess_one("click", [0] * 1000 + [1] * 9)
    assert guess.entry is None
    assert guess.reason == "by its name a label, but only 9 of 1,009 rows are not 0"
    assert guess_one("click", [0] * 1000 + [1] * 10).entry == {"type": "binary"}
    assert guess_one("click", [0] * 1000 + [1] * 9, given=True).entry == {"type": "binary"}


def test_reasons():
    assert guess_one("click", ["0", "1", "1", ""]).reason == (
        "by its name a label; 0 or 1, 66.7% ones; 25.0% missing"
    )
    assert guess_one("income", ["<=50K", "<=50K", ">50K"]).reason == (
        "by its name a label; two values, <=50K 66.7%, >50K 33.3%; '>50K' means yes, the rarer one"
    )
    assert guess_one("spend", [0.0, 0.0, 12.5, 3.0]).reason == (
        "by its name a label; amounts from 0 to 12.5, 50.0% zeros"
    )
    assert guess_one("quantity", [-1, 0, 2]).reason == (
        "by its name a label; numbers from -1 to 2: no count, for some are negative"
    )


def test_parents():
    click = RANDOM.integers(0, 2, 1000)
    cart = click * RANDOM.integers(0, 2, 1000)
    buy = cart * RANDOM.integers(0, 2, 1000)
    like = RANDOM.integers(0, 2, 1000)
    columns = [column(*pair) for pair in
               (("click", click), ("cart", cart), ("buy", buy), ("like", like))]  # fmt: skip
    tasks = guess_tasks(columns, ())
    add_parents(tasks)
    parents = {task.column.name: task.entry.get("parent") for task in tasks}
    assert parents == {"click": None, "cart": "click", "buy": "cart", "like": None}
    assert tasks[1].reason.endswith("; 1 only where click is 1")


def test_few_rows_make_no_parent():
    tasks = guess_tasks([column("click", [1, 1, 0]), column("buy", [1, 0, 0])], ())
    add_parents(tasks)
    assert all("parent" not in task.entry for task in tasks)
