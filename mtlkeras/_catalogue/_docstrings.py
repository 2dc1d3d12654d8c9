"""A docstring taken apart: first line, paper, paragraphs, arguments, other sections."""

import re
from dataclasses import dataclass, field
from textwrap import dedent

# "... of each task's own (MMoE, Ma et al., 2018)."
_PAPER = re.compile(r"\s*\(([^()]*\b(?:19|20)\d\d)\)\.$")
# 'Liu, Johns and Davison, "End-to-End Multi-Task Learning with Attention" (2019)'
_NAME = r"[A-ZÀ-Þ][\w-]*"
_CITED = re.compile(
    rf'\b({_NAME}(?:(?:, | and ){_NAME})*(?: et al\.)?), "[^"]+" \(((?:19|20)\d\d)\)'
)
_ENTRY = re.compile(r"^(\*{0,2}\w+):\s+(.*)$", re.DOTALL)
USE = "Use it "


@dataclass(frozen=True)
class Docstring:
    """A docstring taken apart.

    Args:
        line: The first line, without the paper that it ends with.
        paper: That paper, e.g. `"MMoE, Ma et al., 2018"`, else the first that a paragraph cites,
            e.g. `"Ma et al., 2018"`; empty where there is none.
        paragraphs: What follows, line breaks kept, up to the first section; without the advice.
        use: The paragraph that tells when to use it, which begins with "Use it".
        sections: Heading to its text, e.g. `"Returns"`.
        arguments: Argument to what it means, in one line each.
    """

    line: str
    paper: str
    paragraphs: list[str]
    use: str
    sections: dict[str, str] = field(default_factory=dict)
    arguments: dict[str, str] = field(default_factory=dict)


def parse(text: str) -> Docstring:
    """Takes a docstring apart.

    Args:
        text: The docstring, without indentation.

    Example:
        >>> found = parse("Mixes experts (MMoE, Ma et al., 2018).\\n\\nUse it often.")
        >>> found.line, found.paper, found.use
        ('Mixes experts.', 'MMoE, Ma et al., 2018', 'Use it often.')
    """
    head, sections = _cut(text)
    first, *paragraphs = head.split("\n\n")
    first = " ".join(first.split())
    found = _PAPER.search(first)
    line = first[: found.start()] + "." if found else first
    use = " ".join(" ".join(p.split()) for p in paragraphs if p.startswith(USE))
    paragraphs = [p.strip("\n") for p in paragraphs if p.strip() and not p.startswith(USE)]
    arguments = _entries(sections.get("Args", ""))
    paper = found[1] if found else _cited(" ".join(head.split()))
    return Docstring(line, paper, paragraphs, use, sections, arguments)


def _cited(text: str) -> str:
    """The first paper that a text cites with its title."""
    found = _CITED.search(text)
    return "" if found is None else f"{found[1]}, {found[2]}"


def _cut(text: str) -> tuple[str, dict[str, str]]:
    """What stands before the first section, and the sections."""
    head: list[str] = []
    sections: dict[str, list[str]] = {}
    lines, into = text.splitlines() or [""], head
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        if re.fullmatch(r"[A-Z][\w ]*:", line) and following.startswith("    "):
            into = sections.setdefault(line[:-1], [])
        else:
            if line and not line.startswith(" ") and into is not head:
                into = head  # A paragraph behind a section.
            into.append(line)
    return "\n".join(head).strip(), {
        name: dedent("\n".join(body)).strip("\n") for name, body in sections.items()
    }


def _entries(text: str) -> dict[str, str]:
    """`name: what it means` entries, each with its further lines in one."""
    found = {}
    for entry in re.split(r"\n(?=\S)", text):
        match = _ENTRY.match(entry)
        if match:
            found[match[1]] = " ".join(match[2].split())
    return found
