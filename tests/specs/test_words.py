"""Types and values in plain words."""

from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, Field

from mtlkeras.specs._words import expected, listed, members, one_of, show


class Fields(BaseModel):
    whole: int | None = Field(None, ge=1)
    span: int = Field(1, ge=2, le=10_000)
    share: float = Field(0.0, ge=0, lt=1)
    positive: float | None = Field(None, gt=0)
    flag: bool = True
    text: str = ""
    sign: str = Field(",", min_length=1, max_length=1)
    filled: str = Field("a", min_length=1)
    choice: Literal["a", "b"] = "a"
    mixed: Literal["mean", "error"] | float = "mean"
    paths: str | list[str] = ""
    values: list[str | int] | None = Field(None, min_length=2)
    pair: Annotated[tuple[float, float] | None, Field(strict=False)] = None


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("whole", "a whole number of at least 1"),
        ("span", "a whole number of at least 2 and of at most 10,000"),
        ("share", "a number of at least 0 and below 1"),
        ("positive", "a number above 0"),
        ("flag", "true or false"),
        ("text", "a string"),
        ("sign", "a single character"),
        ("filled", "a string that is not empty"),
        ("choice", "one of a, b"),
        ("mixed", "one of mean, error or a number"),
        ("paths", "a string or a list of strings"),
        ("values", "a list of at least 2 strings or whole numbers"),
        ("pair", "a list of 2 numbers"),
    ],
)
def test_expected(field, text):
    info = Fields.model_fields[field]
    assert expected(info.annotation, info.metadata) == text


def test_members():
    assert members(str | None) == [str]
    assert members(Annotated[int | float, "x"] | None) == [int, float]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("app", "'app'"),
        (1, "1"),
        (1.5, "1.5"),
        (True, "true"),
        (False, "false"),
        (None, "null"),
        ({"a": 1}, "a mapping"),
        (["a", 1, None, [2]], "['a', 1, null, [...]]"),
        ((0.1, 0.9), "[0.1, 0.9]"),
        (b"x", "a bytes"),
        ("\x1b\n", "'\\x1b\\n'"),
    ],
)
def test_show(value, text):
    assert show(value) == text


def test_show_of_a_number_that_python_will_not_print():
    assert show(10**5000) == "a number of more than 60 digits"


def test_show_is_short():
    nested = []
    for _ in range(5000):
        nested = [nested]
    for value in ("a" * 10_000, list(range(10_000)), nested, ["b" * 999] * 999):
        assert len(show(value)) <= 60


def test_lists_of_names():
    assert one_of(["a", 1]) == "one of a, 1"
    assert one_of(range(30)).endswith("18, 19, ... (30 in all)")
    assert listed(["a"]) == "'a'"
    assert listed(["a", "b", "c"]) == "'a', 'b' and 'c'"
