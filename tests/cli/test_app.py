"""How commands end: messages, exit codes, no tracebacks."""

import errno
import os
import signal
import subprocess
import sys
import time
import warnings

import pytest

from mtlkeras.cli import _validate
from mtlkeras.cli._failures import failure_of
from mtlkeras.specs import DataSpec, SpecError


def raising(error):
    def fail(*_, **__):
        raise error

    return fail


def named(name, module, *bases):
    """Returns an error class as it is called in a package that is not to be imported."""
    return type(name, bases or (Exception,), {"__module__": module})


def test_version(run):
    from mtlkeras import __version__

    assert run("--version").stdout == f"mtlkeras {__version__}\n"


@pytest.mark.parametrize(
    "command",
    ["init", "validate", "trunks", "prepare", "train", "compare", "evaluate", "export", "predict"],
)
def test_every_command_has_help_with_an_example(run, command):
    result = run(command, "--help")
    assert result.exit_code == 0
    assert f"Example: mtlkeras {command} " in result.stdout
    assert command in run("--help").stdout


def test_no_command_shows_help(run):
    assert "Usage" in run().output


def test_unknown_command_and_option(run):
    assert run("trian").exit_code == 2
    result = run("validate", "x.yaml", "--dta")
    assert result.exit_code == 2
    assert "--dta" in result.stderr


@pytest.mark.parametrize(
    ("error", "code", "text"),
    [
        (named("DataError", "mtlkeras.data._errors")("a.csv row 3: bad"), 3, "a.csv row 3: bad"),
        (named("TrainingError", "mtlkeras.training._errors")("loss is NaN"), 1, "loss is NaN"),
        (ValueError("`epochs` should be 1"), 2, "`epochs` should be 1"),
        (FileExistsError("The output x exists already."), 2, "The output x exists already."),
        (FileNotFoundError(errno.ENOENT, "no", "x.csv"), 2, "There is no file x.csv."),
        (PermissionError(errno.EACCES, "no", "x.csv"), 2, "x.csv may not be read or written."),
        (IsADirectoryError(errno.EISDIR, "no", "runs"), 2, "runs is a folder"),
        (NotADirectoryError(errno.ENOTDIR, "no", "a/b"), 2, "a/b goes through a file"),
        (OSError(errno.EROFS, "no", "a"), 2, "a lies on a read-only file system"),
        (OSError(errno.ENOSPC, "no", "o.parquet"), 1, "The disk is full; o.parquet was not"),
        (OSError(errno.EIO, "Input/output error"), 1, "Input/output error"),
        (MemoryError(), 1, "Try a smaller --batch-size"),
        (ImportError("Install mtlkeras[examples]."), 1, "Install mtlkeras[examples]."),
        (RuntimeError("what."), 1, "Unexpected RuntimeError: what. Run the command again with"),
    ],
)
def test_failures_are_told_in_a_sentence(run, spec, monkeypatch, error, code, text):
    monkeypatch.setattr(DataSpec, "from_yaml", raising(error))
    result = run("validate", spec)
    assert result.exit_code == code
    assert result.stderr.startswith("Error: ")
    assert text in result.stderr
    assert "Traceback" not in result.output
    assert result.stdout == ""


def test_spec_errors_show_every_problem(run, spec):
    spec.write_text(spec.read_text().replace("number", "numbr").replace("binary", "binry"))
    result = run("validate", spec)
    assert result.exit_code == 2
    assert f"{spec}:5: features.price.type" in result.stderr
    assert f"{spec}:8: tasks.click.type" in result.stderr
    assert "did you mean 'binary'?" in result.stderr
    assert "Traceback" not in result.output


def test_spec_error_subclasses_count_too():
    class SpecialError(SpecError):
        pass

    assert failure_of(SpecialError([])).code == 2


@pytest.mark.parametrize("words", [["--debug", "validate"], ["validate", "--debug"]])
def test_debug_anywhere_shows_the_traceback(run, spec, monkeypatch, words):
    monkeypatch.setattr(DataSpec, "from_yaml", raising(RuntimeError("what?")))
    result = run(*words, spec)
    assert result.exit_code == 1
    assert "Traceback (most recent call last)" in result.stderr
    assert "RuntimeError: what?" in result.stderr


def test_interrupt(run, spec, monkeypatch):
    monkeypatch.setattr(DataSpec, "from_yaml", raising(KeyboardInterrupt))
    result = run("validate", spec)
    assert result.exit_code == 130
    assert result.stderr == "Error: Interrupted.\n"


def test_long_messages_and_paths_are_not_wrapped_or_taken_for_markup(run, spec, monkeypatch):
    text = "The file /data/[red]x[/red]/" + "y" * 300 + " is bad."
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setattr(DataSpec, "from_yaml", raising(ValueError(text)))
    assert run("validate", spec).stderr == f"Error: {text}\n"


def test_warnings_of_the_package_are_a_line_and_others_silent(run, spec, monkeypatch):
    doubt = named("DataWarning", "mtlkeras.data._errors", UserWarning)
    real = _validate.unmatched_files

    def warn(loaded):
        warnings.warn("many unseen values", doubt, stacklevel=1)
        warnings.warn_explicit("chatter", UserWarning, "keras/x.py", 1)
        return real(loaded)

    monkeypatch.setattr(_validate, "unmatched_files", warn)
    result = run("validate", spec)
    assert "Warning: many unseen values\n" in result.stderr
    assert "chatter" not in result.stderr


# A command that is terminated in the middle of writing a file.
TERMINATED = """
import sys, time
from pathlib import Path
from mtlkeras.specs import DataSpec

def slow(path, folder):
    try:
        print("started", flush=True)
        time.sleep(60)
    finally:
        Path(sys.argv[-1]).with_name("cleaned").touch()

DataSpec.from_yaml = slow
from mtlkeras.cli import main
main()
"""


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_signals_unwind_and_leave_their_code(spec, number, code):
    with subprocess.Popen(
        [sys.executable, "-c", TERMINATED, "validate", spec],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    ) as process:
        assert process.stdout.readline() == "started\n"
        time.sleep(0.1)
        process.send_signal(number)
        _, stderr = process.communicate(timeout=30)
    assert process.returncode == code
    assert "Traceback" not in stderr
    assert spec.with_name("cleaned").exists()


def test_module_runs_as_the_command():
    command = [sys.executable, "-m", "mtlkeras", "--version"]
    assert subprocess.check_output(command, text=True).startswith("mtlkeras ")
