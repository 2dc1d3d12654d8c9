"""What is wrong with a data spec, in words that name the line, the key and the remedy."""

from collections.abc import Iterable
from dataclasses import dataclass

# Nobody mends more in one go, and finding the nearest spelling takes time.
MAX_FINDINGS = 200


@dataclass(frozen=True)
class Problem:
    """One mistake in a data spec.

    Args:
        line: 1-based line of the file, or `None` where there is no file or no one line.
        key: Dotted path of the key, e.g. `features.price.transform`; empty for the whole file.
        expected: What should stand there.
        received: What stands there.
        hint: What to do about it; may be empty.

    Example:

    >>> str(Problem(3, "name", "a string", "3", 'write it in quotes: "3"'))
    'name: expected a string, got 3; write it in quotes: "3"'
    """

    line: int | None
    key: str
    expected: str
    received: str
    hint: str = ""

    def __str__(self) -> str:
        subject = f"{self.key}: " if self.key else ""
        remedy = f"; {self.hint}" if self.hint else ""
        text = f"{subject}expected {self.expected}, got {self.received}{remedy}"
        # Names from a file go to a terminal: no escape codes, no line breaks.
        return text if text.isprintable() else "".join(c if c.isprintable() else "?" for c in text)


class SpecError(Exception):
    """A data spec, or the file it should come from, is wrong; holds all its problems at once.

    Args:
        problems: The problems, in the order of the file's lines.
        source: Name of the file; `None` where the spec did not come from one.

    Example:

    >>> from mtlkeras.specs import DataSpec
    >>> try:
    ...     DataSpec.from_dict({"name": "shop", "features": {}, "taks": {}})
    ... except SpecError as error:
    ...     [problem.key for problem in error.problems]
    ['taks', 'features']
    """

    def __init__(self, problems: Iterable[Problem], source: str | None = None):
        self.problems = list(problems)
        self.source = source
        super().__init__(self.problems, source)

    def __str__(self) -> str:
        count = len(self.problems)
        head = f"{self.source or 'data spec'}: {count} problem{'' if count == 1 else 's'}"
        return "\n".join([head, *(self._place(p) + str(p) for p in self.problems)])

    def _place(self, problem: Problem) -> str:
        if self.source is None:
            return "" if problem.line is None else f"line {problem.line}: "
        return f"{self.source}: " if problem.line is None else f"{self.source}:{problem.line}: "


class SpecWarning(UserWarning):
    """Something in a data spec is doubtful and the spec's own policy lets it pass.

    Example:

    >>> issubclass(SpecWarning, UserWarning)
    True
    """


@dataclass(frozen=True)
class Finding:
    """A problem before its line is looked up.

    Args:
        path: Keys and list indexes from the top of the spec to the place.
        expected: What should stand there.
        received: What stands there.
        hint: What to do about it; may be empty.
    """

    path: tuple[str | int, ...]
    expected: str
    received: str
    hint: str = ""


def in_order(problems: Iterable[Problem]) -> list[Problem]:
    """Problems by line, and only so many that somebody would read them."""
    ordered = sorted(problems, key=lambda problem: problem.line or 0)
    if len(ordered) <= MAX_FINDINGS:
        return ordered
    hint = "mend these first; the others are not listed"
    more = Problem(None, "", f"at most {MAX_FINDINGS} mistakes", "more", hint)
    return [*ordered[:MAX_FINDINGS], more]


def dotted(path: Iterable[str | int]) -> str:
    """`("features", "price", "clip", 0)` as `features.price.clip[0]`."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            part = part if len(part) <= 100 else f"{part[:97]}..."
            text += f".{part}" if text else part
    return text
