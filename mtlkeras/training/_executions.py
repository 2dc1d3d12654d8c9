"""Which steps are done when several are executed at once."""

import keras


def steps_done(callback: keras.callbacks.Callback, batch: int) -> int:
    """Returns the number of steps of an epoch that are done.

    Keras numbers the last execution of an epoch as if it were as long as the others.

    Args:
        callback: Callback that is told of the end of a batch.
        batch: Number of the batch that Keras tells, from 0.
    """
    return min(batch + 1, callback.params.get("steps") or batch + 1)


def steps_ahead(callback: keras.callbacks.Callback, batch: int) -> int:
    """Returns the number of steps of an epoch that are done after the next execution.

    Args:
        callback: Callback that is told of the begin of a batch.
        batch: Number of the batch that Keras tells, from 0.
    """
    after = batch + callback.model.steps_per_execution
    return min(after, callback.params.get("steps") or after)
