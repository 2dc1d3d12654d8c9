"""Batches of a split as a `tf.data.Dataset`: streamed from the source, or of prepared rows."""

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

import tensorflow as tf

from mtlkeras.specs import DataSpec

from ._blocks import batches, block_rows, part_rows, regular_blocks, shuffled_blocks
from ._order import epoch_order
from ._packing import Packed, Slot
from ._preparer import Preparer
from ._progress import Track
from ._rows import PackedRows
from ._scan import Scan
from ._stream import RowStream
from ._thin import Thinning

if TYPE_CHECKING:
    import pandas as pd

Epoch = Callable[[], int]


class StreamedRows:
    """A split that is read and prepared anew in each pass.

    Args:
        preparer: Prepares rows.
        spec: The data spec.
        scan: The pass that found the split's rows and its bad ones.
        frame: The DataFrame where the source is one.
        keep: Task to the share of its negatives that a shuffled pass keeps.
    """

    def __init__(
        self,
        preparer: Preparer,
        spec: DataSpec,
        scan: Scan,
        frame: "pd.DataFrame | None",
        keep: Mapping[str, float] | None = None,
    ):
        self.preparer, self.spec, self.scan, self.frame = preparer, spec, scan, frame
        self.keep = keep

    def dataset(
        self, batch_size: int, seed: int | None = None, epoch: Epoch = int, step: int = 0
    ) -> tf.data.Dataset:
        """Returns `(features, labels, sample_weight)` batches.

        Args:
            batch_size: Rows a batch; the last may be smaller.
            seed: Shuffles files, and rows in windows; `None` keeps the order.
            epoch: Numbers a pass, which has its own order.
            step: Batches at the beginning that are left out; they are read all the same.
        """
        stream = RowStream(self.spec, self.scan, frame=self.frame, seed=seed)
        slots = self.preparer.slots
        block = block_rows(slots, batch_size)

        def blocks() -> Iterator[Packed]:
            number = epoch()
            random = stream.random(number)
            parts = self.preparer.prepare_all(stream.blocks(random))
            if random is None or stream.has_images:
                found = regular_blocks(parts, block)
            else:
                found = shuffled_blocks(parts, stream.window, block, random)
            return thinned(found, slots, self.keep, seed, number)

        dataset = batches(slots, blocks, self.scan.rows, batch_size)
        return dataset.skip(step) if step else dataset


class PreparedRows:
    """A split whose rows are prepared, in memory or in files that are mapped into it.

    Args:
        slots: Where each tensor lies in a row.
        packed: All rows.
        keep: Task to the share of its negatives that a shuffled pass keeps.
    """

    def __init__(
        self, slots: list[Slot], packed: PackedRows, keep: Mapping[str, float] | None = None
    ):
        self.slots, self.packed, self.keep = slots, packed, keep

    @classmethod
    def in_memory(
        cls,
        preparer: Preparer,
        spec: DataSpec,
        scan: Scan,
        frame: "pd.DataFrame | None",
        track: Track,
        keep: Mapping[str, float] | None = None,
    ) -> "PreparedRows":
        """Prepares all rows of a split; arguments as of `StreamedRows`."""
        parts = preparer.prepare_all(RowStream(spec, scan, frame=frame, track=track).blocks())
        rows = part_rows(preparer.slots)
        return cls(preparer.slots, PackedRows(list(regular_blocks(parts, rows))), keep)

    def dataset(
        self, batch_size: int, seed: int | None = None, epoch: Epoch = int, step: int = 0
    ) -> tf.data.Dataset:
        """Returns `(features, labels, sample_weight)` batches.

        Args:
            batch_size: Rows a batch; the last may be smaller.
            seed: Shuffles all rows; `None` keeps the order.
            epoch: Numbers a pass, which has its own order.
            step: Batches at the beginning that are left out, at no cost.
        """
        packed, block = self.packed, block_rows(self.slots, batch_size)
        starts = range(step * batch_size, packed.rows, block)

        def blocks() -> Iterator[Packed]:
            number = epoch()
            if seed is None:
                return (packed.slice(start, start + block) for start in starts)
            order = epoch_order(packed.rows, seed, number)
            found = (packed.take(order[start : start + block]) for start in starts)
            return thinned(found, self.slots, self.keep, seed, number, starts.start)

        return batches(self.slots, blocks, max(0, packed.rows - starts.start), batch_size)


def thinned(
    blocks: Iterator[Packed],
    slots: list[Slot],
    keep: Mapping[str, float] | None,
    seed: int | None,
    epoch: int,
    start: int = 0,
) -> Iterator[Packed]:
    """Returns blocks with negatives left out, where some are to be.

    Args:
        blocks: Packed rows of a pass.
        slots: Where each tensor lies in them.
        keep: Task to the share of its negatives that is kept.
        seed: Seed of the pass; `None` keeps all.
        epoch: Number of the pass.
        start: Rows of the pass before the first block.
    """
    if not keep or seed is None:
        return blocks
    return Thinning(slots, keep, seed).thin(blocks, epoch, start)
