"""The HParams dashboard: what was chosen, beside what came of it."""

from collections.abc import Mapping
from typing import Any

import tensorflow as tf
from tensorboard.plugins.hparams import api, api_pb2
from tensorboard.plugins.hparams.summary import session_end_pb


def write_start(hparams: Mapping[str, Any]) -> None:
    """Writes the hyperparameters of a training to the default writer.

    Args:
        hparams: Name to value; what is no number, text or truth value is written as text.
    """
    plain = bool | int | float | str
    api.hparams({name: v if isinstance(v, plain) else str(v) for name, v in hparams.items()})


def write_end() -> None:
    """Writes to the default writer that a training has ended well."""
    summary = session_end_pb(api_pb2.STATUS_SUCCESS)
    tf.summary.experimental.write_raw_pb(summary.SerializeToString(), step=0)
