"""What a formula is made of: numbers, names, and what is applied to them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ._errors import Finding

# Function to the names of its arguments.
FUNCTIONS = {
    "abs": ("x",),
    "clip": ("x", "low", "high"),
    "exp": ("x",),
    "log": ("x",),
    "log1p": ("x",),
    "maximum": ("a", "b"),
    "minimum": ("a", "b"),
    "sigmoid": ("x",),
    "sqrt": ("x",),
}


@dataclass(frozen=True)
class Number:
    """A number that stands in a formula."""

    value: float


@dataclass(frozen=True)
class Reference:
    """A name that stands in a formula, or a class of it: `sentiment["positive"]`.

    Args:
        name: The name.
        label: The class, `None` for the name alone.
        start: Where it begins in the text.
        end: Where it ends.

    Example:

    >>> str(Reference("sentiment", "positive"))
    'sentiment["positive"]'
    """

    name: str
    label: str | int | None = None
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)

    def __str__(self) -> str:
        if self.label is None:
            return self.name
        if isinstance(self.label, int):
            return f"{self.name}[{self.label}]"
        escaped = self.label.replace("\\", "\\\\").replace('"', '\\"')
        return f'{self.name}["{escaped}"]'


@dataclass(frozen=True)
class Apply:
    """An operator or a function with what it is applied to."""

    operation: str
    arguments: tuple[Node, ...]


Node = Number | Reference | Apply


class FormulaError(ValueError):
    """A formula that cannot be used; its text has every mistake.

    Args:
        text: The formula.
        findings: What is wrong with it.

    Example:

    >>> from mtlkeras.specs import Formula
    >>> try:
    ...     Formula.parse("click + ")
    ... except FormulaError as error:
    ...     print(error)
    formula 'click +': expected a name or a number, got the end of the formula
    """

    def __init__(self, text: str, findings: list[Finding]):
        self.text = text
        self.findings = findings
        super().__init__(text, findings)

    def __str__(self) -> str:
        shown = self.text if len(self.text) <= 200 else f"{self.text[:197]}..."
        lines = []
        for finding in self.findings:
            remedy = f"; {finding.hint}" if finding.hint else ""
            lines.append(f"expected {finding.expected}, got {finding.received}{remedy}")
        return f"formula {shown!r}: " + "\n".join(lines)


def nodes(node: Node) -> Iterator[Node]:
    """A node and all below it, in the order of the text."""
    yield node
    if isinstance(node, Apply):
        for argument in node.arguments:
            yield from nodes(argument)
