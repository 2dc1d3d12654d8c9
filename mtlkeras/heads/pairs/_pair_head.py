"""What all heads of a user and an item share."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

from .._head import Head
from ._checks import SIDES, check_features, check_head, check_sides
from ._rows import batches, check_rows
from ._vectors import Vectors, score


class PairHead(keras.layers.Layer, ABC):
    """A score of a user with an item, turned into the output of a task.

    Args:
        user: Names of the features that describe the user; `None` without a data spec.
        item: Names of the features that describe the item; `None` without a data spec.
        head: The head of the task's type, but for its tower; `None` where a builder fills it in.
        name: Name of the task.

    Call arguments:
        sides: Dict `{"user": (batch_size, width), "item": (batch_size, width)}`.

    Returns:
        The output of `head`, always float32.
    """

    def __init__(
        self,
        user: str | Sequence[str] | None = None,
        item: str | Sequence[str] | None = None,
        head: Head | None = None,
        **kwargs,
    ) -> None:
        super().__init__(**kwargs)
        self.user = check_features(self, "user", user)
        self.item = check_features(self, "item", item)
        self.head = check_head(self, head)

    @abstractmethod
    def build_side(self, side: str, width: int, scores: int) -> None:
        """Makes the weights of one side, `"user"` or `"item"`, of encoded features `width`."""

    @abstractmethod
    def side(self, side: str, x, training: bool = False) -> Vectors:
        """Vectors `(batch_size, scores, dim)` and biases `(batch_size, scores)`, float32.

        Args:
            side: `"user"` or `"item"`.
            x: Encoded features `(batch_size, width)`.
            training: Whether to drop out.
        """

    @property
    def kind(self) -> str | None:
        """Task type."""
        return getattr(self.head, "kind", None)

    def loss(self) -> keras.losses.Loss:
        """As of the head."""
        return self.head.loss()

    def weighted_metrics(self) -> list[keras.metrics.Metric]:
        """As of the head."""
        return self.head.weighted_metrics()

    def served(self, output) -> dict:
        """As of the head, by this layer's name."""
        served = self.head.served(output)
        return {self.name + name.removeprefix(self.head.name): x for name, x in served.items()}

    def build(self, sides_shape):
        bias = list(check_head(self, self.head, needed=True).initial_bias())
        check_sides(self, sides_shape)
        for side in SIDES:
            self.build_side(side, sides_shape[side][-1], len(bias))
        self.offset = self.add_weight(
            name="offset",
            shape=(len(bias),),
            initializer=lambda shape, dtype: ops.convert_to_tensor(bias, dtype),
            dtype="float32",
            autocast=False,
        )
        self.head.build_activation()

    def call(self, sides, training=None):
        both = [self.side(side, sides[side], training) for side in SIDES]
        return self.head.answer(score(*both) + ops.convert_to_tensor(self.offset), training)

    def vectors(
        self, model: keras.Model, side: str, features: Mapping[str, Any], batch_size: int = 4096
    ) -> Vectors:
        """Vectors of users or items, for a nearest-neighbour index.

        A user's score with an item, before the activation, is `user.vectors @ item.vectors +
        user.biases + item.biases`. For an index without biases they are one more column,
        `np.column_stack(items)`, beside a column of ones in the user's vector.

        Args:
            model: The model that this head is a layer of.
            side: `"user"` or `"item"`.
            features: Preprocessed features of that side, a row for each user or item; ids are
                places in `preprocessing.vocabulary(feature)`.
            batch_size: Rows that are computed at once.

        Returns:
            NumPy vectors `(rows, dim)` and biases `(rows,)`, with an axis of scores between where
            the head has several.

        Raises:
            ValueError: If there is no such feature, or rows differ in number.

        Example:
            >>> from mtlkeras.heads import Regression
            >>> inputs = {side: keras.Input((3,), name=side) for side in ("user", "item")}
            >>> head = MatrixFactorization("user", "item", dim=4, head=Regression(), name="rating")
            >>> model = keras.Model(inputs, {"rating": head(inputs)})
            >>> head.vectors(model, "item", {"item": np.ones((5, 3))}).vectors.shape
            (5, 4)
        """
        rows, arrays = check_rows(self, side, features)
        encoded = dict(zip(sorted(SIDES), self.input, strict=True))[side]  # Keras sorts dicts.
        encoder = keras.Model(model.input, encoded)
        parts = batches(arrays, model.input, rows, batch_size)
        found = [self.side(side, encoder(part)) for part in parts]
        vectors, biases = map(np.concatenate, zip(*found, strict=True))
        if side == "user":
            biases = biases + self.offset.numpy()
        one = self.offset.shape[0] == 1
        return Vectors(vectors[:, 0], biases[:, 0]) if one else Vectors(vectors, biases)

    def get_config(self):
        return {
            **super().get_config(),
            "user": self.user,
            "item": self.item,
            "head": keras.saving.serialize_keras_object(self.head),
        }

    @classmethod
    def from_config(cls, config):
        head = config.get("head")
        if isinstance(head, dict):
            head = keras.saving.deserialize_keras_object(head)
        return cls(**{**config, "head": head})
