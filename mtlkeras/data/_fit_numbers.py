"""Statistics of a number over the training split, in one pass and in float64."""

import numpy as np

from mtlkeras.specs import NumberFeature, SequenceFeature

from ._transform_numbers import NumberState

# Quantiles are exact up to so many present values, and those of a random sample beyond.
RESERVOIR = 1_000_000


class Moments:
    """Count, mean and variance, merged batch by batch (Chan, Golub and LeVeque, 1979).

    With `d = mean_b - mean_a` and `n = n_a + n_b`: `mean = mean_a + d * n_b / n` and
    `M2 = M2_a + M2_b + d**2 * n_a * n_b / n`, which loses no digits where the mean is large.
    """

    def __init__(self, rows: float = 0.0, mean: float = 0.0, m2: float = 0.0):
        self.rows, self.mean, self.m2 = rows, mean, m2

    def update(self, values: np.ndarray) -> None:
        """Adds values, float64 `(rows,)` without NaN."""
        if len(values):
            mean = float(values.mean())
            self.merge(Moments(len(values), mean, float(np.square(values - mean).sum())))

    def merge(self, other: "Moments") -> None:
        """Adds what another one counted."""
        rows = self.rows + other.rows
        if other.rows:
            delta = other.mean - self.mean
            self.mean += delta * other.rows / rows
            self.m2 += other.m2 + delta * delta * self.rows * other.rows / rows
            self.rows = rows

    @property
    def std(self) -> float:
        """Standard deviation of the population; 1 where all values are equal."""
        variance = self.m2 / self.rows if self.rows else 0.0
        # Rounding leaves a constant column a variance of about (mean * epsilon)**2.
        return variance**0.5 if variance > (1e-12 * abs(self.mean)) ** 2 else 1.0


class Reservoir:
    """A uniform random sample of a stream: the values with the smallest random keys."""

    def __init__(self, size: int = RESERVOIR, seed: int = 0):
        self.size = size
        self.random = np.random.default_rng(seed)
        self.keys: list[np.ndarray] = []
        self.values: list[np.ndarray] = []

    def update(self, values: np.ndarray) -> None:
        """Adds values, `(rows,)`."""
        self.keys.append(self.random.random(len(values)))
        self.values.append(values)
        if sum(map(len, self.keys)) > 2 * self.size:
            self._shrink()

    def sample(self) -> np.ndarray:
        """Returns the sample: every value where there were at most `size`."""
        self._shrink()
        return self.values[0] if self.values else np.zeros(0)

    def _shrink(self) -> None:
        if not self.keys:
            return
        keys, values = np.concatenate(self.keys), np.concatenate(self.values)
        if len(keys) > self.size:
            kept = np.argpartition(keys, self.size)[: self.size]
            keys, values = keys[kept], values[kept]
        self.keys, self.values = [keys], [values]


class NumberFit:
    """Collects what one number feature, or sequence of numbers, needs to know.

    Args:
        feature: The feature.
    """

    def __init__(self, feature: NumberFeature | SequenceFeature):
        self.feature = feature
        self.present, self.transformed = Moments(), Moments()
        self.missing = 0
        self.is_sequence = isinstance(feature, SequenceFeature)
        needs_quantiles = not self.is_sequence and (
            feature.clip or feature.bins or feature.missing == "median"
        )
        self.reservoir = Reservoir() if needs_quantiles else None

    def update(self, values: np.ndarray) -> None:
        """Adds values, float64 `(rows,)`, NaN where missing."""
        present = values[~np.isnan(values)]
        self.missing += len(values) - len(present)
        self.present.update(present)
        if self.reservoir is not None:
            self.reservoir.update(present)
        log = self.feature.transform == "log1p"
        self.transformed.update(NumberState(log=log).transformed(present))

    def result(self) -> NumberState:
        """Returns the statistics; a number that is always missing has mean 0 and deviation 1."""
        feature, log = self.feature, self.feature.transform == "log1p"
        if self.is_sequence:
            moments = self.transformed if feature.standardize else Moments()
            return NumberState(mean=moments.mean, std=moments.std, log=log)
        sample = self.reservoir.sample() if self.reservoir is not None else np.zeros(0)
        low, high = np.quantile(sample, feature.clip).tolist() if _both(feature.clip, sample) else (
            None, None)  # fmt: skip
        state = NumberState(self._fill(sample), low=low, high=high, log=log)
        if feature.bins:
            return NumberState(state.fill, bounds=self._bounds(sample))
        if not feature.standardize:
            return state
        moments = self._moments(state, sample)
        return NumberState(state.fill, moments.mean, moments.std, low, high, log)

    def _fill(self, sample: np.ndarray) -> float:
        if isinstance(self.feature.missing, float | int):
            return float(self.feature.missing)
        if self.feature.missing == "median" and len(sample):
            return float(np.median(sample))
        return self.present.mean

    def _moments(self, state: NumberState, sample: np.ndarray) -> Moments:
        """Moments of the values as the network gets them, replaced missing ones among them."""
        moments = self.transformed
        if state.low is not None:
            # The clip is known only after the pass, so its effect is that on the sample.
            moments = Moments()
            moments.update(state.transformed(sample))
            share = self.present.rows / moments.rows
            moments = Moments(self.present.rows, moments.mean, moments.m2 * share)
        total = Moments(moments.rows, moments.mean, moments.m2)
        fill = float(state.transformed(np.float64(state.fill)))
        total.merge(Moments(self.missing, fill))
        return total

    def _bounds(self, sample: np.ndarray) -> np.ndarray:
        if not len(sample):
            return np.zeros(0, np.float32)
        steps = np.arange(1, self.feature.bins) / self.feature.bins
        return np.unique(np.quantile(sample, steps).astype(np.float32))


def _both(clip: tuple[float, float] | None, sample: np.ndarray) -> bool:
    return clip is not None and len(sample) > 0
