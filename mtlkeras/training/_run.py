"""A finished run: everything that training wrote, read back from its folder."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import pandas as pd

from .._rooms import load_rooms
from ..data import Preprocessing
from ..evaluation import Evaluation
from ..specs import DataSpec, FormulaScore
from ._errors import RunError
from ._layout import BEST, EVALUATION, HISTORY, OPTIONS, PREPROCESSING, SPEC
from ._manifest import check_files, read_manifest
from ._score import check_score_file, read_score


@dataclass(frozen=True, eq=False, repr=False)
class Run:
    """A trained model and all that belongs to it.

    Args:
        path: Run folder.
        spec: The data spec.
        preprocessing: Preprocessing, fitted on the training rows.
        model: The model of the best epoch; `model.preprocessing` is attached.
        history: One row an epoch: losses, metrics, learning rate and seconds.
        evaluation: Split (`"validation"`, `"test"`) to its evaluation; empty where training was
            stopped before.
        options: How it was trained.
        manifest: Versions, times, how it ended, and the SHA-256 of each file.
        score: What makes one score of the answers, where there is one; also `model.score`.
    """

    path: Path
    spec: DataSpec
    preprocessing: Preprocessing
    model: keras.Model
    history: pd.DataFrame
    evaluation: dict[str, Evaluation]
    options: dict[str, Any]
    manifest: dict[str, Any]
    score: FormulaScore | None = None

    def __repr__(self) -> str:
        facts = self.manifest
        epochs = f"best epoch {facts['best_epoch']} of {facts['epochs']}"
        return f"Run({str(self.path)!r}, {facts['status']}, {epochs})"


def load_run(path: str | Path, *, custom_objects: Mapping[str, Any] | None = None) -> Run:
    """Returns a run from its folder, wherever it has been moved to.

    Args:
        path: Run folder, written by `train`.
        custom_objects: Name to class of layers that are not registered with Keras.

    Returns:
        The run. Relative paths of its spec lead where they led when it was trained.

    Raises:
        FileNotFoundError: If there is no such folder.
        RunError: If it is no run folder, holds no finished epoch, or is damaged.

    Example:
        >>> load_run("runs/nothing")  # doctest: +ELLIPSIS
        Traceback (most recent call last):
        FileNotFoundError: There is no run folder runs/nothing. Check the path, or train ...
    """
    path = Path(path)
    manifest = read_manifest(path)
    _need_epoch(path, manifest)
    check_files(path, manifest, [SPEC, OPTIONS, BEST, HISTORY, f"{PREPROCESSING}/"])
    check_score_file(path, manifest)
    spec = DataSpec.from_yaml(path / SPEC, folder=_data_folder(path, manifest))
    preprocessing = Preprocessing.load(path / PREPROCESSING)
    model = _load_model(path / BEST, manifest, custom_objects)
    model.preprocessing = preprocessing
    model.score = read_score(path, spec)
    return Run(
        path=path,
        spec=spec,
        preprocessing=preprocessing,
        model=model,
        history=pd.read_csv(path / HISTORY),
        evaluation=_evaluations(path / EVALUATION),
        options=json.loads((path / OPTIONS).read_text(encoding="utf-8")),
        manifest=manifest,
        score=model.score,
    )


def _need_epoch(path: Path, manifest: Mapping[str, Any]) -> None:
    if manifest["status"] == "running":
        why = "is going on, or was killed"
    elif not manifest["best_epoch"]:
        why = f"has {manifest['status']} before its first epoch was finished"
    else:
        return
    raise RunError(
        f"{path} holds no finished run: its training {why}. Wait for it, or train again with "
        "overwrite=True (--overwrite)."
    )


def _data_folder(path: Path, manifest: Mapping[str, Any]) -> Path:
    """Returns where the spec's relative paths lead: where they led, or beside the moved run."""
    absolute, relative = (Path(p) for p in manifest["data_folder"])
    return absolute if absolute.is_dir() else (path / relative).resolve()


def _load_model(
    path: Path, manifest: Mapping[str, Any], custom_objects: Mapping[str, Any] | None
) -> keras.Model:
    load_rooms()
    try:
        return keras.models.load_model(path, custom_objects=custom_objects)
    except Exception as error:
        # Keras raises whatever the first layer that it cannot read happens to raise.
        written = manifest["versions"]
        raise RunError(
            f"{path} cannot be read by Keras {keras.__version__}; it was written by Keras "
            f"{written['keras']} and mtlkeras {written['mtlkeras']}. Pass layers of your own in "
            f"`custom_objects`, or install those versions. Keras says: {error}"
        ) from error


def _evaluations(path: Path) -> dict[str, Evaluation]:
    if not path.is_file():
        return {}
    splits = json.loads(path.read_text(encoding="utf-8"))
    return {name: Evaluation.from_json(json.dumps(content)) for name, content in splits.items()}
