"""Gradient norms that follow how fast the tasks learn."""

import keras
from keras import ops

from ._checks import check_number
from ._losses import count_active
from ._state import add_state, read
from ._weighting import GramianWeighting

# A weight that would turn negative would make its task worse, and then ever worse.
_LEAST = 1e-4


@keras.saving.register_keras_serializable("mtlkeras")
class GradNorm(GramianWeighting):
    """Learns weights with which tasks that lag behind have the longer gradients.

    With `G_k = w_k |g_k|` and the inverse training rate `r_k`, that is `L_k` over its first value
    over the mean of these quotients, the weights descend `sum_k |G_k - mean(G) r_k^alpha|`, its
    second part held constant: `w_k -= eta sign(G_k - mean(G) r_k^alpha) |g_k|`, and are then
    scaled to sum to the number of tasks. Chen et al., "GradNorm: Gradient Normalization for
    Adaptive Loss Balancing in Deep Multitask Networks" (2018), which uses the gradients of the
    weights of the last shared layer, and weighs what a task has alone as well: in a model heads
    get `w_k` times their gradient.

    The weights that come out are those before the step. Weights and first losses are saved with
    the model; those of a task without labels in the batch stay.

    Args:
        alpha: How strongly tasks that lag are drawn along.
        learning_rate: `eta`.

    Example:
        >>> weighting, gramian = GradNorm(), keras.ops.array([[4.0, 0.0], [0.0, 0.25]])
        >>> weighting(keras.ops.ones(2), gramian).numpy().tolist()
        [1.0, 1.0]
        >>> [round(float(weight), 3) for weight in weighting(keras.ops.ones(2), gramian)]
        [0.968, 1.032]
    """

    def __init__(self, alpha: float = 1.5, learning_rate: float = 0.025, **kwargs) -> None:
        super().__init__(**kwargs)
        check_number("GradNorm", "alpha", alpha)
        check_number("GradNorm", "learning_rate", learning_rate, open_low=True)
        self.alpha = alpha
        self.learning_rate = learning_rate

    def build(self, losses_shape):
        tasks = losses_shape[0]
        self.shares = add_state(self, "shares", (tasks,), "ones")
        self.first_losses = add_state(self, "first_losses", (tasks,))
        self.seen = add_state(self, "seen", (tasks,), dtype="bool")

    def head_weights(self, losses):
        return ops.cast(read(self.shares), losses.dtype)

    def weigh(self, losses, gramian, active):
        dtype = self.shares.dtype
        losses = ops.cast(losses, dtype)
        norms = ops.sqrt(ops.maximum(ops.cast(ops.diagonal(gramian), dtype), 0.0))
        shares = read(self.shares)
        new = ops.logical_and(active, ops.logical_not(self.seen))
        first = ops.where(new, losses, self.first_losses)
        self.first_losses.assign(first)
        self.seen.assign(ops.logical_or(self.seen, active))

        count = count_active(active, dtype)
        known = ops.logical_and(active, first > 0)
        quotients = ops.where(known, losses / ops.where(known, first, 1.0), 1.0)
        quotients = ops.maximum(quotients, 0.0)
        mean = ops.sum(ops.where(active, quotients, 0.0)) / count
        rates = ops.where(mean > 0, quotients / ops.where(mean > 0, mean, 1.0), 1.0)
        lengths = shares * norms
        target = ops.sum(ops.where(active, lengths, 0.0)) / count * rates**self.alpha
        moved = shares - self.learning_rate * ops.sign(lengths - target) * norms
        moved = ops.maximum(moved, _LEAST)
        # The active share what they had: then all sum to the number of tasks.
        had = ops.sum(ops.where(active, shares, 0.0))
        now = ops.sum(ops.where(active, moved, 0.0))
        moved = moved * (had / ops.where(now > 0, now, 1.0))
        self.shares.assign(ops.where(active, moved, shares))
        return shares

    def get_config(self):
        own = {"alpha": self.alpha, "learning_rate": self.learning_rate}
        return {**super().get_config(), **own}
