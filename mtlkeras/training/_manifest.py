"""The manifest of a run folder: what it is, how it ended and what its files hold."""

import json
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from .._version import __version__
from ._errors import RunError
from ._files import digest, write_json

NAME = "manifest.json"
FORMAT = "mtlkeras-run"
VERSION = 1


def now() -> str:
    """Returns the time, as manifests hold it."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def write_manifest(folder: Path, status: str, **facts: Any) -> dict[str, Any]:
    """Writes the manifest of a run, with the SHA-256 of every file that is there.

    TensorBoard's event files are left out: a viewer may open them while they grow.

    Args:
        folder: Run folder.
        status: `"running"`, `"finished"`, `"interrupted"` or `"failed"`.
        facts: What else to remember.
    """
    files = {}
    if status != "running":
        paths = (p for p in sorted(folder.rglob("*")) if p.is_file() and p.name != NAME)
        for path in paths:
            if not path.name.startswith(".") and "tfevents" not in path.name:
                name = path.relative_to(folder).as_posix()
                files[name] = {"bytes": path.stat().st_size, "sha256": digest(path)}
    manifest = {
        "format": FORMAT,
        "version": VERSION,
        "status": status,
        **facts,
        "versions": {
            "mtlkeras": __version__,
            **{name: version(name) for name in ("keras", "tensorflow", "numpy")},
        },
        "files": files,
    }
    write_json(folder / NAME, manifest)
    return manifest


def is_run(folder: Path) -> bool:
    """Tells whether a folder carries the manifest of a run, of whatever version."""
    try:
        return json.loads((folder / NAME).read_text(encoding="utf-8"))["format"] == FORMAT
    except (OSError, ValueError, KeyError, TypeError):
        return False


def read_manifest(folder: Path) -> dict[str, Any]:
    """Returns the manifest of a run folder that can be read.

    Raises:
        FileNotFoundError: If there is no such folder.
        RunError: If it is no run folder, or one of a newer version.
    """
    if not folder.is_dir():
        raise FileNotFoundError(
            f"There is no run folder {folder}. Check the path, or train one with "
            "mtl.train(spec, output) or `mtlkeras train`."
        )
    if not is_run(folder):
        raise RunError(
            f"{folder} is no run folder: its {NAME} is missing or cannot be read. Name the "
            "folder that `mtlkeras train --output` wrote."
        )
    manifest = json.loads((folder / NAME).read_text(encoding="utf-8"))
    if manifest["version"] > VERSION:
        raise RunError(
            f"{folder} was written by a newer mtlkeras (run format {manifest['version']}; this "
            f"one reads up to {VERSION}). Run: pip install --upgrade mtlkeras"
        )
    return manifest


def check_files(folder: Path, manifest: dict[str, Any], names: list[str]) -> None:
    """Compares files, and all files of folders, with what the manifest says of them.

    Args:
        folder: Run folder.
        manifest: Its manifest.
        names: Files, or folders where they end in a slash.

    Raises:
        RunError: If one is missing or differs; all are named.
    """
    files = manifest["files"]
    wanted = [
        f for f in files if f in names or f.startswith(tuple(n for n in names if n[-1] == "/"))
    ]
    problems = [f"{n} is missing" for n in names if n[-1] != "/" and n not in files]
    for name in wanted:
        path = folder / name
        if not path.is_file():
            problems.append(f"{name} is missing")
        elif path.stat().st_size != files[name]["bytes"]:
            size = path.stat().st_size
            problems.append(f"{name} has {size:,} bytes instead of {files[name]['bytes']:,}")
        elif digest(path) != files[name]["sha256"]:
            problems.append(f"{name} was changed (its SHA-256 differs from {NAME})")
    if problems:
        raise RunError(
            f"{folder} is damaged: {'; '.join(problems)}. Copy the whole folder again, or train "
            "anew."
        )
