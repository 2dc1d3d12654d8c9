"""Weights after how much the losses fell."""

import keras
from keras import ops

from ._checks import check_count, check_number
from ._losses import count_active, softmax_of_active
from ._state import add_state
from ._weighting import LossWeighting


@keras.saving.register_keras_serializable("mtlkeras")
class DWA(LossWeighting):
    """Dynamic weight average: `K softmax(r / T)`, `r_k` the last epoch's loss over the one before.

    Losses are means over an epoch, and all weights are 1 in the first two. Liu, Johns and
    Davison, "End-to-End Multi-Task Learning with Attention" (2019). A task whose loss falls more
    slowly than the others' gets more weight; the weights sum to the number of tasks.

    An epoch ends with that of `fit`, with `end_epoch` where there is no `fit`, or every `steps`
    calls: with much data the losses have told enough long before it ends. A batch without labels
    of a task does not count for it. All state is saved with the model.

    Args:
        temperature: `T`; the larger, the more equal are the weights.
        steps: Calls after which an epoch ends by itself; `None` where it ends with that of `fit`.

    Example:
        >>> weighting = DWA(temperature=1.0, steps=1)
        >>> for loss in (4.0, 2.0):
        ...     weights = weighting(keras.ops.array([loss, 1.0]))
        >>> weights.numpy().tolist()
        [1.0, 1.0]
        >>> [round(float(weight), 3) for weight in weighting(keras.ops.array([1.0, 1.0]))]
        [0.755, 1.245]
    """

    def __init__(self, temperature: float = 2.0, steps: int | None = None, **kwargs) -> None:
        super().__init__(**kwargs)
        check_number("DWA", "temperature", temperature, open_low=True)
        if steps is not None:
            check_count("DWA", "steps", steps)
        self.temperature = temperature
        self.steps = steps

    def build(self, losses_shape):
        shape = (losses_shape[0],)
        self.means = add_state(self, "means", shape)
        self.counts = add_state(self, "counts", shape)
        self.last = add_state(self, "last", shape)
        self.before = add_state(self, "before", shape)
        self.epochs = add_state(self, "epochs", shape)
        self.calls = add_state(self, "calls", dtype="int64")

    def weigh(self, losses, active):
        if self.steps is not None:
            self._end(ops.equal(self.calls, self.steps))
        known = ops.logical_and(self.epochs >= 2, self.before > 0)
        ratios = ops.where(known, self.last / ops.where(known, self.before, 1.0), 1.0)
        shares = softmax_of_active(ratios / self.temperature, active)

        dtype = self.means.dtype
        self.calls.assign_add(1)
        self.counts.assign_add(ops.cast(active, dtype))
        way = (ops.cast(losses, dtype) - self.means) / ops.maximum(self.counts, 1.0)
        self.means.assign_add(ops.where(active, way, 0.0))
        return count_active(active, dtype) * shares

    def end_epoch(self) -> None:
        """Ends an epoch: its mean losses are compared with those of the one before."""
        if not self.built:
            raise ValueError(
                "DWA: end_epoch was called before any losses were weighed. Call the weighting on "
                "losses first."
            )
        self._end(True)

    def on_epoch_end(self) -> None:
        if self.steps is None:
            self.end_epoch()

    def _end(self, ends) -> None:
        # A task without labels in the epoch keeps what it had.
        moves = ops.logical_and(ends, self.counts > 0)
        self.before.assign(ops.where(moves, self.last, self.before))
        self.last.assign(ops.where(moves, self.means, self.last))
        self.epochs.assign_add(ops.cast(moves, self.epochs.dtype))
        for state in (self.means, self.counts, self.calls):
            state.assign(ops.where(ends, ops.zeros_like(state), state))

    def get_config(self):
        own = {"temperature": self.temperature, "steps": self.steps}
        return {**super().get_config(), **own}
