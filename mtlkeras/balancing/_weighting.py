"""The two contracts of weightings: weights from losses, and from losses and gradients."""

from abc import ABC, abstractmethod
from collections.abc import Sequence

import keras
from keras import ops

from ._checks import check_choice, check_options

SCOPES = ("representation", "parameters")


class LossWeighting(keras.layers.Layer, ABC):
    """Weights of tasks from their losses; one backward pass through the model.

    The total that is trained is `sum_k w_k L_k + penalty`. Gradients never flow through the
    weights into the model, only into the weighting's own variables, which are trained by the
    model's optimizer and saved with the model.

    Training stops where a weight is not finite, or is negative and the class attribute
    `may_be_negative` is not set. With the class attribute `compares_losses`, `update(before,
    after, active)` is called after each step with the losses of its batch before and after it.

    Call arguments:
        losses: Losses of the tasks, `(tasks,)`, float32 or float64.
        active: Bool `(tasks,)`, False where a task has no label in the batch; `None` where
            all have.

    Returns:
        Weights `(tasks,)`, exactly 0 for tasks that are not active.
    """

    may_be_negative = False
    compares_losses = False

    def __init__(self, **kwargs) -> None:
        check_options(type(self), kwargs)
        # Losses keep their precision, whatever the dtype policy of the model.
        super().__init__(**{"autocast": False, "dtype": "float32", **kwargs})

    def call(self, losses, active=None):
        active = all_active(losses) if active is None else active
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

    def on_epoch_end(self) -> None:
        """Called by `fit` when an epoch has ended, before anything is saved."""


class GramianWeighting(keras.layers.Layer, ABC):
    """Weights of tasks from the inner products of their gradients.

    The update of shared weights is `d = sum_k w_k g_k`; every method of which that is true needs
    no more than the Gramian `G = J J^T` of the Jacobian `J`, whose rows are the gradients `g_k`.
    What a task has alone, such as its head, keeps its own gradient, times `head_weights`.

    Training stops where a weight is not finite, or is negative and the class attribute
    `may_be_negative` is not set.

    Args:
        scope: Of what a model takes the gradients. `"representation"`: of the last tensors that
            all tasks are made of, by one short pass through each task's part and one through the
            whole model. `"parameters"`: of the shared dense weights themselves, by a pass
            through the model for each task; embedding tables get the weighted sum.

    Call arguments:
        losses: Losses of the tasks, `(tasks,)`, float32 or float64.
        gramian: `g_i . g_j`, `(tasks, tasks)`; zero rows and columns for inactive tasks.
        active: Bool `(tasks,)`, False where a task has no label in the batch; `None` where
            all have.

    Returns:
        Weights `(tasks,)`, exactly 0 for tasks that are not active.
    """

    may_be_negative = False

    def __init__(self, scope: str = "representation", **kwargs) -> None:
        check_options(type(self), kwargs, ["scope"])
        super().__init__(**{"autocast": False, "dtype": "float32", **kwargs})
        check_choice(type(self).__name__, "scope", scope, SCOPES)
        self.scope = scope

    def call(self, losses, gramian, active=None):
        active = all_active(losses) if active is None else active
        weights = self.weigh(losses, gramian, active)
        return ops.where(active, ops.cast(weights, losses.dtype), 0.0)

    @abstractmethod
    def weigh(self, losses, gramian, active):
        """Weights of active tasks; what is given for the others does not matter.

        An inactive task must not change the weights of the others: they are those that the
        active rows and columns alone would get.
        """

    def head_weights(self, losses):
        """Factors of a task's gradient in what it has alone; all 1 unless losses are scaled.

        Args:
            losses: `(tasks,)`, as in the call.
        """
        return ops.ones_like(losses)

    def follow(self, variables: Sequence[keras.Variable], tasks: int) -> None:
        """Told by a model of its shared dense weights, once, before training.

        Args:
            variables: What two tasks or more may reach, embedding tables left out.
            tasks: Number of tasks.
        """

    def tracked(self, index: int, rows, active):
        """What is used in place of the gradients of one of the weights followed.

        Args:
            index: Its place among the variables of `follow`.
            rows: Gradients of the batch, `(tasks, size)`.
            active: Bool `(tasks,)`, as in the call.

        Returns:
            `(tasks, size)`: the gradients themselves unless a method averages them.
        """
        return rows

    def get_config(self):
        return {**super().get_config(), "scope": self.scope}


def all_active(losses):
    """`active` where every task has labels."""
    return ops.ones(losses.shape, dtype="bool")
