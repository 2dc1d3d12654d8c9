"""What all tables of vectors share."""

from abc import abstractmethod

import keras
import numpy as np
import tensorflow as tf

from ._rows import add_rows, drawn, reseeded


class Table(keras.layers.Layer):
    """Vectors of ids. A subclass says which variables hold rows, and how an id finds its vector.

    Id 0 is padding: it always gives zeros and is never trained. Ids 1 (out of vocabulary) and 2
    (missing) are ordinary rows, which no value shares.

    Args:
        rows: Number of ids, padding included. `None` until a builder fills it in.
        dim: Width of a vector. `None` until a builder fills it in.
        initializer: Keras initializer of rows.
        l2: Factor of the sum of squares of the vectors looked up, each id counted once a call;
            added to the loss in training.

    Call arguments:
        ids: Integer tensor of any shape.
        padded: Whether ids may be 0; without, a step is saved.

    Returns:
        Vectors `(*ids.shape, dim)`.

    Example:
        >>> class Signed(Table):
        ...     "Odd ids have the vector of the even id before them, with the sign turned."
        ...     def shapes(self):
        ...         return {"embeddings": (self.rows_count // 2 + 1, self.dim)}
        ...     def look_up(self, ids):
        ...         sign = tf.cast(1 - 2 * (ids % 2), "float32")
        ...         return sign[..., None] * tf.gather(self.embeddings.value, ids // 2)
        >>> table = Signed(rows=1000, dim=8)
        >>> bool(np.all(table.rows([4]) == -table.rows([5])))
        True
    """

    def __init__(
        self,
        rows: int | None = None,
        dim: int | None = None,
        initializer="uniform",
        l2: float = 0.0,
        **kwargs,
    ) -> None:
        refuse_regularizers(type(self).__name__, kwargs)
        super().__init__(**kwargs)
        for argument, value in (("rows", rows), ("dim", dim)):
            if value is not None:
                self.check_count(argument, value)
        check_table(self, l2)
        self.rows_count = None if rows is None else int(rows)
        self.dim = None if dim is None else int(dim)
        self.initializer = initializer
        self.l2 = l2
        self._rows_initializer = keras.initializers.get(initializer)

    def check_count(self, argument: str, value) -> None:
        """Raises where an argument is no positive integer."""
        if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < 1:
            raise ValueError(
                f"{type(self).__name__} {self.name!r}: {argument} must be a positive integer. "
                f"Received: {argument}={value!r}."
            )

    @abstractmethod
    def shapes(self) -> dict[str, tuple[int, int]]:
        """Shapes of the variables that hold rows, by name; known before they take memory."""

    @abstractmethod
    def look_up(self, ids: tf.Tensor) -> tf.Tensor:
        """Vectors `(*ids.shape, dim)` in the variables' dtype; those of id 0 do not matter."""

    def check_size(self) -> None:
        """Raises where rows or width are not filled in yet."""
        if self.rows_count is None or self.dim is None:
            kind = type(self).__name__
            raise ValueError(
                f"{kind} {self.name!r} needs the number of ids and the width of a vector. "
                f"Received: rows={self.rows_count!r}, dim={self.dim!r}. Pass them, e.g. "
                f"{kind}(rows=1000, dim=16), or hand the table itself to build_model, which "
                "fills them in: encoders={'item': table}."
            )

    def build(self, input_shape=None):
        self.check_size()
        for index, (name, shape) in enumerate(self.shapes().items()):
            initializer = self.initializer_of(name, reseeded(self._rows_initializer, index))
            setattr(self, name, add_rows(self, name, shape, [drawn(initializer, *shape)]))

    def initializer_of(self, name: str, initializer):
        """The initializer of a variable, made from that of the rows."""
        return initializer

    def call(self, ids, padded: bool = True, training=None):
        check_ids(self, ids)
        vectors = self.look_up(ids)
        if padded:
            vectors = without_padding(vectors, ids)
        if self.l2 and training:
            used = tf.unique(tf.reshape(ids, [-1])).y
            self.add_loss(penalty(self.l2, without_padding(self.look_up(used), used)))
        return tf.cast(vectors, self.compute_dtype)

    def compute_output_shape(self, ids_shape):
        return (*ids_shape, self.dim)

    def rows(self, ids=None) -> np.ndarray:
        """Vectors as NumPy, e.g. for a projector or a nearest-neighbour index.

        Args:
            ids: Ids of any shape; all rows where left out.

        Returns:
            float32 `(rows, dim)`, or `(*ids.shape, dim)`.
        """
        if not self.built:
            self.build()
        ids = tf.range(self.rows_count) if ids is None else tf.convert_to_tensor(np.asarray(ids))
        return without_padding(self.look_up(ids), ids).numpy()

    def get_config(self):
        return {
            **super().get_config(),
            "rows": self.rows_count,
            "dim": self.dim,
            "initializer": initializer_config(self.initializer),
            "l2": self.l2,
        }


def without_padding(vectors: tf.Tensor, ids: tf.Tensor) -> tf.Tensor:
    """Vectors `(*ids.shape, dim)` with zeros, and zero gradients, where the id is 0."""
    return tf.where(tf.not_equal(ids, 0)[..., tf.newaxis], vectors, 0.0)


def penalty(l2: float, vectors: tf.Tensor) -> tf.Tensor:
    """The sum of squares of vectors, times a factor."""
    return l2 * tf.reduce_sum(tf.square(vectors))


def check_ids(layer: keras.layers.Layer, ids: tf.Tensor) -> None:
    """Raises where ids are no integers."""
    if not ids.dtype.is_integer:
        raise TypeError(
            f"{type(layer).__name__} {layer.name!r}: ids must be integers. Received: ids of dtype "
            f"{ids.dtype.name}. Is the input declared with dtype='int32'?"
        )


def check_table(layer: keras.layers.Layer, l2: float) -> None:
    """Raises where a table would be trained as a whole, or with a penalty that makes no sense."""
    kind = type(layer).__name__
    if layer.compute_dtype == "float16":
        raise ValueError(
            f"{kind} {layer.name!r} does not train under float16: its loss scaling scans every "
            "row of the table at every step. Use the policy 'mixed_bfloat16', which needs no "
            f"loss scaling. Received: dtype policy {layer.dtype_policy.name!r}."
        )
    if isinstance(l2, bool) or not isinstance(l2, (int, float)) or not 0 <= l2 < np.inf:
        raise ValueError(
            f"{kind} {layer.name!r}: l2 must be a number of at least 0. Received: l2={l2!r}."
        )


def refuse_regularizers(kind: str, options: dict) -> None:
    """Raises where a Keras regularizer is asked for."""
    for option in ("embeddings_regularizer", "regularizer"):
        if options.get(option) is not None:
            raise ValueError(
                f"{kind}: {option} is refused, since a Keras regularizer reads every row at every "
                f"step and makes the gradient dense. Received: {option}={options[option]!r}. "
                "Pass l2=1e-6 or the like instead, which penalises the rows looked up."
            )


def initializer_config(initializer):
    """An initializer, given by name, config or as an object, in the form a config can hold."""
    if isinstance(initializer, (str, dict)):
        return initializer
    return keras.initializers.serialize(initializer)
