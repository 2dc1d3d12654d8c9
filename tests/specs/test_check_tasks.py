"""Contradictions inside one task and between tasks."""

import pytest


@pytest.mark.parametrize(
    ("task", "text"),
    [
        (
            {"type": "binary", "class_weights": [1, 2, 3]},
            "tasks.t.class_weights: expected 2 numbers, one a class (negative, positive), got 3",
        ),
        (
            {"type": "ordinal", "classes": [1, 2, 3], "class_weights": [1, 2]},
            "tasks.t.class_weights: expected 3 numbers, one a class (1, 2, 3), got 2",
        ),
        (
            {"type": "multiclass", "class_weights": [1, 2]},
            "tasks.t.class_weights: expected `classes` beside a list of weights, got [1.0, 2.0]; "
            "a list has no order without `classes`; give them, or write `balanced`",
        ),
        (
            {"type": "binary", "class_weights": [-1, 2]},
            "tasks.t.class_weights: expected numbers of at least 0, not all of them 0, "
            "got [-1.0, 2.0]",
        ),
        (
            {"type": "binary", "class_weights": [0, 0]},
            "tasks.t.class_weights: expected numbers of at least 0, not all of them 0, "
            "got [0.0, 0.0]",
        ),
        (
            {"type": "binary", "class_weights": "blanced"},
            "tasks.t.class_weights: expected one of balanced or a list of numbers, "
            "got 'blanced'; did you mean 'balanced'?",
        ),
        (
            {"type": "multilabel", "classes": ["a", "b"], "class_weights": [1]},
            "tasks.t.class_weights: expected 2 numbers, one a class (a, b), got 1",
        ),
        (
            {"type": "binary", "calibrated": True},
            "tasks.t.calibrated: expected `class_weights` to correct for, got none; "
            "remove `calibrated`",
        ),
        (
            {"type": "binary", "calibrated": True, "class_weights": [0, 1]},
            "tasks.t.calibrated: expected `class_weights` above 0, got [0.0, 1.0]; a class that "
            "trains nothing has no odds to be corrected; remove `calibrated`",
        ),
        (
            {"type": "binary", "keep_negatives": 0},
            "tasks.t.keep_negatives: expected a number above 0 and of at most 1, got 0",
        ),
        (
            {"type": "multiclass", "focal_gamma": -1},
            "tasks.t.focal_gamma: expected a number of at least 0, got -1",
        ),
        (
            {"type": "multiclass", "classes": ["a", "b", "a"]},
            "tasks.t.classes[2]: expected each value once, got 'a' again (as item 1); "
            "remove one of them",
        ),
        (
            {"type": "multilabel", "classes": ["a", "NA"]},
            "tasks.t.classes[1]: expected a value that does not mean missing, got 'NA'; "
            "give `missing_values` without 'NA'",
        ),
        (
            {"type": "ordinal"},
            "tasks.t.classes: expected a list of at least 2 strings or whole numbers, "
            "got nothing; this key is required",
        ),
        (
            {"type": "ordinal", "classes": [1]},
            "tasks.t.classes: expected a list of at least 2 strings or whole numbers, got [1]",
        ),
        (
            {"type": "binary", "positive": [1, "1"]},
            "tasks.t.positive[1]: expected each value once, got '1' again (as item 1); "
            "remove one of them",
        ),
        (
            {"type": "binary", "positive": [1, 1.0]},
            "tasks.t.positive[1]: expected each value once, got 1.0 again (as item 1); "
            "remove one of them",
        ),
        (
            {"type": "binary", "positive": "yes"},
            "tasks.t.positive: expected a list of at least 1 strings or whole numbers or numbers, "
            "got 'yes'; write [yes]",
        ),
        (
            {"type": "regression", "minimum": 2, "maximum": 1},
            "tasks.t.maximum: expected at least the minimum, 2.0, got 1.0; swap the two",
        ),
        (
            {"type": "regression", "transform": "log1p", "minimum": -1},
            "tasks.t.minimum: expected above -1 with `transform: log1p`, got -1.0; "
            "log1p needs labels above -1",
        ),
        (
            {"type": "count", "clip": 5, "maximum": 3},
            "tasks.t.maximum: expected at least the clip, 5.0, got 3.0; swap the two",
        ),
        (
            {"type": "count", "maximum": 0},
            "tasks.t.maximum: expected a number above 0, got 0.0",
        ),
        (
            {"type": "amount", "maximum": -1},
            "tasks.t.maximum: expected a number above 0, got -1.0",
        ),
        (
            {"type": "binary", "weight": -1},
            "tasks.t.weight: expected a number of at least 0, got -1",
        ),
        (
            {"type": "binary", "label_smoothing": 1},
            "tasks.t.label_smoothing: expected a number of at least 0 and below 1, got 1",
        ),
        (
            {"type": "count", "parent": "clik"},
            "tasks.t.parent: expected one of click, rating, got 'clik'; did you mean 'click'?",
        ),
        (
            {"type": "count", "parent": "clk"},
            "tasks.t.parent: expected one of click, rating, got 'clk'; did you mean 'click'?",
        ),
        (
            {"type": "count", "parent": "t"},
            "tasks.t.parent: expected another task, got the task itself; remove it",
        ),
        (
            {"type": "count", "observed": "rating"},
            "tasks.t.observed: expected a binary task, got 'rating', which is ordinal; "
            "`observed` names the task whose label 1 says that this label was seen",
        ),
    ],
)
def test_contradictions(problems, task, text):
    assert problems(tasks={"t": task}) == [text]


@pytest.mark.parametrize(
    "task",
    [
        {"type": "binary", "positive": ["yes", 1], "class_weights": [0, 2]},
        {"type": "binary", "class_weights": "balanced", "label_smoothing": 0},
        {"type": "multiclass", "class_weights": "balanced"},
        {"type": "binary", "keep_negatives": 0.1, "focal_gamma": 2, "label_smoothing": 0.1},
        {"type": "multilabel", "class_weights": "balanced", "calibrated": True, "focal_gamma": 1},
        {"type": "count", "parent": "rating", "observed": "click", "clip": 3, "maximum": 3},
        {"type": "amount", "maximum": 3, "weight": 0},
        {"type": "regression", "transform": "log1p", "minimum": -0.9},
    ],
)
def test_what_goes_together(problems, task):
    assert problems(tasks={"t": task}) == []


@pytest.mark.parametrize("key", ["parent", "observed"])
def test_circles(problems, key):
    tasks = {f"t{i}": {"type": "binary", key: f"t{(i + 1) % 3}"} for i in range(3)}
    tasks["outside"] = {"type": "binary", key: "t1"}
    assert problems(tasks=tasks) == [
        f"tasks.t0.{key}: expected no circle of `{key}`, got t0 -> t1 -> t2 -> t0; "
        "remove one of them"
    ]


def test_two_circles(problems):
    pairs = {"a": "b", "b": "a", "c": "d", "d": "c"}
    tasks = {name: {"type": "binary", "parent": other} for name, other in pairs.items()}
    assert len(problems(tasks=tasks)) == 2


def test_a_chain_is_no_circle(problems):
    tasks = {f"t{i}": {"type": "binary", "parent": f"t{i + 1}"} for i in range(50)}
    assert problems(tasks=tasks | {"t50": {"type": "binary"}}) == []


def test_a_broken_task_can_still_be_named(problems):
    tasks = {"a": {"type": "binary", "weigth": 2}, "b": {"type": "count", "observed": "a"}}
    assert len(problems(tasks=tasks)) == 1


def test_all_weights_0(problems, plain):
    tasks = {name: {**task, "weight": 0} for name, task in plain["tasks"].items()}
    assert problems(tasks=tasks) == [
        "tasks: expected a task with a weight above 0, got weight 0 in all of them"
    ]
