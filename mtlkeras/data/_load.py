"""`load_data`: from a data spec to batches."""

import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pyarrow as pa
import tensorflow as tf

from mtlkeras.specs import DataSpec

from ._data import Data
from ._errors import DataWarning
from ._first_pass import at_home, scan_with
from ._order import Epochs
from ._pipeline import PreparedRows, StreamedRows
from ._prepare import prepared_in_cache
from ._prepared import Prepared, open_prepared
from ._preparer import Preparer
from ._preprocessing import Preprocessing
from ._progress import shown_progress
from ._splits import scan_splits

if TYPE_CHECKING:
    import pandas as pd

Cache = Literal["memory", "disk"] | None


def load_data(
    spec: DataSpec,
    frame: "pd.DataFrame | None" = None,
    *,
    batch_size: int = 1024,
    seed: int = 0,
    cache: Cache = None,
    preprocessing: Preprocessing | None = None,
    prepared: str | Path | None = None,
    progress: bool = False,
) -> Data:
    """Reads, checks and prepares a data set.

    A first pass over each split validates every row, counts, and on the training split fits the
    preprocessing. Batches are then read anew each epoch, shuffled in windows of some 260,000
    rows (a DataFrame: as a whole), or with a cache cut from prepared rows in a new random order.
    Rows that `prepare` wrote need no first pass, and no source.

    Args:
        spec: The data spec.
        frame: The rows, where the spec's source is a DataFrame.
        batch_size: Rows a batch; the last of an epoch may be smaller.
        seed: Seed of the training order.
        cache: `None` streams; `"memory"` keeps prepared rows in memory; `"disk"` prepares them
            into a folder below `MTLKERAS_CACHE` (default: the user's cache folder), which is
            reused while spec and source stay the same.
        preprocessing: Fitted before; `None` fits it on the training split.
        prepared: Folder that `prepare` wrote; `cache` does not matter then.
        progress: Whether to show progress.

    Returns:
        Datasets of `(features, labels, sample_weight)` dicts, finite and of known length.

    Raises:
        DataError: The data cannot be used; every problem found is named. The prepared folder is
            damaged, or spec or source have changed since.

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
    if prepared is not None and preprocessing is not None:
        raise ValueError(
            "`preprocessing` should be left out where `prepared` is given, which has its own. "
            f"Received both, `prepared` being {str(prepared)!r}."
        )
    found = None
    with shown_progress(progress) as track:
        if prepared is not None:
            found = open_prepared(Path(prepared), spec, frame)
        elif cache == "disk":
            found = prepared_in_cache(spec, frame, track, preprocessing)
        if found is not None:
            preprocessing, report = at_home(found.preprocessing, spec), found.report
            rows = {
                n: _mapped(found, n, _kept(spec, n)) if count else None
                for n, count in found.rows.items()
            }
        else:
            preprocessing, scans, report = scan_splits(spec, frame, preprocessing, track)
            rows = {}
            for name, scan in scans.items():
                given = Preparer(preprocessing, training=name == "train"), spec, scan, frame
                rows[name] = None
                if scan.rows:
                    keep = _kept(spec, name)
                    rows[name] = (
                        PreparedRows.in_memory(*given, track, keep)
                        if cache == "memory"
                        else StreamedRows(*given, keep)
                    )
    # Arrow keeps what reading took; where rows are in memory it is not needed again.
    pa.default_memory_pool().release_unused()
    _warn_of_empty(rows)
    epochs = Epochs()
    return Data(
        rows["train"].dataset(batch_size, seed, epochs.begin),
        *(rows[n].dataset(batch_size) if rows.get(n) else None for n in ("validation", "test")),
        preprocessing,
        report,
        epochs,
        found,
        rows["train"],
        batch_size,
        seed,
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
    rows = StreamedRows(Preparer(preprocessing, training=False), spec, scan, frame)
    return rows.dataset(batch_size, seed if shuffle else None, Epochs().begin)


def _mapped(prepared: Prepared, split: str, keep: Mapping[str, float]) -> PreparedRows:
    return PreparedRows(prepared.slots, prepared.split(split), keep)


def _kept(spec: DataSpec, split: str) -> dict[str, float]:
    """Share of negatives that training keeps, of tasks that leave some out."""
    shares = {name: getattr(task, "keep_negatives", 1.0) for name, task in spec.tasks.items()}
    return {name: share for name, share in shares.items() if share < 1 and split == "train"}


def _warn_of_empty(rows: Mapping[str, PreparedRows | StreamedRows | None]) -> None:
    for name, found in rows.items():
        if found is None:
            warnings.warn(f"The {name} split has no rows.", DataWarning, stacklevel=3)


def _check_arguments(batch_size: int, cache: Cache) -> None:
    if batch_size < 1:
        raise ValueError(f"`batch_size` expects a whole number from 1 on, got {batch_size}.")
    if cache not in (None, "memory", "disk"):
        raise ValueError(f"`cache` expects None, 'memory' or 'disk', got {cache!r}.")
