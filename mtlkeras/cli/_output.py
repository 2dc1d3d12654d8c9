"""What commands print: results to stdout, messages to stderr."""

from __future__ import annotations

import shlex

from rich.console import Console
from rich.text import Text


def console(stderr: bool = False) -> Console:
    """Returns a console on the stream of the moment, which tests replace."""
    return Console(stderr=stderr, highlight=False)


def say(*lines: str) -> None:
    """Prints lines as they are, unwrapped, so that paths can be copied."""
    for line in lines:
        console().print(Text(line), soft_wrap=True)


def say_error(message: str) -> None:
    """Prints an error to stderr."""
    console(stderr=True).print(Text.assemble(("Error: ", "bold red"), message), soft_wrap=True)


def say_warning(message: str) -> None:
    """Prints a warning to stderr."""
    text = Text.assemble(("Warning: ", "bold yellow"), message)
    console(stderr=True).print(text, soft_wrap=True)


def say_next(*commands: list[object]) -> None:
    """Prints what to run next.

    Args:
        commands: Words of a command each; they are quoted where a shell needs it.
    """
    say("", "Next:", *("  " + shlex.join(map(str, command)) for command in commands))
