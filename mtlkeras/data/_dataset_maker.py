"""One split's dataset: streamed, from memory or from disk."""

import warnings
from typing import TYPE_CHECKING, Literal

import tensorflow as tf

from mtlkeras.specs import DataSpec

from ._cache import in_memory
from ._disk_cache import on_disk
from ._errors import DataWarning
from ._order import Epochs
from ._pipeline import streaming_dataset
from ._preprocessing import Preprocessing
from ._progress import Track
from ._scan import Scan
from ._stream import RowStream

if TYPE_CHECKING:
    import pandas as pd

Cache = Literal["memory", "disk"] | None


class DatasetMaker:
    """Makes the datasets of one data set.

    Args:
        spec: The data spec.
        preprocessing: Fitted state.
        frame: The DataFrame where the source is one.
        batch_size: Rows a batch.
        track: Shows progress.
    """

    def __init__(
        self,
        spec: DataSpec,
        preprocessing: Preprocessing,
        frame: "pd.DataFrame | None",
        batch_size: int,
        track: Track,
    ):
        self.spec, self.preprocessing, self.frame = spec, preprocessing, frame
        self.batch_size, self.track = batch_size, track

    def dataset(
        self, scan: Scan, cache: Cache, seed: int, epochs: Epochs
    ) -> tf.data.Dataset | None:
        """Returns batches of a split, shuffled where it is the training split.

        Args:
            scan: What the first pass over the split found.
            cache: As in `load_data`.
            seed: Seed of the training order.
            epochs: Numbers the passes over the training split.
        """
        training = scan.tally.split == "train"
        if not scan.rows:
            text = f"The {scan.tally.split} split has no rows."
            warnings.warn(text, DataWarning, stacklevel=4)
            return None
        shuffled = seed if training else None
        numbers = epochs if training else None
        if cache is None:
            stream = self._stream(scan, shuffled)
            return streaming_dataset(
                self.preprocessing,
                stream,
                scan.rows,
                self.batch_size,
                training=training,
                epochs=numbers,
            )
        stream = self._stream(scan, None, self.track)
        if cache == "memory":
            prepared = in_memory(self.preprocessing, stream, scan.rows, training)
        else:
            prepared = on_disk(self.preprocessing, stream, scan, training)
        return prepared.dataset(self.batch_size, shuffled, numbers)

    def _stream(self, scan: Scan, seed: int | None, track: Track | None = None) -> RowStream:
        return RowStream(self.spec, scan, self.batch_size, frame=self.frame, seed=seed, track=track)
