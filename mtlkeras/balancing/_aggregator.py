"""The contract of methods whose update is no weighted sum of the tasks' gradients."""

from abc import ABC, abstractmethod
from collections.abc import Sequence

import keras
import tensorflow as tf
from keras import ops

from ._checks import check_choice, check_options
from ._weighting import SCOPES, all_active


class Aggregator(keras.layers.Layer, ABC):
    """The update of shared weights from the gradients of all tasks.

    Args:
        scope: Of what a model takes the gradients, as for a `GramianWeighting`. With
            `"representation"` the weights above it get the plain sum of the gradients.

    Call arguments:
        losses: Losses of the tasks, `(tasks,)`, float32 or float64.
        jacobian: Gradients, `(tasks, size)`; zero rows for inactive tasks.
        active: Bool `(tasks,)`, False where a task has no label in the batch; `None` where
            all have.

    Returns:
        The update `(size,)`.
    """

    def __init__(self, scope: str = "representation", **kwargs) -> None:
        check_options(type(self), kwargs, ["scope"])
        super().__init__(**{"autocast": False, "dtype": "float32", **kwargs})
        check_choice(type(self).__name__, "scope", scope, SCOPES)
        self.scope = scope

    def call(self, losses, jacobian, active=None):
        active = all_active(losses) if active is None else active
        return ops.cast(self.aggregate(losses, jacobian, active), jacobian.dtype)

    @abstractmethod
    def aggregate(self, losses, jacobian, active):
        """The update; rows of tasks that are not active are 0 and must not change it."""

    def aggregate_rows(
        self,
        losses,
        jacobians: Sequence[tf.Tensor],
        representations: Sequence[tf.Tensor],
        active,
    ) -> list[tf.Tensor]:
        """The update of the gradients of a representation, which has a row for each of the batch.

        Args:
            losses: `(tasks,)`.
            jacobians: For each tensor of the representation `(tasks, batch_size, ...)`; on
                several replicas, of the rows that are here.
            representations: The tensors, `(batch_size, ...)`.
            active: Bool `(tasks,)`.

        Returns:
            For each tensor `(batch_size, ...)`.
        """
        flat = [tf.reshape(j, (tf.shape(j)[0], tf.size(z))) for j, z in
                zip(jacobians, representations, strict=True)]  # fmt: skip
        update = self(losses, tf.concat(flat, axis=1), active=active)
        parts = tf.split(update, [tf.size(z) for z in representations])
        return [tf.reshape(p, tf.shape(z)) for p, z in zip(parts, representations, strict=True)]

    def head_weights(self, losses):
        """As of a `GramianWeighting`: all 1."""
        return ops.ones_like(losses)

    def connect(self, model: keras.Model) -> None:
        """Told by a model that it is compiled with this.

        Args:
            model: The model.
        """

    def get_config(self):
        return {**super().get_config(), "scope": self.scope}
