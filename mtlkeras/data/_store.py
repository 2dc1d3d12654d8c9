"""Fitted state as JSON and an `.npz` without pickles.

The JSON names its array file by content, so replacing the JSON is the one step that makes a
save visible: whoever reads finds the old state or the new one, never a mixture.
"""

import dataclasses
import hashlib
import io
import json
import os
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from mtlkeras._version import __version__
from mtlkeras.specs import DataSpec

from ._inputs import TaskTarget
from ._raw import RawColumn
from ._transform_numbers import NumberState
from ._transforms import FittedState
from ._vocabulary import Vocabulary

FORMAT = 1
FILE = "preprocessing.json"


def save_state(
    folder: Path, spec: DataSpec, state: FittedState, targets: Mapping[str, TaskTarget]
) -> None:
    """Writes the state.

    Args:
        folder: Made where it does not exist.
        spec: The data spec.
        state: What was learned about features.
        targets: What was learned about labels.
    """
    folder.mkdir(parents=True, exist_ok=True)
    files = state_files(spec, state, targets)
    for name, data in files.items():  # The JSON last: it names the other one.
        _replace(folder / name, data)
    for old in folder.glob("preprocessing-*.npz"):
        if old.name not in files:
            old.unlink(missing_ok=True)


def state_files(
    spec: DataSpec, state: FittedState, targets: Mapping[str, TaskTarget]
) -> dict[str, bytes]:
    """Returns the content of the files, the JSON last; equal states give equal bytes."""
    arrays = {f"bounds/{n}": s.bounds for n, s in state.numbers.items() if s.bounds is not None}
    for table, words in state.vocabularies.items():
        arrays |= {f"words/{table}/{key}": a for key, a in words.to_arrays().items()}
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **{f"a{i}": array for i, array in enumerate(arrays.values())})
    digest = hashlib.sha256(buffer.getvalue()).hexdigest()
    file = f"preprocessing-{digest[:16]}.npz"
    content = {
        "format": FORMAT,
        "mtlkeras": __version__,
        "spec": spec.to_dict(),
        "columns": [dataclasses.asdict(c) for c in state.columns.values()],
        "numbers": {n: _fields(s) for n, s in state.numbers.items()},
        "vocabularies": {n: _words(v) for n, v in state.vocabularies.items()},
        "roots": dict(state.roots),
        "targets": [dataclasses.asdict(t) for t in targets.values()],
        "arrays": {"file": file, "sha256": digest, "names": list(arrays)},
    }
    text = json.dumps(content, indent=1, ensure_ascii=False)
    return {file: buffer.getvalue(), FILE: text.encode()}


def load_state(folder: Path) -> tuple[DataSpec, FittedState, dict[str, TaskTarget]]:
    """Reads the state.

    Args:
        folder: Folder that `save_state` wrote.

    Raises:
        ValueError: The files are of another version, damaged or incomplete.
    """
    content = _content(folder)
    arrays = _arrays(folder, content["arrays"])
    vocabularies = {}
    for table, saved in content["vocabularies"].items():
        parts = {key: arrays.get(f"words/{table}/{key}") for key in ("keys", "bytes", "offsets")}
        keys = Vocabulary.keys_from_arrays({k: a for k, a in parts.items() if a is not None})
        vocabularies[table] = Vocabulary(keys, saved["buckets"], tuple(saved["missing"]))
    numbers = {
        name: NumberState(**saved, bounds=arrays.get(f"bounds/{name}"))
        for name, saved in content["numbers"].items()
    }
    columns = {saved["name"]: RawColumn(**saved) for saved in content["columns"]}
    targets = {saved["name"]: _target(saved) for saved in content["targets"]}
    spec = DataSpec.from_dict(content["spec"])
    return spec, FittedState(columns, numbers, vocabularies, content["roots"]), targets


def _content(folder: Path) -> dict:
    path = folder / FILE
    try:
        content = json.loads(path.read_bytes())
    except FileNotFoundError:
        raise ValueError(
            f"preprocessing: expected {FILE} in {folder}, got no such file. Name the folder that "
            "Preprocessing.save wrote."
        ) from None
    except ValueError as error:
        raise ValueError(f"{path}: expected JSON, got a damaged file ({error}).") from None
    found = content.get("format") if isinstance(content, dict) else None
    if found != FORMAT:
        raise ValueError(
            f"{path}: expected format {FORMAT}, got {found!r}, written by mtlkeras "
            f"{content.get('mtlkeras') if isinstance(content, dict) else None}. Load it with that "
            "version, or train again."
        )
    return content


def _arrays(folder: Path, saved: dict) -> dict[str, np.ndarray]:
    path = folder / Path(saved["file"]).name
    data = path.read_bytes() if path.exists() else b""
    if hashlib.sha256(data).hexdigest() != saved["sha256"]:
        raise ValueError(
            f"{path}: expected the arrays that {FILE} was saved with, got "
            f"{'other content' if data else 'no file'}. Copy the whole folder again."
        )
    with np.load(io.BytesIO(data), allow_pickle=False) as archive:
        return {name: archive[f"a{i}"] for i, name in enumerate(saved["names"])}


def _fields(state: NumberState) -> dict:
    return {f.name: getattr(state, f.name) for f in dataclasses.fields(state) if f.name != "bounds"}


def _words(words: Vocabulary) -> dict:
    return {"buckets": words.buckets, "missing": list(words.missing)}


def _target(saved: dict) -> TaskTarget:
    return TaskTarget(**{k: tuple(v) if isinstance(v, list) else v for k, v in saved.items()})


def _replace(path: Path, data: bytes) -> None:
    """Writes a file so that it is there whole or not at all."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    with open(temporary, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)
