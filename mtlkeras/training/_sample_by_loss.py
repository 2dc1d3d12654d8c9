"""Sources that lag behind are drawn more often."""

import math
from collections.abc import Mapping

import keras

from .._spelling import check_names
from ..data import Mixture, lag_rates
from ._errors import TrainingError


class SampleByLoss(keras.callbacks.Callback):
    """Sets the rates of a mixture after each epoch, from validation losses.

    `p = (1 - f) softmax(m / T) + f / K` with `m_k = (L_k - b_k) / b_k`; see
    `mtlkeras.data.lag_rates` (Sharma et al., "Learning to Multi-Task by Active Sampling", 2018).
    References `b_k` are losses that each source is to fall to, such as those of a model of one
    task; without them they are the losses of the first epoch, and sources whose loss fell least
    since then are drawn most. The rates of each epoch are logged as `rate_{source}`.

    Args:
        mixture: What training draws from.
        monitor: Source to the logged value of it, such as `{"shop": "val_purchase_loss"}`.
        references: Source to the loss that it is to fall to.
        temperature: `T`: the larger, the more alike.
        floor: Share `f` that is dealt out to all alike.

    Example:
        >>> import tensorflow as tf
        >>> rows = tf.data.Dataset.range(10)
        >>> mixture = Mixture({"web": rows, "app": rows})
        >>> callback = SampleByLoss(mixture, {"web": "val_click_loss", "app": "val_buy_loss"})
        >>> callback.on_epoch_end(0, {"val_click_loss": 0.5, "val_buy_loss": 0.2})
        >>> callback.on_epoch_end(1, {"val_click_loss": 0.25, "val_buy_loss": 0.2})
        >>> {name: round(rate, 3) for name, rate in mixture.rates.items()}
        {'web': 0.39, 'app': 0.61}
    """

    def __init__(
        self,
        mixture: Mixture,
        monitor: Mapping[str, str],
        references: Mapping[str, float] | None = None,
        temperature: float = 1.0,
        floor: float = 0.1,
    ) -> None:
        super().__init__()
        for argument, given in (("monitor", monitor), ("references", references)):
            if given is None:
                continue
            check_names(f"SampleByLoss: {argument}", given, mixture.names, "sources")
            missing = [name for name in mixture.names if name not in given]
            if missing:
                raise ValueError(
                    f"`{argument}` should have an entry for every source. Received none for "
                    f"{', '.join(map(repr, missing))}."
                )
        self.mixture = mixture
        self.monitor = dict(monitor)
        self.references = None if references is None else dict(references)
        self.temperature = temperature
        self.floor = floor
        # Wrong numbers are told now, not after the first epoch.
        ones = dict.fromkeys(mixture.names, 1.0)
        lag_rates(ones, self.references or ones, temperature, floor)

    def on_epoch_end(self, epoch, logs=None):
        logs = {} if logs is None else logs
        losses = {source: self._loss(name, logs) for source, name in self.monitor.items()}
        logs.update({f"rate_{source}": rate for source, rate in self.mixture.rates.items()})
        if self.references is None:
            # A loss of 0 has nothing left to fall to.
            self.references = {source: max(loss, 1e-12) for source, loss in losses.items()}
        self.mixture.rates = lag_rates(losses, self.references, self.temperature, self.floor)

    def _loss(self, name: str, logs: Mapping[str, float]) -> float:
        if name not in logs:
            raise TrainingError(
                f"`monitor` should name logged values, which are {', '.join(logs)}. Received "
                f"{name!r}."
            )
        if not math.isfinite(logs[name]):
            raise TrainingError(
                f"Rates need finite losses. Received {name}={logs[name]}. Try a smaller "
                "learning_rate."
            )
        return float(logs[name])
