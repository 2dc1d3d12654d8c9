"""Serialises a table as tf.Example, column by column instead of row by row."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
import tensorflow_datasets as tfds


def serialize_rows(frame: pd.DataFrame, features: tfds.features.FeaturesDict) -> Iterator[bytes]:
    """Serialises rows as tensorflow-datasets would, about fifty times as fast.

    Each distinct value of a column is serialised once, as an example of that column alone; a
    row is the concatenation of its columns' examples, which protobuf defines to be the same
    message as all of them merged.

    Args:
        frame: The rows. A missing text becomes `""`, a missing number NaN.
        features: Features of one scalar or text a column.

    Yields:
        One serialised tf.Example a row.
    """
    columns = []
    for name, feature in features.items():
        alone = tfds.features.FeaturesDict({name: feature})
        codes, values = pd.factorize(frame[name], use_na_sentinel=False)
        if feature.np_dtype == np.object_:
            values = ["" if pd.isna(value) else value for value in values]
        examples = [alone.serialize_example({name: value}) for value in values]
        columns.append(np.array(examples, dtype=object)[codes].tolist())
    yield from map(b"".join, zip(*columns, strict=True))
