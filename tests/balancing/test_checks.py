import numpy as np
import pytest

from mtlkeras.balancing import FAMO, GradDrop, PCGrad
from mtlkeras.balancing._checks import (
    check_choice,
    check_count,
    check_number,
    check_numbers,
    check_one_a_task,
    each,
)


def test_numbers_within_bounds_pass():
    check_number("A", "x", 0)
    check_number("A", "x", 1.0, high=1.0)
    check_number("A", "x", 1e-9, open_low=True)
    check_number("A", "x", -5, low=-float("inf"))


@pytest.mark.parametrize("value", [-1, float("nan"), "1", None, True, [1.0]])
def test_other_numbers_do_not(value):
    with pytest.raises(ValueError, match=r"A: x must be a number of at least 0. Received: x="):
        check_number("A", "x", value)


def test_tells_both_bounds():
    with pytest.raises(
        ValueError, match=r"A: x must be a number above 0 and at most 0.5. Received"
    ):
        check_number("A", "x", 0.0, high=0.5, open_low=True)


@pytest.mark.parametrize("value", [0, 1.0, True, "2"])
def test_counts(value):
    check_count("A", "n", 1)
    with pytest.raises(
        ValueError, match=r"A: n must be a whole number of at least 1. Received: n="
    ):
        check_count("A", "n", value)


def test_choices_come_with_the_nearest_spelling():
    check_choice("A", "mode", "min", ("min", "median"))
    with pytest.raises(
        ValueError,
        match=r"A: mode must be one of 'min', 'median'. Received: mode='medain'. "
        "Did you mean 'median'?",
    ):
        check_choice("A", "mode", "medain", ("min", "median"))


def test_one_item_a_task():
    check_one_a_task("A", "z", None, 3)
    check_one_a_task("A", "z", [1, 2, 3], 3)
    with pytest.raises(ValueError, match=r"A: z must have one item for each of the 3 tasks. Recei"):
        check_one_a_task("A", "z", [1, 2], 3)


def test_lists_of_numbers():
    check_numbers("A", "z", [0, 1.5, np.float32(2)], low=0)
    check_numbers("A", "z", np.array([-1.0, 2.0]))
    for given in ([], [0.0, 1.0], 3.0, "12", [True], [float("nan")]):
        with pytest.raises(ValueError, match=r"A: z must be a list of numbers above 0, one a task"):
            check_numbers("A", "z", given, low=0, open_low=True)


def test_one_number_or_one_a_task():
    assert each(0.5) == [0.5]
    assert each((0.5, 1.0)) == (0.5, 1.0)


@pytest.mark.parametrize(
    ("kind", "given", "text"),
    [
        (PCGrad, "shuffel", r"PCGrad must name options among 'shuffle', .*Did you mean 'shuffle'"),
        (FAMO, "learning_rte", r"FAMO must name options .* Did you mean 'learning_rate'\?"),
        (GradDrop, "scop", r"GradDrop must name options .* Received: 'scop'. Did you mean 'scope'"),
    ],
)
def test_unknown_options_come_with_the_nearest_spelling(kind, given, text):
    with pytest.raises(ValueError, match=text):
        kind(**{given: 1.0})
    assert kind(name="mine", dtype="float64").name == "mine"
