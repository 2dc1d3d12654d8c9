"""The application: its global options, and how every command ends."""

from __future__ import annotations

import os
import signal
import sys
import traceback
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from mtlkeras._version import __version__

from ._failures import Failure, failure_of
from ._output import say_error, say_warning

EPILOG = """
Exit codes: 0 done; 2 a mistake in the spec or on the command line; 3 a mistake in the data;
1 anything else; 130 interrupted; 143 terminated.
"""


class Commands(TyperGroup):
    """The commands; turns every failure into a message and an exit code."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Takes `--debug` from wherever it stands: it is remembered after the fact."""
        if "--debug" in args:
            args = ["--debug", *(arg for arg in args if arg != "--debug")]
        return super().parse_args(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        """Runs a command."""
        debug = bool(ctx.params.get("debug"))
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "0" if debug else "3")
        ctx.obj = {"debug": debug}
        with _terminate_by_exit(), _plain_warnings(debug):
            try:
                return super().invoke(ctx)
            except KeyboardInterrupt:
                failure = Failure("Interrupted.", 130)
            except Exception as error:
                # Typer's own: help was asked for, or an option is not known.
                if type(error).__module__.partition(".")[0] in ("typer", "click"):
                    raise
                if debug:
                    traceback.print_exc()
                failure = failure_of(error)
            say_error(failure.message)
            raise typer.Exit(failure.code)


app = typer.Typer(
    name="mtlkeras",
    cls=Commands,
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=EPILOG,
)


def _print_version(value: bool) -> None:
    if value:
        print(f"mtlkeras {__version__}")
        raise typer.Exit()


@app.callback()
def options(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version."
        ),
    ] = False,
    debug: Annotated[
        bool,
        typer.Option("--debug", help="Show tracebacks and what TensorFlow logs. Goes anywhere."),
    ] = False,
) -> None:
    """From a shop's log to a served multi-task model.

    A data spec (YAML) says what the columns and the tasks are. Begin with a file:

    `mtlkeras init shop.parquet --output shop.yaml`
    """


@contextmanager
def _terminate_by_exit() -> Iterator[None]:
    """Lets SIGTERM unwind the program like Ctrl-C does, so that no half-written file stays."""

    def terminate(number: int, frame: FrameType | None) -> None:
        sys.exit(128 + number)

    try:
        before = signal.signal(signal.SIGTERM, terminate)
    except ValueError:  # Signals belong to the main thread; a test may run in another.
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def _plain_warnings(debug: bool) -> Iterator[None]:
    """Shows this package's warnings as a line each, and those of libraries only with --debug."""
    if debug:
        yield
        return

    def show(message: Any, category: type, filename: str, *_: Any) -> None:
        if f"{category.__module__} {filename}".count("mtlkeras"):
            say_warning(str(message))

    with warnings.catch_warnings():
        warnings.simplefilter("always", UserWarning)
        warnings.showwarning = show
        yield
