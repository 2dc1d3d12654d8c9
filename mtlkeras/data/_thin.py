"""Leaving out negatives of rare tasks, other ones in each epoch."""

import zlib
from collections.abc import Iterator, Mapping

import numpy as np

from ._packing import Packed, Slot
from ._rows import rows_of


class Thinning:
    """Takes the weight off most rows without, of tasks that are to keep only a share of them.

    Rows stay, for their labels of other tasks. Which negatives are kept follows from seed, epoch,
    task and place in the epoch, so that an epoch can be entered anywhere.

    Args:
        slots: Where each tensor lies in packed rows.
        keep: Binary task to the share of its negatives that is kept.
        seed: Seed of the choice.
    """

    def __init__(self, slots: list[Slot], keep: Mapping[str, float], seed: int):
        places = {(slot.part, slot.name): slot.start for slot in slots if not slot.is_sequence}
        self.columns = [(task, keep[task], places[1, task], places[2, task]) for task in keep]
        self.seed = seed

    def thin(self, blocks: Iterator[Packed], epoch: int, start: int = 0) -> Iterator[Packed]:
        """Yields blocks whose left out labels have weight 0.

        Args:
            blocks: Packed rows in the order of the epoch.
            epoch: Number of the epoch.
            start: Rows of the epoch before the first block.
        """
        draws = [self._draws(task, epoch, start) for task, *_ in self.columns]
        for block in blocks:
            rows, values = rows_of(block), block["float32"]
            values = values if values.flags.owndata else values.copy()
            for (_, share, label, weight), random in zip(self.columns, draws, strict=True):
                left_out = (random.random(rows) >= share) & (values[:, label] == 0)
                values[left_out, weight] = 0
            yield {**block, "float32": values}

    def _draws(self, task: str, epoch: int, start: int) -> np.random.Generator:
        bits = np.random.PCG64([self.seed, epoch, zlib.crc32(task.encode())])
        # A draw a row: one number of 64 bits.
        return np.random.Generator(bits.advance(start))
