"""Rows of a split as blocks of whole batches, in file order or shuffled in windows."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from mtlkeras.specs import DataSpec

from ._chunk import Chunk
from ._progress import Track
from ._read import read_chunks
from ._scan import Scan, source_columns

# Rows that are turned into arrays at once, and rows among which a shuffle moves a row.
BLOCK_ROWS, WINDOW_ROWS = 16_384, 262_144
# The same where rows hold encoded images.
IMAGE_BLOCK_ROWS, IMAGE_WINDOW_ROWS = 512, 8_192


class RowStream:
    """Streams the good rows of a split.

    Args:
        spec: The data spec.
        scan: The pass that found the split's rows and its bad ones.
        batch_size: Rows a batch.
        frame: The DataFrame where the source is one.
        seed: Shuffles with it; `None` keeps the order.
        track: Shows progress.
    """

    def __init__(
        self,
        spec: DataSpec,
        scan: Scan,
        batch_size: int,
        *,
        frame=None,
        seed: int | None = None,
        track: Track | None = None,
    ):
        self.spec, self.scan, self.frame, self.seed, self.track = spec, scan, frame, seed, track
        has_images = any(getattr(f, "content", "") == "bytes" for f in spec.features.values())
        block = IMAGE_BLOCK_ROWS if has_images else BLOCK_ROWS
        self.window = IMAGE_WINDOW_ROWS if has_images else WINDOW_ROWS
        # A DataFrame is in memory as it is: all of it is one window.
        self.window = self.window if frame is None else max(1, scan.rows)
        self.block = max(1, block // batch_size) * batch_size
        self.chunk_rows = 2 * block if has_images else 65_536

    def blocks(self, epoch: int = 0) -> Iterator[pa.Table]:
        """Yields tables of at most `block` rows, a whole number of batches but for the last.

        With a seed, each window of rows is put in an order that follows from (seed, epoch).

        Args:
            epoch: Counted from 0.
        """
        rest = None
        random = None if self.seed is None else np.random.default_rng([self.seed, epoch])
        for window in self._windows(self.block if random is None else self.window):
            if random is not None:
                window = window.take(pa.array(random.permutation(window.num_rows)))
            table = window if rest is None else pa.concat_tables([rest, window])
            whole = table.num_rows - table.num_rows % self.block
            for start in range(0, whole, self.block):
                yield table.slice(start, self.block)
            rest = table.slice(whole)
        if rest is not None and rest.num_rows:
            yield rest

    def _windows(self, rows: int) -> Iterator[pa.Table]:
        held, count = [], 0
        for chunk in self._chunks():
            held.append(chunk.batch)
            count += chunk.batch.num_rows
            if count >= rows:
                yield pa.Table.from_batches(held)
                held, count = [], 0
        if count:
            yield pa.Table.from_batches(held)

    def _chunks(self) -> Iterator[Chunk]:
        split = self.scan.tally.split
        chunks = read_chunks(
            self.spec, split, source_columns(self.spec), frame=self.frame,
            batch_rows=self.chunk_rows,
        )  # fmt: skip
        if self.track is not None:
            chunks = self.track(chunks, f"prepare {split}", lambda chunk: chunk.batch.num_rows)
        for chunk in chunks:
            chunk = self.scan.keep(chunk)
            if chunk.batch.num_rows:
                yield chunk
