"""TensorFlow without its chatter."""

from __future__ import annotations

import logging
import os
import sys
import tempfile


def import_tensorflow(debug: bool) -> None:
    """Imports TensorFlow and Keras, silently unless `debug`.

    TensorFlow writes to the process's stderr before its logging listens to
    TF_CPP_MIN_LOG_LEVEL, when it is imported and when it looks for devices; so stderr is
    diverted for that time, and shown after all where the import fails.
    """
    if debug or "tensorflow" in sys.modules:
        return
    sys.stderr.flush()
    stderr = os.dup(2)
    with tempfile.TemporaryFile() as chatter:
        os.dup2(chatter.fileno(), 2)
        try:
            import keras  # noqa: F401
            import tensorflow as tf

            tf.config.list_physical_devices()
        except BaseException:
            chatter.seek(0)
            os.write(stderr, chatter.read())
            raise
        finally:
            os.dup2(stderr, 2)
            os.close(stderr)
    logging.getLogger("absl").setLevel(logging.ERROR)
    tf.get_logger().setLevel(logging.ERROR)
