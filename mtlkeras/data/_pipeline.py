"""Batches of a split as a `tf.data.Dataset`, read while they are used."""

import tensorflow as tf

from ._labels import WEIGHT_KEY, label_key
from ._order import Epochs
from ._preprocessing import Preprocessing
from ._stream import RowStream


def streaming_dataset(
    preprocessing: Preprocessing,
    stream: RowStream,
    rows: int,
    batch_size: int,
    *,
    training: bool = False,
    epochs: Epochs | None = None,
) -> tf.data.Dataset:
    """Returns `(features, labels, sample_weight)` batches; the last may be smaller.

    Args:
        preprocessing: Fitted state.
        stream: Rows.
        rows: How many rows the stream has.
        batch_size: Rows a batch.
        training: Whether class weights multiply in.
        epochs: Numbers the passes, where each has its own order.
    """

    def blocks():
        for table in stream.blocks(epochs.begin() if epochs is not None else 0):
            yield preprocessing.to_raw(table, labels=True)

    def split(block: dict) -> tf.data.Dataset:
        # Batches are cut in the graph: per batch, Python would cost more than the cutting.
        count = tf.shape(next(iter(block.values())), tf.int64)[0]
        starts = tf.data.Dataset.range(0, count, batch_size)
        return starts.map(
            lambda start: {
                name: values[start : start + batch_size] for name, values in block.items()
            }
        )

    def prepare(raw: dict):
        return preprocessing.features(raw), *preprocessing.labels(raw, training)

    dataset = tf.data.Dataset.from_generator(
        blocks, output_signature=batch_signature(preprocessing)
    ).prefetch(1)
    dataset = dataset.flat_map(split).map(prepare, tf.data.AUTOTUNE, deterministic=True)
    return with_length(dataset, rows, batch_size)


def with_length(dataset: tf.data.Dataset, rows: int, batch_size: int) -> tf.data.Dataset:
    """Tells a dataset how many batches it has, and prefetches."""
    batches = -(-rows // batch_size)
    return dataset.apply(tf.data.experimental.assert_cardinality(batches)).prefetch(
        tf.data.AUTOTUNE
    )


def batch_signature(preprocessing: Preprocessing) -> dict[str, tf.TensorSpec]:
    signature = preprocessing.raw_signature()
    for name, task in preprocessing.spec.tasks.items():
        classes = preprocessing.targets[name].classes
        shape = [None, len(classes)] if task.type == "multilabel" else [None]
        signature[label_key(name)] = tf.TensorSpec(shape, tf.float32)
    if preprocessing.spec.sample_weight is not None:
        signature[WEIGHT_KEY] = tf.TensorSpec([None], tf.float32)
    return signature
