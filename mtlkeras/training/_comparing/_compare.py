"""From a data spec and names of trunks to a comparison."""

import tempfile
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pandas as pd
from rich.console import Console

from ...specs import DataSpec
from .._options import resolve
from ._comparison import Comparison
from ._contenders import Trunks, check_settings, contenders
from ._kept import COMPARISON, check_folder
from ._progress import Board
from ._trainings import Trainings


def compare(
    spec: DataSpec | str | Path,
    trunks: Trunks,
    output: str | Path | None = None,
    *,
    frame: pd.DataFrame | None = None,
    seeds: int | Sequence[int] = 3,
    trunk_options: Mapping[str, Mapping[str, Any]] | None = None,
    **settings: Any,
) -> Comparison:
    """Trains several trunks on the same rows over several seeds, and puts them side by side.

    Rows are prepared once. Every model is built before the first is trained, so that a trunk or
    option that does not fit is told at once. All trunks get a seed before the next seed begins;
    what was trained is kept in the output folder, and the same call goes on from there after an
    interruption. A training whose loss is not finite is told in the result; the others go on.

    Trunks are judged on validation rows (where there are none, on test rows), each task by its
    main metric: the AUC of a binary task, the accuracy of classes, an error else.

    Args:
        spec: The data spec or its YAML file.
        trunks: Names of trunks of `mtlkeras.trunks`, or a dict of label to name or layer.
        output: Folder for the results and a run folder of each training, which `load_run` reads;
            nothing is kept where it is left out.
        frame: The rows, where the spec's source is a DataFrame.
        seeds: How many seeds, from 0 on, or the seeds.
        trunk_options: Trunk (or label) to its arguments.
        settings: Options of every training, as `train` takes them: `epochs`, `weighting`,
            `learning_rate`, `prepared`, `overwrite`, `progress` and others.

    Returns:
        The comparison; print it, or take `.table()`, `.to_csv()`, `.to_json()` or `.plot()`.

    Raises:
        ValueError: If a trunk or option does not exist or does not fit, before any training.
        FileExistsError: If the output holds something else, or results of other options and
            `overwrite` is not set.

    Example:
        >>> spec = DataSpec.from_dict({"name": "shop", "features": {"price": {"type": "number"}},
        ...                            "tasks": {"click": {"type": "binary"}}})
        >>> compare(spec, ["mmoe", "pel"])  # doctest: +ELLIPSIS
        Traceback (most recent call last):
        ValueError: `trunks` should be one of ada_sparse, ... Did you mean 'ple'?
    """
    check_settings(settings)
    options = resolve(None, settings)
    spec = spec if isinstance(spec, DataSpec) else DataSpec.from_yaml(spec)
    chosen = contenders(spec, trunks, trunk_options or {})
    todo = [(label, seed) for seed in _numbers(seeds) for label in chosen]
    console = Console(quiet=not options.progress, highlight=False, soft_wrap=True)
    place = nullcontext(output) if output is not None else tempfile.TemporaryDirectory()
    with place as path:
        folder = Path(path)
        check_folder(folder)
        folder.mkdir(parents=True, exist_ok=True)
        trainings = Trainings(spec, frame, chosen, options, console, folder)
        trainings.begin(todo)
        board = Board(console, [f"{label}, seed {seed}" for label, seed in todo])
        with board.shown():
            for label, seed in todo:
                told, seconds = trainings.reach(label, seed)
                board.finished(told, seconds)
                comparison = trainings.comparison()
                comparison.to_json(folder / COMPARISON)
    return comparison


def _numbers(seeds: int | Sequence[int]) -> list[int]:
    numbers = list(range(seeds)) if isinstance(seeds, int) else list(seeds)
    whole = all(isinstance(n, int) and n >= 0 for n in numbers)
    if not numbers or not whole or len(set(numbers)) < len(numbers):
        raise ValueError(
            "`seeds` should be how many there are, from 1 on, or different integers from 0 on. "
            f"Received {seeds!r}."
        )
    return numbers
