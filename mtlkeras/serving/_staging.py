"""Files and folders that appear whole or not at all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def staged_folder(
    path: Path, overwrite: bool, replaceable: Callable[[Path], bool]
) -> Iterator[Path]:
    """Yields an empty folder beside `path` that takes its place when the block ends well.

    The staging name begins with a dot, so that a server that watches the parent for version
    folders never loads a half-written one.

    Args:
        path: Final path; missing parents are made.
        overwrite: Whether an existing folder may be replaced.
        replaceable: Tells whether an existing folder is of a kind that may be replaced.

    Raises:
        FileExistsError: `path` exists and may not be replaced.
    """
    refuse_existing_folder(path, overwrite, replaceable)
    path.parent.mkdir(parents=True, exist_ok=True)
    staging = path.parent / f".{path.name}.{os.getpid()}.new"
    retired = path.parent / f".{path.name}.{os.getpid()}.old"
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir()
    try:
        yield staging
        for file in sorted(staging.rglob("*")):
            _flush(file)
        # Checked again: another process may have written there in the meantime.
        refuse_existing_folder(path, overwrite, replaceable)
        if path.exists():
            path.rename(retired)
            try:
                staging.rename(path)
            except BaseException:
                retired.rename(path)
                raise
        else:
            staging.rename(path)
        _flush(path.parent)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
        shutil.rmtree(retired, ignore_errors=True)


def refuse_existing_folder(
    path: Path, overwrite: bool, replaceable: Callable[[Path], bool]
) -> None:
    """Raises `FileExistsError` where a folder may not be written to `path`."""
    if not os.path.lexists(path):
        return
    if path.is_dir() and not any(path.iterdir()):
        return
    if not overwrite:
        raise FileExistsError(
            f"The output {path} exists already. Choose another path, or pass overwrite=True "
            "(--overwrite) to replace it."
        )
    if not path.is_dir() or not replaceable(path):
        raise FileExistsError(
            f"The output {path} exists and is not an exported model, so it is not replaced even "
            "with overwrite. Choose another path, or remove it yourself."
        )


@contextmanager
def staged_file(path: Path, overwrite: bool) -> Iterator[Path]:
    """Yields the path of a file beside `path` that takes its place when the block ends well.

    Args:
        path: Final path; missing parents are made.
        overwrite: Whether an existing file may be replaced.

    Raises:
        FileExistsError: `path` exists and may not be replaced.
    """
    refuse_existing_file(path, overwrite)
    path.parent.mkdir(parents=True, exist_ok=True)
    staging = path.parent / f".{path.name}.{os.getpid()}.new"
    try:
        yield staging
        _flush(staging)
        refuse_existing_file(path, overwrite)
        staging.replace(path)
        _flush(path.parent)
    finally:
        staging.unlink(missing_ok=True)


def refuse_existing_file(path: Path, overwrite: bool) -> None:
    """Raises `FileExistsError` where a file may not be written to `path`."""
    if path.is_dir():
        raise FileExistsError(
            f"The output {path} is a folder, but a file is to be written. Name a file in it."
        )
    if os.path.lexists(path) and not overwrite:
        raise FileExistsError(
            f"The output {path} exists already. Choose another path, or pass overwrite=True "
            "(--overwrite) to replace it."
        )


def _flush(path: Path) -> None:
    """Makes sure that a file or folder survives a power cut, before a rename makes it visible."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
