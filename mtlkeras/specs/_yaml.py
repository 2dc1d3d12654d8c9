"""A strict reader for a small part of YAML: data, with the line of every key."""

import re

import yaml

from ._document import Builder, Document, Stop
from ._errors import Problem, SpecError

MAX_BYTES = 1_000_000

# libyaml is twenty times faster; where PyYAML was built without it, the same events come slower.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_UNPRINTABLE = re.compile(
    "[^\x09\x0a\x0d\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
)
_ADVICE = {
    "mapping values are not allowed": "check the indentation, or quote text that holds ': '",
    "cannot start any token": "indent with spaces, and put text that begins with a sign in quotes",
    "unexpected end of stream": "a quote is opened and never closed",
    "could not find expected ':'": "write `key: value`, with a space after the colon",
    "expected": "check the indentation, commas and brackets",
}


def read_yaml(content: bytes | str, source: str | None = None) -> Document:
    """Parses YAML text strictly.

    Args:
        content: The text, or UTF-8 bytes with or without a byte order mark.
        source: Name of the file, for error texts.

    Returns:
        The document; look at its `problems`.

    Raises:
        SpecError: The text is too large, too deep, not UTF-8, or not YAML at all.
    """
    text = _decode(content, source)
    builder = Builder()
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            builder.take(event)
    except Stop as stop:
        raise SpecError([*builder.document.problems, stop.problem], source) from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = _syntax(mark and mark.line + 1, error.problem or error.context or "")
        raise SpecError([*builder.document.problems, problem], source) from None
    except (yaml.YAMLError, ValueError) as error:
        raise SpecError([_syntax(None, str(error))], source) from None
    return builder.document


def _decode(content: bytes | str, source: str | None) -> str:
    size = len(content)
    if size > MAX_BYTES:
        problem = Problem(None, "", f"at most {MAX_BYTES:,} bytes", f"{size:,}")
        raise SpecError([problem], source)
    if isinstance(content, bytes):
        try:
            content = content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
            received = f"byte 0x{content[error.start]:02x} at position {error.start:,}"
            hint = "save the file as UTF-8"
            raise SpecError([Problem(line, "", "UTF-8 text", received, hint)], source) from None
    content = content.removeprefix("\ufeff")
    found = _UNPRINTABLE.search(content)
    if found:
        line = content.count("\n", 0, found.start()) + 1
        received = f"the control character U+{ord(found.group()):04X}"
        raise SpecError([Problem(line, "", "printable text", received, "remove it")], source)
    return content


def _syntax(line: int | None, problem: str) -> Problem:
    hint = next((advice for part, advice in _ADVICE.items() if part in problem), "")
    return Problem(line, "", "valid YAML", problem or "a syntax error", hint)
