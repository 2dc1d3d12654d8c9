"""A rotation of the shared representation for each task."""

from collections.abc import Sequence

import keras
import tensorflow as tf

from ._state import add_state


@keras.saving.register_keras_serializable("mtlkeras")
class Rotations(keras.layers.Layer):
    """Turns the shared representation for each task: `z_k = R_k z` (Javaloy and Valera, 2022).

    `R_k = (I - A_k)^(-1) (I + A_k)` with `A_k = W_k - W_k^T`, the Cayley transform, is orthogonal
    for any `W_k`; at the start it is `I`. Javaloy and Valera, "RotoGrad: Gradient Homogenization
    in Multitask Learning" (2022). No optimizer trains `W_k`: the weighting `RotoGrad` does; under
    any other the layer stays as it is. Put it between what all tasks share and the heads.

    Args:
        tasks: Names of the tasks.

    Call arguments:
        x: `(batch_size, width)`.

    Returns:
        A dict `{task: (batch_size, width)}`.

    Example:
        >>> turned = Rotations(["click", "buy"])(keras.ops.array([[3.0, 4.0]]))
        >>> turned["buy"].numpy().tolist()
        [[3.0, 4.0]]
    """

    def __init__(self, tasks: Sequence[str], **kwargs) -> None:
        super().__init__(**kwargs)
        self.tasks = list(tasks)

    def build(self, x_shape):
        width = x_shape[-1]
        shape = (len(self.tasks), width, width)
        self.generators = add_state(self, "generators", shape, dtype="float32")

    def matrices(self, generators: tf.Tensor | None = None) -> tf.Tensor:
        """The rotations `(tasks, width, width)`.

        Args:
            generators: `W`, in place of the layer's own.
        """
        w = self.generators.value if generators is None else generators
        skew = w - tf.linalg.matrix_transpose(w)
        identity = tf.eye(skew.shape[-1])
        # Well-conditioned: the singular values of I - A are at least 1.
        return tf.linalg.inv(identity - skew) @ (identity + skew)

    def call(self, x):
        matrices = tf.cast(self.matrices(), x.dtype)
        turned = tf.einsum("bd,ked->kbe", x, matrices)
        return dict(zip(self.tasks, tf.unstack(turned, len(self.tasks)), strict=True))

    def turn(self, gradients: tf.Tensor, learning_rate: float) -> None:
        """Takes one step up `sum_k <R_k, C_k>`.

        Args:
            gradients: `C`, `(tasks, width, width)`, in the order of the layer's tasks.
            learning_rate: Step size.
        """
        w = tf.identity(self.generators.value)
        with tf.GradientTape() as tape:
            tape.watch(w)
            agreement = tf.reduce_sum(self.matrices(w) * gradients)
        self.generators.assign_add(learning_rate * tape.gradient(agreement, w))

    def compute_output_shape(self, x_shape):
        return dict.fromkeys(self.tasks, tuple(x_shape))

    def get_config(self):
        return {**super().get_config(), "tasks": self.tasks}
