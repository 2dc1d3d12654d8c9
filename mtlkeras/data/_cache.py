"""Prepared rows kept in memory or in memory-mapped files, and batches cut by index."""

from collections.abc import Iterator

import numpy as np
import tensorflow as tf

from ._order import Epochs, epoch_order
from ._packing import Slot, pack, packed_signature, plan_slots, take, unpacker
from ._pipeline import batch_signature, with_length
from ._preprocessing import Preprocessing
from ._stream import RowStream


class PreparedRows:
    """All rows of a split, prepared.

    Args:
        slots: Where each tensor lies.
        widths: Width of each matrix.
        arrays: The matrices and sequences.
    """

    def __init__(self, slots: list[Slot], widths: dict[str, int], arrays: dict[str, np.ndarray]):
        self.slots, self.widths, self.arrays = slots, widths, arrays

    @property
    def rows(self) -> int:
        """Number of rows."""
        return len(next(iter(self.arrays.values())))

    def dataset(
        self, batch_size: int, seed: int | None = None, epochs: Epochs | None = None
    ) -> tf.data.Dataset:
        """Returns `(features, labels, sample_weight)` batches.

        Args:
            batch_size: Rows a batch; the last may be smaller.
            seed: Shuffles with it, each epoch anew; `None` keeps the order.
            epochs: Numbers the passes.
        """
        epochs = epochs or Epochs()

        def batches() -> Iterator[dict[str, np.ndarray]]:
            order = None if seed is None else epoch_order(self.rows, seed, epochs.begin())
            for start in range(0, self.rows, batch_size):
                stop = min(start + batch_size, self.rows)
                rows = slice(start, stop) if order is None else order[start:stop]
                yield take(self.slots, self.arrays, rows)

        dataset = tf.data.Dataset.from_generator(
            batches, output_signature=packed_signature(self.slots, self.widths)
        )
        dataset = dataset.map(unpacker(self.slots), tf.data.AUTOTUNE, deterministic=True)
        return with_length(dataset, self.rows, batch_size)


def prepared_blocks(
    preprocessing: Preprocessing, stream: RowStream, training: bool
) -> tuple[list[Slot], dict[str, int], Iterator[dict[str, np.ndarray]]]:
    """Returns where tensors lie, the width of each matrix, and blocks of packed rows.

    Args:
        preprocessing: Fitted state.
        stream: Rows, in the order of the source.
        training: Whether class weights multiply in.
    """

    @tf.function(reduce_retracing=True)
    def prepare(raw):
        return preprocessing.features(raw), *preprocessing.labels(raw, training)

    element_spec = prepare.get_concrete_function(batch_signature(preprocessing)).structured_outputs
    slots, widths = plan_slots(element_spec)

    def blocks() -> Iterator[dict[str, np.ndarray]]:
        for table in stream.blocks():
            raw = preprocessing.to_raw(table, labels=True)
            raw = {name: tf.constant(values) for name, values in raw.items()}
            yield pack(slots, widths, prepare(raw))

    return slots, widths, blocks()


def in_memory(
    preprocessing: Preprocessing, stream: RowStream, rows: int, training: bool
) -> PreparedRows:
    """Prepares all rows of a split.

    Args:
        preprocessing: Fitted state.
        stream: Rows, in the order of the source.
        rows: How many rows the stream has.
        training: Whether class weights multiply in.
    """
    slots, widths, blocks = prepared_blocks(preprocessing, stream, training)
    arrays: dict[str, np.ndarray] = {}
    start = 0
    for block in blocks:
        stop = start + len(next(iter(block.values())))
        for name, values in block.items():
            arrays[name] = _roomy(arrays.get(name), values, rows)
            arrays[name][start:stop, : values.shape[1]] = values
        start = stop
    return PreparedRows(slots, widths, arrays)


def _roomy(array: np.ndarray | None, values: np.ndarray, rows: int) -> np.ndarray:
    """Returns an array of all rows that is as wide as the values."""
    if array is not None and array.shape[1] >= values.shape[1]:
        return array
    wider = np.zeros((rows, *values.shape[1:]), values.dtype)
    if array is not None:
        wider[:, : array.shape[1]] = array
    return wider
