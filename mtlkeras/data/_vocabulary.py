"""The values behind the ids of one embedding table."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import tensorflow as tf

from ._inputs import FIRST_ID, MISSING, UNSEEN

# Ids that every table keeps free.
RESERVED = ("<padding>", "<unseen>", "<missing>")


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """Values in the order of their ids, or a number of hash buckets.

    Ids are 0 padding, 1 out of vocabulary, 2 missing, and from 3 on the values or buckets.

    Args:
        keys: The values, int64 or strings `(values,)`; empty where hashed.
        buckets: Number of hash buckets, `None` where the values are listed.
        missing: Strings that mean missing besides the empty one.
    """

    keys: pa.Array
    buckets: int | None = None
    missing: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        """Number of ids."""
        return FIRST_ID + (len(self.keys) if self.buckets is None else self.buckets)

    @property
    def is_integer(self) -> bool:
        """Whether values are looked up as int64, not as strings."""
        return pa.types.is_integer(self.keys.type)

    def names(self) -> list[str]:
        """Returns the name of each id, index = id."""
        if self.buckets is not None:
            return [*RESERVED, *(f"<bucket {i}>" for i in range(self.buckets))]
        return [*RESERVED, *map(str, self.keys.to_pylist())]

    def ids(self, values: tf.Tensor) -> tf.Tensor:
        """Looks values up, in the graph.

        Args:
            values: int64 or string, any shape; int64 min and `""` are missing.

        Returns:
            int32 ids of the same shape.
        """
        missing = self.is_missing(values)
        if values.dtype == tf.int64 and (self.buckets is not None or not self.is_integer):
            values = tf.strings.as_string(values)
        if self.buckets is not None:
            ids = FIRST_ID + tf.strings.to_hash_bucket_fast(values, self.buckets)
        elif len(self.keys):
            ids = self.table.lookup(values)
        else:
            ids = tf.fill(tf.shape(values), tf.constant(UNSEEN, tf.int64))
        return tf.cast(tf.where(missing, tf.constant(MISSING, tf.int64), ids), tf.int32)

    def is_missing(self, values: tf.Tensor) -> tf.Tensor:
        """Returns which values are missing, bool of the same shape."""
        if values.dtype == tf.int64:
            return tf.equal(values, tf.int64.min)
        missing = tf.equal(values, "")
        for text in self.missing:
            missing |= tf.equal(values, text)
        return missing

    @cached_property
    def table(self) -> tf.lookup.StaticHashTable:
        """The lookup table; made outside of any graph so that every graph can use it."""
        with tf.init_scope():
            # From numpy bytes: TensorFlow converts them much faster than Python strings.
            keys = self.keys if self.is_integer else self.keys.cast(pa.binary())
            keys = tf.constant(
                keys.to_numpy(zero_copy_only=False), tf.int64 if self.is_integer else tf.string
            )
            values = tf.range(FIRST_ID, FIRST_ID + len(self.keys), dtype=tf.int64)
            pairs = tf.lookup.KeyValueTensorInitializer(keys, values)
            return tf.lookup.StaticHashTable(pairs, UNSEEN)

    def unseen(self, values: pa.Array, counts: pa.Array) -> tuple[int, int]:
        """Returns how many occurrences are out of vocabulary, and how many there are.

        Args:
            values: Distinct values, none of them null.
            counts: How often each occurs.
        """
        total = pc.sum(counts).as_py() or 0
        if self.buckets is not None:
            return 0, total
        if values.type != self.keys.type:
            values = values.cast(self.keys.type)
        known = pc.is_in(values, value_set=self.keys)
        return total - (pc.sum(counts.filter(known)).as_py() or 0), total

    def to_arrays(self) -> dict[str, np.ndarray]:
        """Returns the keys as numeric arrays, for an `.npz` without pickles."""
        if self.is_integer:
            return {"keys": self.keys.to_numpy()}
        keys = pa.concat_arrays([self.keys.cast(pa.large_binary())])
        _, offsets, data = keys.buffers()
        offsets = np.frombuffer(offsets, np.int64, len(keys) + 1) if offsets else np.zeros(1, int)
        data = np.frombuffer(data, np.uint8) if data else np.zeros(0, np.uint8)
        return {"bytes": data[: offsets[-1]], "offsets": offsets}

    @staticmethod
    def keys_from_arrays(arrays: dict[str, np.ndarray]) -> pa.Array:
        """Returns the keys that `to_arrays` took apart."""
        if "keys" in arrays:
            return pa.array(arrays["keys"], pa.int64())
        offsets, data = arrays["offsets"].astype(np.int64), arrays["bytes"]
        buffers = [None, pa.py_buffer(offsets.tobytes()), pa.py_buffer(data.tobytes())]
        keys = pa.Array.from_buffers(pa.large_binary(), len(offsets) - 1, buffers)
        return keys.cast(pa.string())
