"""`load_data`: from a data spec to batches."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import tensorflow as tf

from mtlkeras.specs import DataSpec

from ._dataset_maker import Cache, DatasetMaker
from ._first_pass import at_home, fit_and_scan, scan_with
from ._order import Epochs
from ._pipeline import streaming_dataset
from ._preprocessing import Preprocessing
from ._progress import shown_progress
from ._read import has_split
from ._report import Report
from ._stream import RowStream

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Data:
    """A data set ready for `fit`.

    Args:
        train: `(features, labels, sample_weight)` batches, in another order each epoch.
        validation: The same in the order of the source; `None` without such a split.
        test: The same in the order of the source; `None` without such a split.
        preprocessing: What was fitted on the training split.
        report: What was found in each split; print it.
        epochs: Numbers the passes over `train`, whose order follows from (seed, number).

    Example:

    >>> from mtlkeras.data import Report
    >>> Data(None, None, None, preprocessing=None, report=Report("shop")).epochs.next
    0
    """

    train: tf.data.Dataset
    validation: tf.data.Dataset | None
    test: tf.data.Dataset | None
    preprocessing: Preprocessing
    report: Report
    epochs: Epochs = field(default_factory=Epochs)


def load_data(
    spec: DataSpec,
    frame: "pd.DataFrame | None" = None,
    *,
    batch_size: int = 1024,
    seed: int = 0,
    cache: Cache = None,
    preprocessing: Preprocessing | None = None,
    progress: bool = False,
) -> Data:
    """Reads, checks and prepares a data set.

    A first pass over each split validates every row, counts, and on the training split fits the
    preprocessing. Batches are then read anew each epoch, shuffled in windows of some 260,000
    rows (a DataFrame: as a whole), or with a cache cut from prepared rows in a new random order.

    Args:
        spec: The data spec.
        frame: The rows, where the spec's source is a DataFrame.
        batch_size: Rows a batch; the last of an epoch may be smaller.
        seed: Seed of the training order.
        cache: `None` streams; `"memory"` keeps prepared rows in memory; `"disk"` keeps them in
            memory-mapped files below `MTLKERAS_CACHE` (default: the user's cache folder), which
            are reused while spec and source stay the same.
        preprocessing: Fitted before; `None` fits it on the training split.
        progress: Whether to show progress.

    Returns:
        Datasets of `(features, labels, sample_weight)` dicts, finite and of known length.

    Raises:
        DataError: The data cannot be used; every problem found is named.

    Example:

    >>> import pandas as pd
    >>> from mtlkeras.specs import DataSpec
    >>> spec = DataSpec.from_dict({
    ...     "name": "shop",
    ...     "features": {"price": {"type": "number"}},
    ...     "tasks": {"click": {"type": "binary"}}})
    >>> frame = pd.DataFrame({"price": range(100), "click": [0, 1, 1, 0] * 25})
    >>> data = load_data(spec, frame, batch_size=16)
    >>> features, labels, sample_weight = next(iter(data.train))
    >>> features["price"].shape, labels["click"].shape
    (TensorShape([16, 1]), TensorShape([16]))
    """
    _check_arguments(batch_size, cache)
    with shown_progress(progress) as track:
        if preprocessing is None:
            preprocessing, train = fit_and_scan(spec, frame, track)
        else:
            preprocessing = at_home(preprocessing, spec)
            train = scan_with(spec, "train", preprocessing, frame, track)
        scans = {"train": train}
        for split in ("validation", "test"):
            if has_split(spec, split):
                scans[split] = scan_with(spec, split, preprocessing, frame, track)
        report = Report(spec.name, {name: scan.tally.report() for name, scan in scans.items()})
        epochs = Epochs()
        maker = DatasetMaker(spec, preprocessing, frame, batch_size, track)
        datasets = {n: maker.dataset(scan, cache, seed, epochs) for n, scan in scans.items()}
    return Data(
        datasets["train"],
        datasets.get("validation"),
        datasets.get("test"),
        preprocessing,
        report,
        epochs,
    )


def load_split(
    spec: DataSpec,
    split: str,
    preprocessing: Preprocessing,
    *,
    frame: "pd.DataFrame | None" = None,
    batch_size: int = 1024,
    shuffle: bool = False,
    seed: int = 0,
) -> tf.data.Dataset:
    """Reads one split with a preprocessing fitted before, without class weights.

    Args:
        spec: The data spec.
        split: `"train"`, `"validation"` or `"test"`.
        preprocessing: Fitted before.
        frame: The rows, where the spec's source is a DataFrame.
        batch_size: Rows a batch; the last may be smaller.
        shuffle: Whether to shuffle, in windows.
        seed: Seed of the order.

    Raises:
        DataError: The data cannot be used, or the spec has no such split.

    Example:

    >>> import pandas as pd
    >>> from mtlkeras.specs import DataSpec
    >>> spec = DataSpec.from_dict({
    ...     "name": "shop",
    ...     "features": {"price": {"type": "number"}},
    ...     "tasks": {"click": {"type": "binary"}}})
    >>> frame = pd.DataFrame({"price": range(100), "click": [0, 1, 1, 0] * 25})
    >>> preprocessing = load_data(spec, frame).preprocessing
    >>> int(load_split(spec, "train", preprocessing, frame=frame, batch_size=1).cardinality()) > 60
    True
    """
    _check_arguments(batch_size, None)
    preprocessing = at_home(preprocessing, spec)
    with shown_progress(False) as track:
        scan = scan_with(spec, split, preprocessing, frame, track)
    stream = RowStream(spec, scan, batch_size, frame=frame, seed=seed if shuffle else None)
    epochs = Epochs() if shuffle else None
    return streaming_dataset(preprocessing, stream, scan.rows, batch_size, epochs=epochs)


def _check_arguments(batch_size: int, cache: Cache) -> None:
    if batch_size < 1:
        raise ValueError(f"`batch_size` expects a whole number from 1 on, got {batch_size}.")
    if cache not in (None, "memory", "disk"):
        raise ValueError(f"`cache` expects None, 'memory' or 'disk', got {cache!r}.")
