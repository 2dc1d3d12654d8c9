"""Problems and the errors that hold them."""

import pickle

import pytest

from mtlkeras.specs import Problem, SpecError
from mtlkeras.specs._errors import MAX_FINDINGS, dotted, in_order

UNKNOWN = Problem(
    12, "features.price.transfrom", "one of type, transform", "an unknown key", "hint"
)
MISSING = Problem(None, "name", "a string", "nothing")


def test_text_with_a_file():
    assert str(SpecError([MISSING, UNKNOWN], "shop.yaml")) == (
        "shop.yaml: 2 problems\n"
        "shop.yaml: name: expected a string, got nothing\n"
        "shop.yaml:12: features.price.transfrom: expected one of type, transform, "
        "got an unknown key; hint"
    )


def test_text_without_a_file():
    assert str(SpecError([MISSING])) == (
        "data spec: 1 problem\nname: expected a string, got nothing"
    )
    assert "\nline 12: features.price.transfrom: " in str(SpecError([UNKNOWN]))


def test_a_problem_of_the_whole_file_has_no_key():
    assert str(Problem(None, "", "UTF-8 text", "byte 0xff")) == "expected UTF-8 text, got byte 0xff"


def test_survives_pickling():
    error = pickle.loads(pickle.dumps(SpecError([UNKNOWN], "shop.yaml")))
    assert error.problems == [UNKNOWN]
    assert error.source == "shop.yaml"


def test_no_escape_codes_reach_the_terminal():
    assert str(Problem(1, "a\x1b[31m\n", "b", "c")) == "a?[31m?: expected b, got c"


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ((), ""),
        (("features", "price", "clip", 0), "features.price.clip[0]"),
        (("a" * 200,), "a" * 97 + "..."),
    ],
)
def test_dotted(path, text):
    assert dotted(path) == text


def test_order_is_that_of_the_lines():
    problems = [Problem(line, "", "", "") for line in (7, None, 3)]
    assert [problem.line for problem in in_order(problems)] == [None, 3, 7]


def test_very_many_problems_are_cut():
    problems = in_order([Problem(line, "", "", "") for line in range(MAX_FINDINGS + 1)])
    assert len(problems) == MAX_FINDINGS + 1
    assert str(problems[-1]) == (
        "expected at most 200 mistakes, got more; mend these first; the others are not listed"
    )
    assert len(in_order(problems[:MAX_FINDINGS])) == MAX_FINDINGS
