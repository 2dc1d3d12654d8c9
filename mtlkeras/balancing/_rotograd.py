"""Gradients of one length, and turned towards one another."""

import keras
import tensorflow as tf
from keras import ops

from ._aggregator import Aggregator
from ._checks import check_choice, check_number
from ._gramian import over
from ._replicas import sum_over_replicas
from ._rotations import Rotations
from ._state import add_state
from ._weighting import SCOPES


@keras.saving.register_keras_serializable("mtlkeras")
class RotoGrad(Aggregator):
    """Gradients of one length, and a rotation a task that learns to make them agree.

    Each task reads the shared representation `z` turned by `R_k`. With the unit gradients
    `u_k = g_k / |g_k|` with respect to `z`: `d = c sum_k u_k`, `c = sum_k a_k |g_k|`, where the
    shares `a_k` are as the quotients of `|g_k|` and its first value, so that tasks that converge
    slowly set the length. The rotations go up `sum_k <R_k^T h_k, v>`, `v = mean_k u_k`, where
    `h_k`, the unit gradient with respect to `R_k z`, is held constant. Javaloy and Valera,
    "RotoGrad: Gradient Homogenization in Multitask Learning" (2022), which uses the gradients of
    the shared representation.

    The authors' code gives rotations by the exponential map where `Rotations` has Cayley's, leaves
    `h_k` as long as it is, and takes the norms of the 20th step for first ones from there on.

    The model needs a layer `mtlkeras.balancing.Rotations` in front of its heads. It learns by
    steps of its own, which should be smaller than those of the model. Called outside a model,
    on gradients alone, there is nothing to turn. First norms are saved with the model, rotations
    with their layer; those of a task without labels in the batch stay.

    Args:
        learning_rate: Step size of the rotations.
        scope: `"representation"`: weights have no rotations.

    Example:
        >>> jacobian = keras.ops.array([[4.0, 0.0], [0.0, 2.0]])
        >>> RotoGrad()(keras.ops.ones(2), jacobian).numpy().tolist()
        [3.0, 3.0]
    """

    def __init__(
        self, learning_rate: float = 0.01, scope: str = "representation", **kwargs
    ) -> None:
        check_choice("RotoGrad", "scope", scope, SCOPES[:1])
        super().__init__(scope=scope, **kwargs)
        check_number("RotoGrad", "learning_rate", learning_rate)
        self.learning_rate = learning_rate
        self._rotations = lambda: None

    def build(self, losses_shape):
        self.first_norms = add_state(self, "first_norms", (losses_shape[0],))
        self.seen = add_state(self, "seen", (losses_shape[0],), dtype="bool")

    def connect(self, model: keras.Model) -> None:
        """Finds the layer of rotations.

        Args:
            model: The model.

        Raises:
            ValueError: If there is none, or it has other tasks.
        """
        found = [layer for layer in model.layers if isinstance(layer, Rotations)]
        if len(found) != 1 or sorted(found[0].tasks) != list(model.tasks):
            received = ", ".join(f"tasks={layer.tasks}" for layer in found) or "none"
            raise ValueError(
                "RotoGrad turns the shared representation for each task: the model must have one "
                "layer mtlkeras.balancing.Rotations with all its tasks. Received: "
                f"{received}. Put it in front of the heads: "
                f"turned = Rotations({list(model.tasks)!r})(shared)."
            )
        # Not an attribute: Keras would take it for a part of the weighting.
        self._rotations = lambda: found[0]

    def aggregate(self, losses, jacobian, active):
        squares = tf.reduce_sum(jacobian**2, axis=1)
        units, length = self._units(jacobian, squares, active)
        return length * tf.reduce_sum(units, axis=0)

    def aggregate_rows(self, losses, jacobians, representations, active):
        (jacobian,), (z,) = jacobians, representations
        if jacobian.shape.rank != 3:
            raise ValueError(
                "RotoGrad turns vectors: the shared representation must be (batch_size, width). "
                f"Received: {tuple(z.shape)}."
            )
        (squares,) = sum_over_replicas([tf.reduce_sum(jacobian**2, axis=(1, 2))])
        units, length = self._units(jacobian, squares, active)
        whole = tf.reduce_sum(units, axis=0)
        layer = self._rotations()
        if layer is not None:
            self._turn(layer, units, whole, active)
        return [length * whole]

    def _units(self, jacobian, squares, active) -> tuple[tf.Tensor, tf.Tensor]:
        """Unit gradients, 0 where inactive, and the length of each in the update."""
        norms = tf.where(active, tf.sqrt(squares), 0.0)
        new = active & (norms > 0) & ~self.seen.value
        first = tf.where(new, tf.cast(norms, self.first_norms.dtype), self.first_norms.value)
        self.first_norms.assign(first)
        self.seen.assign(self.seen.value | new)
        quotients = over(norms, tf.cast(first, norms.dtype))
        length = over(tf.reduce_sum(quotients * norms), tf.reduce_sum(quotients))
        shape = (-1, *(1,) * (jacobian.shape.rank - 1))
        inverse = over(tf.ones_like(norms), norms)
        return jacobian * tf.reshape(inverse, shape), length

    def _turn(self, layer, units, whole, active) -> None:
        count = tf.maximum(tf.reduce_sum(ops.cast(active, units.dtype)), 1.0)
        # The layer's tasks may be in another order than the model's, which is sorted.
        order = [sorted(layer.tasks).index(task) for task in layer.tasks]
        units = tf.gather(units, order)
        turned = tf.einsum("knd,ked->kne", units, layer.matrices())
        products = tf.einsum("kne,nd->ked", turned, whole / count)
        (products,) = sum_over_replicas([products])
        layer.turn(products, self.learning_rate)

    def get_config(self):
        return {**super().get_config(), "learning_rate": self.learning_rate}
