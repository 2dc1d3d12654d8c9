"""From a data spec to a run folder."""

import signal
from pathlib import Path
from typing import Any

import keras
import pandas as pd
from rich.console import Console

from ..data import Data, load_data
from ..evaluation import Evaluation, evaluate
from ..specs import DataSpec
from ._check_options import check_tasks
from ._check_parts import check_parts
from ._checkpoints import Checkpoints
from ._errors import TrainingError
from ._fit import fit, monitored
from ._folder import claimed_folder
from ._model import make_model
from ._options import TrainOptions, resolve
from ._plan import plan
from ._progress import is_live, row_progress
from ._projector import write_projector
from ._run import Run
from ._score import check_learnable, make_score, write_score
from ._signals import StopRequest, StopSignal, stop_request
from ._writer import RunWriter


def train(
    spec: DataSpec | str | Path,
    output: str | Path,
    *,
    frame: pd.DataFrame | None = None,
    options: TrainOptions | None = None,
    **settings: Any,
) -> Run:
    """Trains a model on the data of a spec and writes a run folder.

    Reads the data, fits the preprocessing, builds the model, fits it epoch by epoch, keeps the
    best epoch and evaluates it on the validation and test rows. The folder holds all that the
    run is; move it where you like and read it with `load_run`. Look at it with
    `tensorboard --logdir`.

    Ctrl-C and SIGTERM stop between two steps: finished epochs are kept, and the signal takes its
    course afterwards.

    Args:
        spec: The data spec or its YAML file.
        output: Run folder to write.
        frame: The rows, where the spec's source is a DataFrame.
        options: How to train.
        settings: Options by name, over those of `options`: `trunk`, `epochs`, `batch_size`,
            `seed`, `cache`, `prepared`, `learning_rate`, `monitor`, `patience`, `overwrite` and
            others; see `TrainOptions`.

    Returns:
        The run, with the model of the best epoch.

    Raises:
        FileExistsError: If the output exists, and is no run or `overwrite` is not set.
        RunError: If another process trains into the folder.
        TrainingError: If a loss becomes infinite or NaN. Finished epochs are kept.

    Example:
        >>> import tempfile
        >>> spec = DataSpec.from_dict({"name": "shop", "features": {"price": {"type": "number"}},
        ...                            "tasks": {"click": {"type": "binary"}}})
        >>> frame = pd.DataFrame({"price": range(200), "click": [0] * 90 + [1, 0] * 10 + [1] * 90})
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     run = train(spec, f"{folder}/run", frame=frame, trunk="mmoe", epochs=1,
        ...                 batch_size=32, learning_rate=0.01, progress=False)
        >>> run.evaluation["test"].value("click", "auc") > 0.9
        True
    """
    options = resolve(options, settings)
    spec = spec if isinstance(spec, DataSpec) else DataSpec.from_yaml(spec)
    check_tasks(options, spec)
    check_parts(options)
    console = Console(quiet=not options.progress, highlight=False, soft_wrap=True)
    with claimed_folder(Path(output), options.overwrite) as folder:
        keras.utils.set_random_seed(options.seed)
        data = _load(spec, frame, options, console)
        check_learnable(spec, data)
        model = make_model(spec, data.preprocessing, options, int(data.train.cardinality()))
        monitor = monitored(options, data.validation is not None)
        checkpoints = Checkpoints(folder, monitor, options.patience)
        writer = RunWriter(folder, spec, checkpoints, data.prepared)
        writer.begin(spec, data.preprocessing, options)
        console.print(plan(spec, model, options))
        try:
            with stop_request() as stop:
                fit(model, data, checkpoints, options, console, stop)
                model.score = make_score(spec, model, data)
                evaluations = _evaluate(model, data, console, stop)
            writer.evaluations(evaluations)
            if model.score is not None:
                write_score(folder, model.score)
            write_projector(model, folder / "train", options.projector_rows)
        except BaseException as error:
            interrupted = isinstance(error, StopSignal | KeyboardInterrupt | SystemExit)
            writer.end("interrupted" if interrupted else "failed")
            if isinstance(error, TrainingError):
                raise TrainingError(f"{error} {writer.kept()}") from error
            if not isinstance(error, StopSignal):
                raise
            console.print(f"Stopped by {error.name}. {writer.kept()}")
            number = error.number
        else:
            manifest = writer.end("finished")
            console.print(f"Run written to {folder}: epoch {checkpoints.best_epoch} was the best.")
            return Run(
                path=folder,
                spec=spec,
                preprocessing=data.preprocessing,
                model=model,
                history=pd.DataFrame(checkpoints.rows),
                evaluation=evaluations,
                score=model.score,
                options=options.as_json(),
                manifest=manifest,
            )
    # The handlers from before are in place again: Ctrl-C raises KeyboardInterrupt now.
    signal.raise_signal(number)
    raise SystemExit(128 + number)


def _load(
    spec: DataSpec, frame: pd.DataFrame | None, options: TrainOptions, console: Console
) -> Data:
    console.print(f"Reading {spec.name} ...")
    data = load_data(
        spec,
        frame,
        batch_size=options.batch_size,
        seed=options.seed,
        cache=options.cache,
        prepared=options.prepared,
        progress=options.progress and is_live(console),
    )
    console.print(data.report)
    return data


def _evaluate(
    model: keras.Model, data: Data, console: Console, stop: StopRequest
) -> dict[str, Evaluation]:
    found = {}
    for split in ("validation", "test"):
        dataset = getattr(data, split)
        if dataset is not None:
            rows = data.report.splits[split].rows
            with row_progress(console, f"Evaluating {split}", rows) as advance:
                found[split] = evaluate(
                    model,
                    dataset,
                    data.preprocessing,
                    progress=lambda rows, advance=advance: (advance(rows), stop.check()),
                )
    return found
