"""What a failed command says and which exit code it leaves."""

from __future__ import annotations

import errno
from dataclasses import dataclass

USAGE, DATA, OTHER = 2, 3, 1
DEBUG = "Run the command again with --debug to see where."


@dataclass(frozen=True)
class Failure:
    """The end of a failed command.

    Args:
        message: What is shown.
        code: Exit code.
    """

    message: str
    code: int


def failure_of(error: Exception) -> Failure:
    """Returns how a command ends that raised `error`.

    Errors with texts written for users are shown as they are; an operating system error names
    its file; everything else is unexpected and says so.
    """
    # Compared by name: importing `mtlkeras.data` for its class would import TensorFlow, and an
    # error of that class means that this has happened already.
    names = {f"{kind.__module__.partition('.')[0]}.{kind.__name__}" for kind in type(error).__mro__}
    if "mtlkeras.SpecError" in names:
        return Failure(str(error), USAGE)
    if "mtlkeras.DataError" in names:
        return Failure(str(error), DATA)
    if "mtlkeras.TrainingError" in names:
        return Failure(str(error), OTHER)
    if isinstance(error, OSError):
        return _file_failure(error)
    if isinstance(error, MemoryError) or type(error).__name__ == "ResourceExhaustedError":
        return Failure("The memory does not suffice. Try a smaller --batch-size.", OTHER)
    if isinstance(error, ValueError):
        return Failure(str(error), USAGE)
    if isinstance(error, ImportError):
        return Failure(str(error), OTHER)
    text = str(error).rstrip(".?!")
    return Failure(f"Unexpected {type(error).__name__}: {text}. {DEBUG}", OTHER)


def _file_failure(error: OSError) -> Failure:
    if error.errno is None:
        return Failure(str(error), USAGE)  # One of ours, with a text of its own.
    name = error.filename
    texts = {
        errno.ENOENT: f"There is no file {name}. Check the path.",
        errno.EACCES: f"{name} may not be read or written. Check its permissions.",
        errno.EPERM: f"{name} may not be changed. Check its permissions.",
        errno.EROFS: f"{name} lies on a read-only file system. Choose another path.",
        errno.EISDIR: f"{name} is a folder, but a file is needed. Name a file in it.",
        errno.ENOTDIR: f"{name} goes through a file where a folder is needed. Check the path.",
        errno.EEXIST: f"{name} exists already. Choose another path.",
    }
    if error.errno in texts:
        return Failure(texts[error.errno], USAGE)
    if error.errno == errno.ENOSPC:
        return Failure(f"The disk is full; {name or 'the output'} was not written.", OTHER)
    return Failure(f"{error}. {DEBUG}", OTHER)
