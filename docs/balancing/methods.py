"""What docstrings say of weightings: papers with titles, and whose gradients a paper uses."""

import re
from dataclasses import dataclass

from mtlkeras._catalogue import Description, describe_all

_NAME = r"[A-ZÀ-Þ][\w-]*"
_PAPER = re.compile(
    rf'\b({_NAME}(?:(?:, | and ){_NAME})*(?: et al\.)?), "([^"]+)" \(((?:19|20)\d\d)\)'
)
_USED = re.compile(r"which uses the gradients of (?:the )?([^.,;()]+)")


@dataclass(frozen=True)
class Method:
    """A weighting.

    Args:
        about: Its description.
        papers: Authors, title and year of what it cites.
        used: Of what the paper takes gradients; empty for weightings of losses.
    """

    about: Description
    papers: tuple[tuple[str, str, str], ...]
    used: str

    @property
    def of_losses(self) -> bool:
        """Whether it sees losses alone."""
        return self.about.kind == "LossWeighting"


def methods() -> list[Method]:
    """Every weighting, by name."""
    return [_method(each) for each in describe_all("balancing").values()]


def _method(about: Description) -> Method:
    text = " ".join(" ".join([about.line, *about.paragraphs]).split())
    used = _USED.search(text)
    return Method(about, tuple(_PAPER.findall(text)), used[1].strip() if used else "")
