"""Writes guesses as YAML with comments."""

from typing import Any

from .._data_spec import DataSpec
from .._features import readable
from .._write import WIDTH, entry, flow
from ._compose import Composition
from ._guess import Guess


def write_guess(found: Composition) -> str:
    """YAML text with the reason for each guess above it.

    Args:
        found: The guesses.
    """
    sample = found.sample
    lines = [*_head(found), "spec_version: 1", entry("name", sample.name)]
    if sample.source is not None:
        lines.append(entry("source", sample.source))
    if len(found.missing_values) > 3:
        lines.append(entry("missing_values", found.missing_values))
    lines += ["", *_comment(_sentence(found.split.reason)), entry("split", found.split.entry)]
    for other, reason in found.split.others:
        lines += [*_comment(f"Or, {reason}:"), f"# split: {flow(other)}"]
    if found.scenario is not None:
        lines += ["", *_comment(_sentence(found.scenario[1])), entry("scenario", found.scenario[0])]
    if found.key:
        lines += ["", "# Different in every row; kept beside predictions."]
        lines.append(entry("key", found.key))
    lines += ["", "features:", *_items(found.features)]
    if found.left_out:
        lines += ["", "# Left out:"]
        for guess in found.left_out:
            lines += _comment(f"- {guess.column.name or 'the column without a name'}: "
                              f"{guess.reason}")  # fmt: skip
    lines += ["", "tasks:", *_items(found.tasks)]
    text = "\n".join(lines) + "\n"
    DataSpec.from_text(text, "guess")
    return text


def _head(found: Composition) -> list[str]:
    sample = found.sample
    looked = sample.table.num_rows
    if sample.rows is None or sample.rows > looked:
        rows = f"the first {looked:,} rows of {sample.origin}"
    else:
        rows = f"the {looked:,} rows of {sample.origin}"
    lines = _comment(f"Guessed from {rows}. Read every line: the comment above it says why.")
    lines += _comment("Move a line between features and tasks, or delete it, as you know better;")
    lines += _comment("a feature must be known before what a task asks for has happened.")
    for note in sample.notes:
        lines += _comment(note)
    return lines


def _items(guesses: dict[str, Guess]) -> list[str]:
    lines: list[str] = []
    for name, guess in guesses.items():
        data: dict[str, Any] = dict(guess.entry)
        if guess.column.name != name:
            data["column"] = guess.column.name
        data = {key: data[key] for key in readable(data)}
        lines += _comment(guess.reason, indent=2)
        lines.append(entry(name, data, indent=2))
    return lines


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + ("" if text.endswith(".") else ".")


def _comment(text: str, indent: int = 0) -> list[str]:
    """Comment lines; nothing in the text can end the comment."""
    words, lines = text.split(), []
    start = " " * indent + "#"
    line = start
    for word in words:
        word = "".join(c if c.isprintable() else "?" for c in word)
        if len(line) + 1 + len(word) > WIDTH and line != start:
            lines.append(line)
            line = start
        line += f" {word}"
    return [*lines, line]
