"""Where a trunk's tasks part, told from within."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

# Replicas are threads, each of which has its own.
_MARKS: ContextVar[list | None] = ContextVar("representations", default=None)


def representation(x):
    """Tells that a tensor is the last that tasks share, and returns it.

    From outside, a trunk is one layer: only what it reads can be seen to be shared. A trunk that
    mixes experts calls this with what they answer, so that gradients of tasks are compared there
    and not before all experts. Of several calls the last one counts.

    Args:
        x: The tensor, any shape.
    """
    marks = _MARKS.get()
    if marks is not None:
        marks.append(x)
    return x


@contextmanager
def representations() -> Iterator[list]:
    """Collects what is told meanwhile, in order."""
    marks: list = []
    token = _MARKS.set(marks)
    try:
        yield marks
    finally:
        _MARKS.reset(token)
