"""What all heads share: the tower, the output layer and the interface."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

import keras
import tensorflow as tf
from keras import ops

from .._layers import MLP

if TYPE_CHECKING:
    from ..specs import Task


class LabelStatistics(Protocol):
    """What a head wants to know of a task's training labels.

    `mtlkeras.data.TaskTarget` has it; see there for the meaning of each.
    """

    classes: tuple[str | int, ...] | None
    mean: float
    std: float
    rows: int
    counts: tuple[int, ...] | None
    class_weights: tuple[float, ...] | None
    log_mean: float
    log_std: float


class Head(keras.layers.Layer, ABC):
    """From a task's representation to its output, with its loss, metrics and served form.

    Args:
        tower: Widths of the hidden layers below the output, may be empty.
        activation: Activation of the hidden layers.
        dropout: Share of each hidden layer's outputs that training drops.
        name: Name of the task.

    Call arguments:
        h: `(batch_size, units)`.

    Returns:
        The task's output, always float32.
    """

    kind: str
    # Log of what training multiplies the odds of each score by; taken off outside of training.
    prior_shift: tuple[float, ...] | None = None

    def __init__(
        self,
        tower: Sequence[int] = (32,),
        activation="relu",
        dropout: float = 0.0,
        **kwargs,
    ) -> None:
        super().__init__(**kwargs)
        self.tower = tuple(tower)
        self.activation = activation
        self.dropout = dropout
        self.hidden = MLP(self.tower, activation, dropout, dtype=self.dtype_policy, name="hidden")

    @classmethod
    @abstractmethod
    def for_task(
        cls, name: str, task: "Task", labels: LabelStatistics, tower: Sequence[int] = (32,)
    ) -> "Head":
        """Builds the head of a task of a data spec.

        Args:
            name: Name of the task.
            task: The task as the spec describes it.
            labels: Statistics of its training labels.
            tower: Widths of the hidden layers.
        """

    @abstractmethod
    def initial_bias(self) -> Sequence[float]:
        """Bias of each score at the start: an untrained head answers about the base rate."""

    @abstractmethod
    def activate(self, scores):
        """Turns the scores, one for each initial bias, into the head's output."""

    @abstractmethod
    def loss(self) -> keras.losses.Loss:
        """A fresh loss: the mean over rows with a label, 0 where there is none."""

    @abstractmethod
    def weighted_metrics(self) -> list[keras.metrics.Metric]:
        """Fresh metrics for `compile(weighted_metrics=...)`; weight 0 leaves a row out."""

    @abstractmethod
    def served(self, output) -> dict[str, tf.Tensor]:
        """What serving shows.

        Args:
            output: The head's output.

        Returns:
            Named tensors, each with the batch as first axis; the first is named as the task.
        """

    def build(self, h_shape):
        self.hidden.build(h_shape)
        bias = list(self.initial_bias())
        # float32 whatever the policy: probabilities near 1 and exponents need the digits.
        self.out = keras.layers.Dense(
            len(bias),
            bias_initializer=lambda shape, dtype: tf.constant(bias, dtype, shape),
            dtype="float32",
            name="out",
        )
        self.out.build(self.hidden.compute_output_shape(h_shape))
        self.build_activation()

    def build_activation(self) -> None:
        """Makes the weights that `activate` reads, if any."""

    def answer(self, scores, training=None):
        """Turns scores into the output, outside of training without `prior_shift`.

        Where training weighs or draws classes unequally, its odds are those of the data times a
        known factor. Dividing by it is the prior correction of King and Zeng, "Logistic
        Regression in Rare Events Data" (2001): `p' = p / (p + (1 - p) / w)`.

        Args:
            scores: `(batch_size, scores)`.
            training: Whether the answer is for the loss of training.
        """
        if self.prior_shift is not None and not training:
            scores = scores - ops.convert_to_tensor(self.prior_shift, scores.dtype)
        return self.activate(scores)

    def call(self, h, training=None):
        return self.answer(self.out(self.hidden(h, training=training)), training)

    def get_config(self):
        return {
            **super().get_config(),
            "tower": self.tower,
            "activation": self.hidden.get_config()["activation"],
            "dropout": self.dropout,
        }
