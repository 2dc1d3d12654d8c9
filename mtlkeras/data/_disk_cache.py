"""Prepared rows in memory-mapped files, reused while spec, state and source stay the same."""

import dataclasses
import hashlib
import json
import os
import shutil
import tempfile
import warnings
from pathlib import Path

import numpy as np
import pandas as pd

from ._cache import PreparedRows, prepared_blocks
from ._errors import DataWarning
from ._packing import MATRICES, Slot
from ._preprocessing import Preprocessing
from ._read import source_files
from ._scan import Scan
from ._store import FILE, state_files
from ._stream import RowStream

FORMAT = 1
MANIFEST = "manifest.json"


def on_disk(
    preprocessing: Preprocessing, stream: RowStream, scan: Scan, training: bool
) -> PreparedRows:
    """Prepares all rows of a split, or maps what was prepared before.

    Args:
        preprocessing: Fitted state.
        stream: Rows, in the order of the source.
        scan: The pass that counted them.
        training: Whether class weights multiply in.
    """
    folder = cache_folder(preprocessing) / scan.tally.split
    print_now = fingerprint(preprocessing, stream, scan, training)
    manifest = _manifest(folder)
    if manifest is None or manifest["fingerprint"] != print_now:
        if folder.exists():
            warnings.warn(
                f"The disk cache {folder} was prepared from another spec or other data; it is "
                "prepared anew.",
                DataWarning,
                stacklevel=2,
            )
        manifest = _write(folder, print_now, preprocessing, stream, scan, training)
    slots = [Slot(**{**s, "shape": tuple(s["shape"])}) for s in manifest["slots"]]
    arrays = {name: np.load(folder / f"{name}.npy", mmap_mode="r") for name in manifest["arrays"]}
    return PreparedRows(slots, manifest["widths"], arrays)


def cache_folder(preprocessing: Preprocessing) -> Path:
    """Returns the folder of a spec's caches: below `MTLKERAS_CACHE`, or the user's cache folder."""
    default = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "mtlkeras"
    spec = preprocessing.spec
    where = hashlib.sha256(f"{spec.folder}\n{spec.source!r}".encode()).hexdigest()[:12]
    return Path(os.environ.get("MTLKERAS_CACHE", default)) / f"{spec.name}-{where}"


def fingerprint(preprocessing: Preprocessing, stream: RowStream, scan: Scan, training: bool) -> str:
    """Returns a hash of all that prepared rows depend on."""
    digest = hashlib.sha256(f"{FORMAT} {training} {scan.tally.split} {scan.rows}".encode())
    state = state_files(preprocessing.spec, preprocessing.state, preprocessing.targets)
    digest.update(state[FILE])
    for path in source_files(preprocessing.spec, scan.tally.split):
        stat = os.stat(path)
        digest.update(f"{path} {stat.st_mtime_ns} {stat.st_size}\n".encode())
    if stream.frame is not None:
        frame = stream.frame
        # Lists cannot be hashed by value as they are.
        frame = frame.map(lambda v: str(v) if isinstance(v, list | np.ndarray) else v)
        digest.update(pd.util.hash_pandas_object(frame).to_numpy().tobytes())
    return digest.hexdigest()


def _manifest(folder: Path) -> dict | None:
    try:
        manifest = json.loads((folder / MANIFEST).read_bytes())
    except (FileNotFoundError, ValueError):
        return None
    return manifest if manifest.get("format") == FORMAT else None


def _write(folder, print_now, preprocessing, stream, scan, training) -> dict:
    """Prepares into a folder beside it, which then takes its place whole."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        slots, widths, blocks = prepared_blocks(preprocessing, stream, training)
        lengths = _lengths(preprocessing)
        arrays: dict[str, np.ndarray] = {}
        start = 0
        for block in blocks:
            stop = start + len(next(iter(block.values())))
            for name, values in block.items():
                if name not in arrays:
                    width = values.shape[1] if name in MATRICES else lengths[name]
                    arrays[name] = np.lib.format.open_memmap(
                        temporary / f"{name}.npy",
                        "w+",
                        values.dtype,
                        (scan.rows, width, *values.shape[2:]),
                    )
                arrays[name][start:stop, : values.shape[1]] = values
            start = stop
        for array in arrays.values():
            array.flush()
        manifest = {
            "format": FORMAT, "fingerprint": print_now, "widths": widths,
            "arrays": list(arrays), "slots": [dataclasses.asdict(s) for s in slots],
        }  # fmt: skip
        (temporary / MANIFEST).write_text(json.dumps(manifest))
        shutil.rmtree(folder, ignore_errors=True)
        os.replace(temporary, folder)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise
    return manifest


def _lengths(preprocessing: Preprocessing) -> dict[str, int]:
    features = preprocessing.spec.features.items()
    return {f"sequence_{n}": f.max_length for n, f in features if hasattr(f, "max_length")}
