"""Fits a model into a run folder."""

from collections.abc import Mapping

import keras
from rich.console import Console

from ..balancing import WeightingError
from ..data import Data, timed
from ._checkpoints import Checkpoints
from ._errors import TrainingError
from ._guards import Guards
from ._introduce import Introduce
from ._layout import BEST
from ._options import TrainOptions
from ._plan import hyperparameters
from ._progress import FitProgress
from ._signals import StopRequest
from ._tags import task_names
from ._task_stopping import TaskStopping
from ._tensorboard import TensorBoard
from ._waiting import WaitingShare


def fit(
    model: keras.Model,
    data: Data,
    checkpoints: Checkpoints,
    options: TrainOptions,
    console: Console,
    stop: StopRequest,
) -> None:
    """Fits a compiled model, saving each epoch, and leaves it with the weights of the best one.

    Args:
        model: Compiled model.
        data: Training and validation batches, the preprocessing and the report.
        checkpoints: Where epochs are saved.
        options: How it is fitted.
        console: Where progress is printed.
        stop: Tells when a signal came.

    Raises:
        StopSignal: If a signal came. Finished epochs are saved.
        TrainingError: If a loss or the weight of a task is not finite, or nobody logs the
            monitored value.
    """
    validation = data.validation
    steps = int(data.train.cardinality())
    validation_steps = int(validation.cardinality()) if validation is not None else 0
    board = TensorBoard(
        checkpoints.folder,
        # Some fifty points an epoch are enough to draw a curve.
        update_freq=max(1, steps // 50),
        histograms=options.histograms,
        sample=next(iter(validation or data.train))[0] if options.histograms else None,
        hparams=hyperparameters(data.preprocessing.spec, model, options),
        projector_rows=0,
        monitor_gradients=options.monitor_gradients,
    )
    rows = data.report.splits["train"].rows
    # Keras takes a batch to build the model; the order of an epoch must not depend on that.
    position = keras.callbacks.LambdaCallback(
        on_epoch_begin=lambda epoch, logs: setattr(data.epochs, "next", epoch)
    )
    guards = Guards(stop.check, task_names(model))
    pacing = paced(options)
    batches, waiting = timed(data.train)
    waits = WaitingShare(waiting, filling_epochs=int(options.cache is not None))
    bar = FitProgress(console, rows, options.batch_size, steps, validation_steps)
    try:
        with bar:
            model.fit(
                batches,
                validation_data=validation,
                epochs=options.epochs,
                callbacks=[position, waits, guards, *pacing, checkpoints, board, bar],
                verbose=0,
                # The data set shuffles itself; Keras would warn that it cannot.
                shuffle=False,
            )
    except WeightingError as error:
        raise TrainingError(str(error)) from error
    finally:
        board.close()
    for callback in pacing:
        if isinstance(callback, TaskStopping) and callback.finished:
            console.print(frozen_out(callback.finished))
    if checkpoints.best_epoch < checkpoints.epochs:
        model.load_weights(checkpoints.folder / BEST)


def paced(options: TrainOptions) -> list[keras.callbacks.Callback]:
    """Returns the callbacks that bring tasks in, or freeze them out, as the options ask for.

    Args:
        options: How the model is fitted.

    Example:
        >>> [type(callback).__name__ for callback in paced(TrainOptions(task_patience=3))]
        ['TaskStopping']
    """
    callbacks: list[keras.callbacks.Callback] = []
    if options.introduce:
        callbacks.append(Introduce(options.introduce))
    if options.task_patience is not None:
        callbacks.append(TaskStopping(options.task_patience))
    return callbacks


def frozen_out(finished: Mapping[str, int]) -> str:
    """Returns which tasks were frozen out, in a line.

    Args:
        finished: Task to its last epoch.

    Example:
        >>> frozen_out({"click": 2, "rating": 4})
        'Frozen out: click after epoch 2, rating after epoch 4.'
    """
    return f"Frozen out: {', '.join(f'{t} after epoch {e}' for t, e in finished.items())}."


def monitored(options: TrainOptions, validates: bool) -> str:
    """Returns the logged value that chooses the best epoch; of training without validation.

    Args:
        options: How the model is fitted.
        validates: Whether there are validation rows.

    Example:
        >>> monitored(TrainOptions(monitor="val_click_auc"), validates=False)
        'click_auc'
    """
    return options.monitor if validates else options.monitor.removeprefix("val_")
