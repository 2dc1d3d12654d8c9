"""Readers, preprocessing and tf.data batches."""

from ._inputs import FeatureInput, TaskTarget
from ._preprocessing import Preprocessing

__all__ = ["FeatureInput", "Preprocessing", "TaskTarget"]
