"""The strict YAML reader."""

import pytest
import yaml

from mtlkeras.specs import SpecError, _yaml
from mtlkeras.specs._document import MAX_DEPTH, plain_scalar
from mtlkeras.specs._yaml import MAX_BYTES, read_yaml


@pytest.fixture(params=["fast", "pure"], autouse=True)
def loader(request, monkeypatch):
    """Both parsers: PyYAML may have been built without libyaml."""
    if request.param == "pure":
        monkeypatch.setattr(_yaml, "_LOADER", yaml.SafeLoader)


def problems_of(content):
    """Problems, whether they stopped the parser or not."""
    try:
        return read_yaml(content).problems
    except SpecError as error:
        return error.problems


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1", 1),
        ("-7", -7),
        ("+7", 7),
        ("0", 0),
        ("1e-3", 0.001),
        ("1e6", 1e6),
        ("1.0e6", 1e6),
        (".5", 0.5),
        ("2.", 2.0),
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("yes", "yes"),
        ("no", "no"),
        ("on", "on"),
        ("off", "off"),
        ("12:30", "12:30"),
        ("190:20:30", "190:20:30"),
        ("007", "007"),
        ("1_000", "1_000"),
        ("0x1f", "0x1f"),
        ("0o17", "0o17"),
        (".inf", ".inf"),
        (".nan", ".nan"),
        ("2026-09-01", "2026-09-01"),
        ("2026-09-01 12:00:00", "2026-09-01 12:00:00"),
        ("1.2.3", "1.2.3"),
        ("e5", "e5"),
        ("=", "="),
        ("<<", "<<"),
    ],
)
def test_plain_scalars(text, value):
    assert plain_scalar(text) == value
    assert type(plain_scalar(text)) is type(value)
    assert read_yaml(f"a: {text}").value == {"a": value}
    assert read_yaml(f"a: '{text}'").value == {"a": text}


def test_lines_of_keys_and_items():
    document = read_yaml("a: 1\nb:\n  c: [x,\n    y]\n  d:\n  - 1\n  - e: 2\n# end\n")
    assert document.value == {"a": 1, "b": {"c": ["x", "y"], "d": [1, {"e": 2}]}}
    assert document.lines == {
        ("a",): 1,
        ("b",): 2,
        ("b", "c"): 3,
        ("b", "c", 0): 3,
        ("b", "c", 1): 4,
        ("b", "d"): 5,
        ("b", "d", 0): 6,
        ("b", "d", 1): 7,
        ("b", "d", 1, "e"): 7,
    }


def test_keys_are_text():
    assert read_yaml("1: a\nnull: b\nno: c\n2026-01-01: d").value == {
        "1": "a",
        "null": "b",
        "no": "c",
        "2026-01-01": "d",
    }


def test_empty_documents():
    for text in ("", "# nothing\n", "---\n", "\ufeff"):
        assert read_yaml(text).value is None


def test_byte_order_mark_is_skipped():
    assert read_yaml(b"\xef\xbb\xbfa: 1").value == {"a": 1}


def test_duplicate_keys():
    document = read_yaml("a: 1\nb: {c: 1, d: 2, c: 3}\na: 4\n")
    assert [str(problem) for problem in document.problems] == [
        "b.c: expected each key once, got it again (first on line 2); remove one of them",
        "a: expected each key once, got it again (first on line 1); remove one of them",
    ]
    assert [problem.line for problem in document.problems] == [2, 3]
    assert document.value == {"a": 1, "b": {"c": 1, "d": 2}}


def test_lines_of_a_repeated_mapping_are_those_of_the_first():
    document = read_yaml("a:\n  b: 1\na:\n  b: 2\n")
    assert document.lines["a", "b"] == 2


@pytest.mark.parametrize(
    ("text", "received"),
    [
        ("a: &x 1", "&x"),
        ("a: &x [1]", "&x"),
        ("a: &x {b: 1}", "&x"),
        ("b: *x", "*x"),
        ("a: !!python/object/apply:os.system [ls]", "!!python/object/apply:os.system"),
        ("a: !!str 1", "!!str"),
        ("a: !mine 1", "!mine"),
    ],
)
def test_aliases_anchors_and_tags_are_refused(text, received):
    (problem,) = problems_of(text)
    assert problem.received == received
    assert problem.expected == "plain data"
    whole = "write the value itself, in full"
    assert problem.hint == (whole if received[0] in "&*" else "remove the tag")
    assert problem.key in ("a", "b")
    assert problem.line == 1


def test_alias_bomb_is_not_expanded():
    lines = ["a0: &a0 [x]"] + [
        f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 9)
    ]
    document = read_yaml("\n".join(lines))
    assert document.value["a8"] == [None] * 9
    assert len(document.problems) == 9 + 8 * 9


@pytest.mark.parametrize("text", ["[" * 900, "a: " + "{a: " * 900, "- " * 900])
def test_deep_nesting(text):
    (problem,) = problems_of(text)
    assert str(problem) == f"expected at most {MAX_DEPTH} levels of nesting, got deeper nesting"
    assert problem.line == 1


def test_depth_limit_is_exact():
    assert read_yaml("[" * MAX_DEPTH + "]" * MAX_DEPTH).problems == []
    with pytest.raises(SpecError, match="at most 16 levels"):
        read_yaml("[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1))


def test_size_limit_is_exact():
    assert read_yaml("#" * MAX_BYTES).value is None
    with pytest.raises(SpecError, match="expected at most 1,000,000 bytes, got 1,000,001"):
        read_yaml("#" * (MAX_BYTES + 1))


@pytest.mark.parametrize(
    ("content", "line", "text"),
    [
        (b"a: 1\nb: caf\xe9\n", 2, "expected UTF-8 text, got byte 0xe9 at position 11; save the"),
        ("a: 1".encode("utf-16"), 1, "expected UTF-8 text, got byte 0xff at position 0; save the"),
        (b"a: 1\nb: \x00\n", 2, r"expected printable text, got the control character U\+0000;"),
        ("a: 1\n\nb: \x1b[0m\n", 3, r"expected printable text, got the control character U\+001B;"),
    ],
)
def test_encoding(content, line, text):
    with pytest.raises(SpecError, match=text) as caught:
        read_yaml(content)
    assert caught.value.problems[0].line == line


@pytest.mark.parametrize(
    ("text", "line", "hint"),
    [
        ("a: 1\nb: c: d\n", 2, "check the indentation, or quote text that holds ': '"),
        ("a:\n\tb: 1\n", 2, "indent with spaces"),
        ("a: 1\nb: @x\n", 2, "put text that begins with a sign in quotes"),
        ("- a\nb: 1\n", 2, "check the indentation, commas and brackets"),
        ("a: 'x\n", None, "a quote is opened and never closed"),
        ("a: {b: 1\n", None, "check the indentation, commas and brackets"),
        ("a: 1\nbc\nd: 1\n", None, "write `key: value`, with a space after the colon"),
    ],
)
def test_syntax_errors(text, line, hint):
    with pytest.raises(SpecError) as caught:
        read_yaml(text, "shop.yaml")
    (problem,) = caught.value.problems
    assert problem.expected == "valid YAML"
    assert hint in problem.hint
    assert problem.line is not None
    assert line is None or problem.line == line


def test_duplicates_before_a_syntax_error_are_told_too():
    with pytest.raises(SpecError) as caught:
        read_yaml("a: 1\na: 2\nb: c: d\n")
    assert [problem.line for problem in caught.value.problems] == [2, 3]


@pytest.mark.parametrize("text", ['a: "\\U00110000"', "%YAML 9.9\n---\na: 1", "a: |9999999\n x"])
def test_odd_syntax_is_a_spec_error(text):
    with pytest.raises(SpecError, match="expected valid YAML"):
        read_yaml(text)


def test_half_characters_are_refused():
    with pytest.raises(SpecError, match=r"whole characters|invalid Unicode"):
        read_yaml('a: "\\ud800"')


def test_two_documents_are_refused():
    with pytest.raises(SpecError, match="expected one document, got a second one after `---`"):
        read_yaml("a: 1\n---\nb: 2\n")


@pytest.mark.parametrize("text", ["? [a, b]\n: 1", "? {a: 1}\n: 1", "{[a]: 1}"])
def test_keys_that_are_no_text_are_refused(text):
    with pytest.raises(SpecError, match="expected plain text as a key, got a list or mapping"):
        read_yaml(text)
