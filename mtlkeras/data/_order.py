"""Training order: a function of (seed, epoch), so that any position is reached directly."""

import numpy as np


def epoch_order(rows: int, seed: int, epoch: int) -> np.ndarray:
    """Returns the order of rows in an epoch.

    Args:
        rows: Number of rows.
        seed: The run's seed.
        epoch: Counted from 0.

    Returns:
        A permutation of `0 .. rows - 1`, int64 `(rows,)`.

    Example:

    >>> sorted(epoch_order(3, seed=0, epoch=1).tolist())
    [0, 1, 2]
    """
    return np.random.default_rng([seed, epoch]).permutation(rows)


class Epochs:
    """Numbers the passes over a dataset: the first one is 0.

    Args:
        next: Epoch of the next pass; set it to go on where another process stopped.
    """

    def __init__(self, next: int = 0):
        self.next = next

    def begin(self) -> int:
        """Returns the epoch of a pass that begins."""
        self.next += 1
        return self.next - 1
