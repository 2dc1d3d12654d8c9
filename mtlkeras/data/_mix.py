"""Several sources of rows, or of batches, drawn at given rates."""

from collections.abc import Mapping
from typing import Literal

import numpy as np
import tensorflow as tf

from mtlkeras._spelling import check_names

from ._rates import size_rates

Stop = Literal["never", "first"]


class Mixture:
    """Draws elements of several datasets at rates that hold however long each of them is.

    Every source is begun anew when it ends, so that the rates never drift; stock
    `tf.data.Dataset.sample_from_datasets` goes on without a source that ended. A pass over
    `dataset` has `steps` elements. With `stop="first"` it ends earlier, where a source would have
    to begin anew: no element comes twice, and what came so far has the rates.

    Elements are whatever the sources have: rows, which are batched afterwards, or batches, each
    then of one source. They must be alike. Which source is drawn follows from `seed`, the number
    of the pass and the place in it; a new `Mixture` of the same seed repeats all passes.

    Rates may be changed at any time, such as between epochs (see `rates`): they lie in a
    variable, and the next pass reads it.

    Args:
        sources: Name to dataset.
        rates: Name to rate, by default in proportion to `size_rates(sizes)`; made to sum to 1.
        sizes: Name to number of elements; by default as far as the datasets know it.
        temperature: That of `size_rates`.
        maximum: That of `size_rates`.
        steps: Elements of a pass; by default as many as all sources have together.
        seed: Seed of what is drawn.
        stop: Whether a pass may begin sources anew (`"never"` stops) or ends before (`"first"`).

    Raises:
        ValueError: If there are no sources, names differ, rates are no rates, or a size has to be
            known and is not.

    Example:

    >>> web, app = tf.data.Dataset.range(90), tf.data.Dataset.range(100, 110)
    >>> mixture = Mixture({"web": web, "app": app}, temperature=2.0, seed=1)
    >>> {name: round(rate, 2) for name, rate in mixture.rates.items()}
    {'web': 0.75, 'app': 0.25}
    >>> len(list(mixture.dataset))
    100
    """

    def __init__(
        self,
        sources: Mapping[str, tf.data.Dataset],
        rates: Mapping[str, float] | None = None,
        *,
        sizes: Mapping[str, int] | None = None,
        temperature: float = 1.0,
        maximum: float | None = None,
        steps: int | None = None,
        seed: int = 0,
        stop: Stop = "never",
    ) -> None:
        if not sources:
            raise ValueError("`sources` expects a dict of one dataset or more, got none.")
        if stop not in ("never", "first"):
            raise ValueError(f"`stop` expects 'never' or 'first', got {stop!r}.")
        if steps is not None and steps < 1:
            raise ValueError(f"`steps` expects a whole number from 1 on, got {steps!r}.")
        self.names = tuple(sources)
        if rates is None or (steps is None and stop == "never"):
            sizes = _known_sizes(sources) if sizes is None else sizes
            self._check(sizes, "sizes")
        if rates is None:
            rates = size_rates(sizes, temperature, maximum)
        self._rates = tf.Variable(self._shares(rates), trainable=False, name="rates")
        self.steps = steps or (None if stop == "first" else int(sum(sizes.values())))
        self.dataset = self._mix(sources, seed, stop)

    @property
    def rates(self) -> dict[str, float]:
        """Name to rate; what is assigned is made to sum to 1, and counts from the next pass on."""
        return dict(zip(self.names, self._rates.numpy().tolist(), strict=True))

    @rates.setter
    def rates(self, rates: Mapping[str, float]) -> None:
        self._rates.assign(self._shares(rates))

    def _mix(
        self, sources: Mapping[str, tf.data.Dataset], seed: int, stop: Stop
    ) -> tf.data.Dataset:
        passes = tf.Variable(-1, dtype=tf.int64, trainable=False, name="passes")
        self._passes = passes  # A dataset holds its variables, but not for long enough.

        def choices(_: tf.Tensor) -> tf.data.Dataset:
            number, limits = tf.identity(passes.assign_add(1)), tf.cumsum(self._rates)

            def draw(place: tf.Tensor) -> tf.Tensor:
                at = tf.stack([place, number * 1_000_003 + seed])
                u = tf.random.stateless_uniform([], at, dtype=tf.float64)
                # Rates sum to 1 but for rounding.
                last = len(self.names) - 1
                return tf.minimum(tf.reduce_sum(tf.cast(u >= limits, tf.int64)), last)

            return tf.data.Dataset.counter().map(draw)

        drawn = tf.data.Dataset.range(1).flat_map(choices)
        again = [d if stop == "first" else d.repeat() for d in sources.values()]
        mixed = tf.data.Dataset.choose_from_datasets(again, drawn, stop_on_empty_dataset=True)
        if self.steps is None:
            return mixed
        mixed = mixed.take(self.steps)
        if stop == "never":
            mixed = mixed.apply(tf.data.experimental.assert_cardinality(self.steps))
        return mixed

    def _shares(self, rates: Mapping[str, float]) -> np.ndarray:
        self._check(rates, "rates")
        shares = np.array([rates[name] for name in self.names], np.float64)
        if not (np.isfinite(shares).all() and shares.min() >= 0 and shares.sum() > 0):
            raise ValueError(
                f"`rates` expects numbers of at least 0, not all of them 0, got {dict(rates)!r}."
            )
        return shares / shares.sum()

    def _check(self, given: Mapping[str, float], argument: str) -> None:
        check_names(f"`{argument}`", given, self.names, "sources")
        missing = [name for name in self.names if name not in given]
        if missing:
            raise ValueError(f"`{argument}` expects one for every source, got none for {missing}.")


def _known_sizes(sources: Mapping[str, tf.data.Dataset]) -> dict[str, int]:
    sizes = {name: int(dataset.cardinality()) for name, dataset in sources.items()}
    unknown = [name for name, size in sizes.items() if size < 0]
    if unknown:
        raise ValueError(
            f"`sizes` expects the number of elements of every source, as {unknown} do not know "
            "theirs. Give sizes={...}, or both rates={...} and steps=..."
        )
    return sizes
