"""Rows of a split as blocks of whole batches, in file order or shuffled in windows."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from mtlkeras.specs import DataSpec

from ._chunk import Chunk
from ._cut import Cut
from ._progress import Track
from ._read import read_chunks, source_files
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

        With a seed, files come in an order, and rows inside of each window, that follow from
        (seed, epoch).

        Args:
            epoch: Counted from 0.
        """
        rest = None
        random = None if self.seed is None else np.random.default_rng([self.seed, epoch])
        for window in self._windows(self.block if random is None else self.window, random):
            if random is not None:
                window = window.take(pa.array(random.permutation(window.num_rows)))
            table = window if rest is None else pa.concat_tables([rest, window])
            whole = table.num_rows - table.num_rows % self.block
            for start in range(0, whole, self.block):
                yield table.slice(start, self.block)
            rest = table.slice(whole)
        if rest is not None and rest.num_rows:
            yield rest

    def _windows(self, rows: int, random: np.random.Generator | None) -> Iterator[pa.Table]:
        held, count = [], 0
        for chunk in self._chunks(random):
            held.append(chunk.batch)
            count += chunk.batch.num_rows
            if count >= rows:
                yield pa.Table.from_batches(held)
                held, count = [], 0
        if count:
            yield pa.Table.from_batches(held)

    def _chunks(self, random: np.random.Generator | None) -> Iterator[Chunk]:
        split = self.scan.tally.split
        spec = self.spec if random is None else with_files_shuffled(self.spec, split, random)
        chunks = read_chunks(
            spec, split, source_columns(spec), frame=self.frame, batch_rows=self.chunk_rows
        )
        if self.track is not None:
            chunks = self.track(chunks, f"prepare {split}", lambda chunk: chunk.batch.num_rows)
        for chunk in chunks:
            chunk = self.scan.keep(chunk)
            if chunk.batch.num_rows:
                yield chunk


def with_files_shuffled(spec: DataSpec, split: str, random: np.random.Generator) -> DataSpec:
    """Returns the spec with the training files in a random order.

    A random split counts rows over all files, so that there the order has to stay.

    Args:
        spec: The data spec.
        split: Only `"train"` is shuffled.
        random: Decides the order.
    """
    files = source_files(spec, split) if split == "train" else []
    if len(files) < 2 or (spec.split.by == "random" and Cut.of(spec, split) is not None):
        return spec
    order = [str(files[index].absolute()) for index in random.permutation(len(files))]
    source = spec.source.model_copy(update={"train": order})
    return spec.model_copy(update={"source": source})
