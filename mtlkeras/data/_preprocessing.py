"""The fitted state that turns raw columns into model inputs, in tf.data and when served."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import tensorflow as tf

from ._inputs import FeatureInput, TaskTarget


class Preprocessing:
    """Raw columns to model inputs; fitted on the training split alone.

    Interface (bodies follow): `spec`, `inputs`, `targets`, `module`.
    """

    spec: "DataSpec"  # noqa: F821
    inputs: dict[str, FeatureInput]
    targets: dict[str, TaskTarget]

    @property
    def module(self) -> tf.Module:
        """Lookup tables, to be tracked by whatever is exported."""

    def raw_signature(self) -> dict[str, tf.TensorSpec]:
        """Specs of the raw feature columns, batch axis `None`."""

    def to_raw(self, batch: pa.RecordBatch, labels: bool = False) -> dict[str, np.ndarray]:
        """Casts an Arrow batch to raw columns."""

    def features(self, raw: dict[str, tf.Tensor]) -> dict[str, tf.Tensor]:
        """Raw columns to model inputs, in the graph."""

    def labels(
        self, raw: dict[str, tf.Tensor], training: bool = False
    ) -> tuple[dict[str, tf.Tensor], dict[str, tf.Tensor]]:
        """Raw columns to labels and sample weights, in the graph."""

    def vocabulary(self, feature: str) -> list[str]:
        """Names of a feature's ids, index = id."""

    def save(self, folder: str | Path) -> None:
        """Writes the state as JSON and arrays."""

    @classmethod
    def load(cls, folder: str | Path) -> "Preprocessing":
        """Reads what `save` wrote."""
