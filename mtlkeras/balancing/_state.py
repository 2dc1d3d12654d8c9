"""State of weightings, in variables that are saved with the model."""

import keras
import tensorflow as tf
from keras import ops


def add_state(
    layer: keras.layers.Layer,
    name: str,
    shape: tuple[int, ...] = (),
    initializer: object = "zeros",
    dtype: str | None = None,
) -> keras.Variable:
    """Adds a variable that the weighting itself assigns, and no optimizer trains.

    Args:
        layer: The weighting.
        name: Name of the variable.
        shape: Shape of the variable.
        initializer: Keras initializer or its name.
        dtype: Type of the variable, by default that of the weighting.
    """
    return layer.add_weight(
        name=name,
        shape=shape,
        initializer=initializer,
        dtype=dtype,
        trainable=False,
        # Also where a layer computes in half precision.
        autocast=False,
        # Losses and Gramian are those of the whole batch: every replica assigns the same.
        aggregation="only_first_replica",
    )


def read(variable: keras.Variable) -> tf.Tensor:
    """The value as it is now: a later assignment does not change it."""
    return tf.identity(variable.value)


def equal_shares(shape: tuple[int], dtype: str) -> tf.Tensor:
    """Initializer of shares that sum to 1; `Constant` rounds to float32."""
    return tf.fill(shape, tf.constant(1.0 / shape[0], dtype))


class TaskAdam:
    """Adam over one number a task, for what a weighting learns by a rule of its own.

    A task without labels in the batch keeps its number, its moments and its count of steps.
    Kingma and Ba, "Adam: A Method for Stochastic Optimization" (2015).

    Args:
        layer: The weighting, which gets the variables.
        tasks: Number of tasks.
        learning_rate: Step size.
    """

    def __init__(self, layer: keras.layers.Layer, tasks: int, learning_rate: float) -> None:
        self.learning_rate = learning_rate
        self.first = add_state(layer, "first_moments", (tasks,))
        self.second = add_state(layer, "second_moments", (tasks,))
        self.steps = add_state(layer, "adam_steps", (tasks,))

    def step(self, variable: keras.Variable, gradient, active) -> None:
        """Moves `variable`, `(tasks,)`, against `gradient`, `(tasks,)`, where `active`."""
        gradient = ops.cast(gradient, variable.dtype)
        first = ops.where(active, 0.9 * self.first + 0.1 * gradient, self.first)
        second = ops.where(active, 0.999 * self.second + 0.001 * gradient**2, self.second)
        steps = ops.where(active, self.steps + 1.0, self.steps)
        self.first.assign(first)
        self.second.assign(second)
        self.steps.assign(steps)
        # Of a task never seen nothing is kept, and nothing divides by 0.
        steps = ops.maximum(steps, 1.0)
        first = first / (1.0 - ops.power(ops.convert_to_tensor(0.9, steps.dtype), steps))
        second = second / (1.0 - ops.power(ops.convert_to_tensor(0.999, steps.dtype), steps))
        way = self.learning_rate * first / (ops.sqrt(second) + 1e-8)
        variable.assign(ops.where(active, variable - way, variable))
