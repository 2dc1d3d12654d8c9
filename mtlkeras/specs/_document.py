"""YAML parser events to data, with the line of every key.

Built with a stack of its own, so that nesting never meets Python's recursion limit and an alias
is refused before anything is expanded.
"""

import re
from dataclasses import dataclass, field
from typing import Any

import yaml

from ._errors import Finding, Problem, dotted

MAX_DEPTH = 16

Path = tuple[str | int, ...]

_SURROGATE = re.compile("[\ud800-\udfff]")
# The numbers of JSON, plus "+1" and ".5": "007", "1_000", "12:30" and "0x1f" stay strings.
_INT = re.compile(r"[-+]?(0|[1-9][0-9]{0,30})")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+\.[0-9]*|[0-9]+(?=[eE]))([eE][-+]?[0-9]+)?")
_WORDS = {"": None, "~": None, "null": None, "Null": None, "NULL": None}
_WORDS |= {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}


@dataclass
class Document:
    """A parsed file.

    Args:
        value: Mappings, lists, strings, numbers, booleans and `None`.
        lines: Path of each key and list item to its 1-based line.
        problems: What is wrong and yet did not stop the parser, such as a duplicate key.
    """

    value: Any = None
    lines: dict[Path, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def place(self, finding: Finding) -> Problem:
        """Turns a finding into a problem with the line of the key, or of the nearest above it."""
        path = finding.path
        while path and path not in self.lines:
            path = path[:-1]
        line = self.lines.get(path) if path else None
        return Problem(line, dotted(finding.path), finding.expected, finding.received, finding.hint)


def plain_scalar(text: str) -> Any:
    """What an unquoted scalar means: null, a boolean, a whole number, a number, or itself."""
    if text in _WORDS:
        return _WORDS[text]
    if _INT.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    return text


class Stop(Exception):  # noqa: N818, no error of its own
    """A problem behind which nothing can be understood."""

    def __init__(self, problem: Problem):
        self.problem = problem


@dataclass
class _Frame:
    """A mapping or list that is being filled; `key` is `None` while a mapping waits for one."""

    container: dict | list
    path: Path
    key: str | None = None


class Builder:
    """Turns parser events into a document."""

    def __init__(self):
        self.document = Document()
        self._frames: list[_Frame] = []
        self._documents = 0

    def take(self, event: yaml.Event) -> None:
        """Adds an event.

        Raises:
            Stop: Nothing behind it can be understood.
        """
        line = event.start_mark.line + 1
        if isinstance(event, yaml.DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                raise Stop(Problem(line, "", "one document", "a second one after `---`"))
        elif isinstance(event, yaml.AliasEvent):
            self._refuse(line, f"*{event.anchor}")
            self._add(None, line)
        elif isinstance(event, yaml.ScalarEvent):
            self._refuse_decoration(event, line)
            self._scalar(event, line)
        elif isinstance(event, yaml.CollectionStartEvent):
            self._refuse_decoration(event, line)
            self._open({} if isinstance(event, yaml.MappingStartEvent) else [], line)
        elif isinstance(event, yaml.CollectionEndEvent):
            self._frames.pop()

    def _open(self, container: dict | list, line: int) -> None:
        path = self._add(container, line)
        if len(self._frames) >= MAX_DEPTH:
            received = "deeper nesting"
            raise Stop(Problem(line, "", f"at most {MAX_DEPTH} levels of nesting", received))
        self._frames.append(_Frame(container, path))

    def _scalar(self, event: yaml.ScalarEvent, line: int) -> None:
        if _SURROGATE.search(event.value):
            received = "half a character, such as \\ud800"
            raise Stop(Problem(line, "", "whole characters", received, "write the character"))
        frame = self._frames[-1] if self._frames else None
        # A key is always its own text: `1`, `null` and `no` may be names of columns.
        if frame is not None and isinstance(frame.container, dict) and frame.key is None:
            self._key(frame, event.value, line)
        else:
            is_plain = event.implicit[0] and event.style in (None, "")
            self._add(plain_scalar(event.value) if is_plain else event.value, line)

    def _key(self, frame: _Frame, key: str, line: int) -> None:
        frame.key = key
        path = (*frame.path, key)
        first = self.document.lines.setdefault(path, line)
        if key not in frame.container:
            return
        received = f"it again (first on line {first})"
        self.document.problems.append(
            Problem(line, dotted(path), "each key once", received, "remove one of them")
        )

    def _add(self, value: Any, line: int) -> Path:
        """Puts a value where it belongs and returns its path."""
        if not self._frames:
            self.document.value = value
            return ()
        frame = self._frames[-1]
        if isinstance(frame.container, list):
            path = (*frame.path, len(frame.container))
            frame.container.append(value)
            self.document.lines[path] = line
        elif frame.key is None:
            received = "a list or mapping as a key"
            raise Stop(Problem(line, dotted(frame.path), "plain text as a key", received))
        else:
            path = (*frame.path, frame.key)
            frame.container.setdefault(frame.key, value)
            frame.key = None
        return path

    def _refuse_decoration(self, event: yaml.NodeEvent, line: int) -> None:
        if event.anchor is not None:
            self._refuse(line, f"&{event.anchor}")
        # A quoted scalar and "!" alone carry no tag of their own.
        tag = event.tag
        if tag is not None:
            self._refuse(line, tag.replace("tag:yaml.org,2002:", "!!"))

    def _refuse(self, line: int, received: str) -> None:
        frame = self._frames[-1] if self._frames else None
        path = () if frame is None else (*frame.path, *([frame.key] if frame.key else []))
        hint = "write the value itself, in full" if received[0] in "&*" else "remove the tag"
        self.document.problems.append(
            Problem(line, dotted(path), "plain data", received[:60], hint)
        )
