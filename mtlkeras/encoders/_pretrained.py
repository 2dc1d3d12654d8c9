"""A table that starts from vectors in a file."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import keras
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import tensorflow as tf

from .._layers import RESERVED
from ._rows import add_rows, drawn
from ._table import Table
from ._vectors import VectorFile


@keras.saving.register_keras_serializable("mtlkeras")
class Pretrained(Table):
    """An embedding table that starts from the vectors of a `.npy` or Parquet file.

    Vectors belong to ids by their order, one for each id or one for each id from 3 on, the
    values; or by key, a column of vocabulary values (Parquet): then call `match` with the
    vocabulary, which `build_model` does. Ids without a vector, the reserved ones among them, are
    drawn by the initializer. `report` tells how many values were found.

    Otherwise as `EmbeddingTable`: id 0 is padding, zeros and never trained, ids 1 (out of
    vocabulary) and 2 (missing) are ordinary rows. A model that was saved reloads without the
    file.

    Args:
        path: The file.
        rows: Number of ids, padding included. `None` until a builder fills it in.
        dim: Width of a vector, that of the file.
        key: Column of vocabulary values; vectors belong to ids by their order where left out.
        column: Column that holds the vectors as lists. Where left out: the one column of lists
            there is, else all columns of numbers but the key.
        initializer: Keras initializer of ids without a vector.
        l2: Factor of the sum of squares of the vectors looked up, as in `EmbeddingTable`.
        **kwargs: As in `keras.layers.Layer`; `trainable=False` freezes the vectors.

    Call arguments:
        ids: Integer tensor of any shape.

    Returns:
        Vectors `(*ids.shape, dim)`.

    Example:
        >>> import tempfile
        >>> names = ["<padding>", "<unseen>", "<missing>", "tea", "cup"]
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     write_vectors(f"{folder}/item.parquet", [[1.0, 2.0], [3.0, 4.0]], ["cup", "jar"])
        ...     table = Pretrained(f"{folder}/item.parquet", rows=5, dim=2, key="key")
        ...     report = table.match(names)
        >>> report.endswith("item.parquet has a vector for 1 of 2 values (50.0%).")
        True
        >>> table.rows([4])
        array([[1., 2.]], dtype=float32)
    """

    def __init__(
        self,
        path: str,
        rows: int | None = None,
        dim: int | None = None,
        key: str | None = None,
        column: str | None = None,
        initializer="uniform",
        l2: float = 0.0,
        **kwargs,
    ) -> None:
        super().__init__(rows, dim, initializer, l2, **kwargs)
        self.path_of_vectors = path
        self.key = key
        self.column = column
        self.report: str | None = None
        self._matched: np.ndarray | None = None
        self._restored = False

    @property
    def file(self) -> VectorFile:
        """The file of vectors."""
        return VectorFile(Path(self.path_of_vectors), self.key, self.column)

    def shapes(self):
        return {"embeddings": (self.rows_count, self.dim)}

    def look_up(self, ids):
        return tf.gather(self.embeddings.value, ids)

    def match(self, vocabulary: Sequence[str]) -> str:
        """Takes the vectors of the values of a vocabulary; before the table is built.

        Args:
            vocabulary: Values by id, e.g. `preprocessing.vocabulary("item_id")`. The names of
                the first three, reserved ids do not matter.

        Returns:
            How many values have a vector, also found in `report`.

        Raises:
            ValueError: If there is no key, the vocabulary does not fit the table, or no value
                has a vector.
        """
        file = self.file
        self._check_width(file)
        if self.key is None or len(vocabulary) != self.rows_count or self.built:
            raise ValueError(
                f"Pretrained {self.name!r}: match takes a name for each of the {self.rows_count} "
                "ids of a table with a key that is not built yet. Received: "
                f"{len(vocabulary)} names, key={self.key!r}, built={self.built}."
            )
        values = pa.array(list(vocabulary[RESERVED:]), pa.string())
        vectors = np.full((self.rows_count, self.dim), np.nan, "float32")
        for keys, batch in file.batches():
            ids = pc.index_in(keys, value_set=values)
            found = ids.is_valid().to_numpy(zero_copy_only=False)
            vectors[RESERVED + ids.drop_null().to_numpy()] = batch[found]
        count = int(np.isfinite(vectors[:, 0]).sum())
        if not count:
            raise ValueError(
                f"{file.path} should have vectors for values like "
                f"{', '.join(map(repr, vocabulary[RESERVED : RESERVED + 3]))}, but column "
                f"{self.key!r} has none of them. Is it the column of this feature's values?"
            )
        self._matched = vectors
        self.report = (
            f"{file.path} has a vector for {count:,} of {len(values):,} values "
            f"({count / len(values):.1%})."
        )
        return self.report

    def build(self, input_shape=None):
        self.check_size()
        shape = (self.rows_count, self.dim)
        self.embeddings = add_rows(self, "embeddings", shape, [self._pieces()])
        self._matched = None

    def _pieces(self):
        initial = drawn(self._rows_initializer, self.rows_count, self.dim)
        if self._restored:
            return initial
        if self._matched is not None:
            return lambda dtype, vectors=self._matched: _filled_up(initial(dtype), vectors)
        if self.key is not None:
            raise ValueError(
                f"Pretrained {self.name!r} has a key, so it must be told which value each id is. "
                "Call table.match(preprocessing.vocabulary('item_id')), or hand the table itself "
                "to build_model: encoders={'item': table}."
            )
        self._check_width(self.file)
        count = self.file.shape()[0]
        if count not in (self.rows_count, self.rows_count - RESERVED):
            raise ValueError(
                f"{self.path_of_vectors} should have a vector for each of the {self.rows_count:,} "
                f"ids, or for each of the {self.rows_count - RESERVED:,} from 3 on. Received: "
                f"{count:,} vectors. Where they belong to values by name, name their column in "
                "`key`."
            )
        self.report = f"{self.path_of_vectors} has {count:,} vectors for {self.rows_count:,} ids."
        return lambda dtype: self._in_order(dtype, count)

    def _in_order(self, dtype: str, count: int) -> Iterator[tf.Tensor]:
        """The file's vectors, those of reserved ids from the initializer where it lacks them."""
        skip = 1
        if count < self.rows_count:
            yield from drawn(self._rows_initializer, RESERVED, self.dim)(dtype)
            skip = 0
        else:
            yield tf.zeros((1, self.dim), dtype)
        for _, vectors in self.file.batches():
            yield tf.constant(vectors[skip:], dtype)
            skip = 0

    def _check_width(self, file: VectorFile) -> None:
        count, width = file.shape()
        if width != self.dim:
            raise ValueError(
                f"{file.path} should hold vectors of {self.dim} numbers, the dim of the table. "
                f"Received: {count:,} vectors of {width}."
            )

    def build_from_config(self, config):
        # Of a saved model, whose weights follow: the file may be gone.
        self._restored = True
        self.build()

    def get_config(self):
        return {
            **super().get_config(),
            "path": str(self.path_of_vectors),
            "key": self.key,
            "column": self.column,
        }


def _filled_up(pieces: Iterator[tf.Tensor], vectors: np.ndarray) -> Iterator[tf.Tensor]:
    """Pieces with the rows that are known; unknown ones are NaN."""
    start = 0
    for piece in pieces:
        # Padding is unknown, too, so it stays zero.
        known = vectors[start : start + piece.shape[0]]
        start += piece.shape[0]
        yield tf.where(np.isfinite(known), tf.cast(known, piece.dtype), piece)
