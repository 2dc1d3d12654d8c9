"""Writing specs as YAML."""

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from mtlkeras.specs._write import WIDTH, entry, flow, scalar, write_spec
from mtlkeras.specs._yaml import read_yaml

TEXTS = [
    "", " ", "a", "a ", " a", "no", "yes", "Null", "~", "true", "1", "1.5", "1e-3", "1e5", "+1",
    ".5", "007", "0x1f", "12:30", "1_000", "2026-09-01", "a: b", "a #b", "#a", "- a", "-", "?",
    "[a]", "{a}", "*", "*.csv", "data/*.csv", "&a", "!a", "|", ">", "%", "@", "`", "'", '"', "\\",
    "a,b", "a\nb", "\t", "\x00", "\x1b", "\x7f", "\x85", "\xa0", "\u2028", "\ufeff", "é", "日本",
    "🛒", ".inf", ".nan", "=", "<<", "...", "---", "a  b", "a/b.csv.gz", "Clothing ID", "50%",
]  # fmt: skip
plain_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=12)
    | st.sampled_from(TEXTS),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.sampled_from(TEXTS), inner),
    max_leaves=10,
)


@pytest.mark.parametrize("text", TEXTS)
def test_strings_are_read_back(text):
    assert read_yaml(f"k: {scalar(text)}").value == {"k": text}
    assert read_yaml(f"k: [{scalar(text)}]").value == {"k": [text]}
    assert read_yaml(f"{scalar(text)}: 1").value == {text: 1}


@pytest.mark.parametrize("text", TEXTS)
def test_other_readers_take_strings_for_strings(text):
    assert yaml.safe_load(f"k: [{scalar(text)}]") == {"k": [text]}


@pytest.mark.parametrize("number", [0.0, -1.5, 1e-7, 1e22, 1.5e-300, 0.1, 3, -7, 10**20])
def test_numbers_are_read_back_by_all(number):
    for value in (read_yaml(f"k: {scalar(number)}").value, yaml.safe_load(f"k: {scalar(number)}")):
        assert value == {"k": number}
        assert type(value["k"]) is type(number)


@settings(max_examples=300, deadline=None, database=None)
@given(plain_values)
def test_whatever_is_written_is_read_back(value):
    document = read_yaml(f"k: {flow(value)}\n{entry('long', [value] * 3)}\n")
    assert document.problems == []
    assert document.value == {"k": value, "long": [value] * 3}


def test_plain_where_that_is_safe():
    assert flow({"a": ["app", 1, None, True, 0.5], "b c": "no"}) == (
        '{a: [app, 1, null, true, 0.5], b c: "no"}'
    )


def test_long_entries_are_broken():
    words = [f"value_{i}" for i in range(40)]
    text = entry("item", {"type": "category", "vocabulary": words, "dim": 3}, indent=2)
    lines = text.splitlines()
    assert lines[:2] == ["  item:", "    type: category"]
    assert lines[2].startswith("    vocabulary: [value_0, value_1, ")
    assert lines[3].startswith("      value_")
    assert lines[-2].endswith("value_39]")
    assert lines[-1] == "    dim: 3"
    assert all(len(line) <= WIDTH for line in lines)
    assert read_yaml(f"x:\n{text}").value == {
        "x": {"item": {"type": "category", "vocabulary": words, "dim": 3}}
    }
    assert yaml.safe_load(f"x:\n{text}")["x"]["item"]["vocabulary"] == words


def test_features_have_a_line_each():
    data = {"name": "a", "features": {"x": {"type": "number"}, "y": {"type": "text"}}}
    assert write_spec(data) == "name: a\nfeatures:\n  x: {type: number}\n  y: {type: text}\n"
