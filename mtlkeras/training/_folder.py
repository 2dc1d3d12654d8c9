"""The output folder of a run: claimed by one process, never overwritten by accident."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ._errors import RunError
from ._manifest import is_run

LOCK = ".lock"


@contextmanager
def claimed_folder(path: Path, overwrite: bool) -> Iterator[Path]:
    """Yields the folder, locked against other runs; an older run in it is still there.

    A folder that was made here and stays empty is removed.

    Args:
        path: Output folder; missing parents are made.
        overwrite: Whether an older run may be replaced.

    Raises:
        FileExistsError: If something is there that may not be replaced.
        RunError: If another process trains into the folder.
    """
    _refuse(path, overwrite)
    made = not path.exists()
    path.mkdir(parents=True, exist_ok=True)
    with _lock(path):
        try:
            # Another run may have finished here before the lock was ours.
            _refuse(path, overwrite)
            yield path
        finally:
            if made and not _content(path):
                (path / LOCK).unlink(missing_ok=True)
                path.rmdir()


def clear(path: Path) -> None:
    """Removes everything in a folder but its lock."""
    for item in _content(path):
        if item.is_dir() and not item.is_symlink():
            shutil.rmtree(item)
        else:
            item.unlink()


def _content(path: Path) -> list[Path]:
    return [item for item in path.iterdir() if item.name != LOCK]


def _refuse(path: Path, overwrite: bool) -> None:
    if not os.path.lexists(path) or (path.is_dir() and not _content(path)):
        return
    if not overwrite:
        raise FileExistsError(
            f"The output {path} exists already. Choose another folder, or pass overwrite=True "
            "(--overwrite) to replace the run in it."
        )
    if not path.is_dir() or not is_run(path):
        raise FileExistsError(
            f"The output {path} exists and is no run folder, so it is not replaced even with "
            "overwrite. Choose another folder, or remove it yourself."
        )


@contextmanager
def _lock(path: Path) -> Iterator[None]:
    """Holds the lock file. The kernel frees the lock of a process that dies, however it dies."""
    file = path / LOCK
    while True:
        descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            owner = os.pread(descriptor, 20, 0).decode() or "unknown"
            os.close(descriptor)
            raise RunError(
                f"Another training (process {owner}) writes to {path} at this moment. Choose "
                "another folder, or wait until it ends."
            ) from None
        # The owner before may have removed the file between our opening and our locking it.
        if file.exists() and os.fstat(descriptor).st_ino == file.stat().st_ino:
            break
        os.close(descriptor)
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, str(os.getpid()).encode(), 0)
    try:
        yield
    finally:
        file.unlink(missing_ok=True)
        os.close(descriptor)
