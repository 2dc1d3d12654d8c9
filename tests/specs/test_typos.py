"""Every key of a full spec misspelt in many ways, and every word with a fixed choice."""

import random
import re

import pytest

from mtlkeras.specs import DataSpec, SpecError

LETTERS = "abcdefghijklmnopqrstuvwxyz_"
# Keys on lines of their own that are no names of the user's.
KEY = re.compile(r"^( *)(- )?([a-z_]+):(?= |$)")
CHOICE = re.compile(
    r"^ *(?:type|format|by|of|transform|truncate|content|loss|bad_rows): ([a-z0-9]+)$"
)


def edits(word, generator):
    """Single edits of a word: one letter dropped, doubled, swapped, exchanged, or another case."""
    at = generator.randrange(len(word))
    swap = generator.randrange(len(word) - 1)
    other = generator.choice(LETTERS)
    found = {
        word[:at] + word[at + 1 :],
        word[:at] + word[at] + word[at:],
        word[:swap] + word[swap + 1] + word[swap] + word[swap + 2 :],
        word[:at] + other + word[at + 1 :],
        word[:at] + other + word[at:],
        word.capitalize(),
    }
    return sorted(found - {word, ""})


def typos(text, pattern, group, is_name):
    """`(line, right, wrong, text with it)` for edits of what `pattern` finds in each line."""
    generator = random.Random(0)
    lines = text.splitlines()
    for number, line in enumerate(lines, 1):
        found = pattern.match(line)
        if not found or is_name(lines, number, found):
            continue
        start, end = found.span(group)
        for wrong in edits(found[group], generator):
            changed = [*lines[: number - 1], line[:start] + wrong + line[end:], *lines[number:]]
            yield number, found[group], wrong, "\n".join(changed)


def is_users_name(lines, number, found):
    """Whether a key is the name of a feature or task."""
    top = next(line for line in reversed(lines[:number]) if not line.startswith((" ", "#")))
    return len(found[1]) == 2 and top in ("features:", "tasks:")


@pytest.fixture(scope="module")
def full():
    from pathlib import Path

    return (Path(__file__).parent / "fixtures" / "full.yaml").read_text()


def outcome(text, line, right):
    """Whether a spec is refused at the line, and whether the right spelling is suggested."""
    with pytest.raises(SpecError) as caught:
        DataSpec.from_text(text)
    there = [problem for problem in caught.value.problems if problem.line == line]
    assert there, f"no problem on line {line}: {caught.value}"
    return there[0].hint == f"did you mean '{right}'?"


def test_the_full_spec_is_right(full):
    DataSpec.from_text(full)


def test_misspelt_keys(full):
    cases = list(typos(full, KEY, 3, is_users_name))
    results = [outcome(text, line, right) for line, right, _, text in cases]
    assert len(cases) >= 500
    assert sum(results) >= 0.95 * len(results)


def test_misspelt_choices(full):
    cases = list(typos(full, CHOICE, 1, lambda *_: False))
    results = [outcome(text, line, right) for line, right, _, text in cases]
    assert len(cases) >= 150
    assert sum(results) >= 0.95 * len(results)


def test_misspelt_references(full):
    """Names of tasks, of scenario and of columns in a file without header."""
    pattern = re.compile(r"^ *(?:scenario|parent|observed): ([a-z_]+)$")
    cases = list(typos(full, pattern, 1, lambda *_: False))
    results = [outcome(text, line, right) for line, right, _, text in cases]
    assert len(cases) >= 50
    assert sum(results) >= 0.9 * len(results)


def test_a_repeated_line_is_refused_at_its_line(full):
    lines = full.splitlines()
    for number, line in enumerate(lines, 1):
        if KEY.match(line) and not line.endswith((":", ",")):
            changed = "\n".join([*lines[:number], line, *lines[number:]])
            with pytest.raises(SpecError, match="each key once") as caught:
                DataSpec.from_text(changed)
            assert number + 1 in [problem.line for problem in caught.value.problems]
