"""The two contracts: weights from losses, and weights from losses and gradients."""

from abc import ABC, abstractmethod

import keras
from keras import ops


class LossWeighting(keras.layers.Layer, ABC):
    """Weights of tasks from their losses; one backward pass through the model.

    The total that is trained is `sum_k w_k L_k + penalty`. Gradients never flow through the
    weights into the model, only into the weighting's own variables, which are trained by the
    model's optimizer and saved with the model.

    Call arguments:
        losses: Losses of the tasks, `(tasks,)`, float32 or float64.
        active: Bool `(tasks,)`, False where a task has no label in the batch; `None` where
            all have.

    Returns:
        Weights `(tasks,)`, exactly 0 for tasks that are not active.
    """

    def __init__(self, **kwargs) -> None:
        # Losses keep their precision, whatever the dtype policy of the model.
        super().__init__(**{"autocast": False, "dtype": "float32", **kwargs})

    def call(self, losses, active=None):
        active = _all_active(losses) if active is None else active
        weights = self.weigh(ops.stop_gradient(losses), active)
        return ops.where(active, ops.cast(weights, losses.dtype), 0.0)

    @abstractmethod
    def weigh(self, losses, active):
        """Weights of active tasks; what is given for the others does not matter.

        An inactive task must not change the weights of the others, nor the state kept of it.
        """

    def penalty(self, active=None):
        """What the total has beside the weighted losses, a function of own variables alone.

        Args:
            active: Bool `(tasks,)`, as in the call.

        Returns:
            A scalar.
        """
        return ops.zeros(())


class GramianWeighting(keras.layers.Layer, ABC):
    """Weights of tasks from the inner products of their gradients.

    The update of shared weights is `d = sum_k w_k g_k`; every method of which that is true needs
    no more than the Gramian `G = J J^T` of the Jacobian `J`, whose rows are the gradients `g_k`.

    Call arguments:
        losses: Losses of the tasks, `(tasks,)`, float32 or float64.
        gramian: `g_i . g_j`, `(tasks, tasks)`; zero rows and columns for inactive tasks.
        active: Bool `(tasks,)`, False where a task has no label in the batch; `None` where
            all have.

    Returns:
        Weights `(tasks,)`, exactly 0 for tasks that are not active.
    """

    def __init__(self, **kwargs) -> None:
        super().__init__(**{"autocast": False, "dtype": "float32", **kwargs})

    def call(self, losses, gramian, active=None):
        active = _all_active(losses) if active is None else active
        weights = self.weigh(losses, gramian, active)
        return ops.where(active, ops.cast(weights, losses.dtype), 0.0)

    @abstractmethod
    def weigh(self, losses, gramian, active):
        """Weights of active tasks; what is given for the others does not matter.

        An inactive task must not change the weights of the others: they are those that the
        active rows and columns alone would get.
        """


def _all_active(losses):
    return ops.ones(losses.shape, dtype="bool")
