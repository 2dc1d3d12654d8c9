"""Reads the bytes of a spec file."""

import os
from pathlib import Path

from ._errors import Problem, SpecError
from ._spelling import did_you_mean
from ._yaml import MAX_BYTES


def read_file(path: str | os.PathLike) -> bytes:
    """Bytes of a file, at most a few more than are allowed.

    Raises:
        SpecError: There is no such file, or it cannot be read.
    """
    path = Path(path)
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        siblings = path.parent.glob("*.y*ml") if path.parent.is_dir() else ()
        hint = did_you_mean(path.name, sorted(sibling.name for sibling in siblings))
        raise _unreadable(path, "no such file", hint) from None
    except IsADirectoryError:
        raise _unreadable(path, "a folder", "name the file in it") from None
    except (OSError, ValueError) as error:
        raise _unreadable(path, getattr(error, "strerror", None) or str(error)) from None
    return content


def _unreadable(path: Path, received: str, hint: str = "") -> SpecError:
    return SpecError([Problem(None, "", "a spec file", received, hint)], str(path))
