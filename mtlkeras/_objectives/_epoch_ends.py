"""Tells a weighting that an epoch has ended."""

from collections.abc import Sequence

import keras


class EpochEnds(keras.callbacks.Callback):
    """Calls `on_epoch_end` of the model's weighting, before other callbacks save the model."""

    def on_epoch_end(self, epoch, logs=None):
        weighting = self.model.weighting
        if hasattr(weighting, "on_epoch_end"):
            with self.model.distribute_strategy.scope():
                weighting.on_epoch_end()


def with_epoch_ends(
    callbacks: keras.callbacks.CallbackList | Sequence | keras.callbacks.Callback | None,
    model: keras.Model,
) -> keras.callbacks.CallbackList | list[keras.callbacks.Callback]:
    """Callbacks with one that tells the model's weighting of epochs in front of them.

    Args:
        callbacks: As `fit` takes them.
        model: Compiled model.
    """
    first = EpochEnds()
    if not isinstance(callbacks, keras.callbacks.CallbackList):
        return [first, *keras.tree.flatten(callbacks or [])]
    if not any(isinstance(callback, EpochEnds) for callback in callbacks.callbacks):
        first.set_model(model)
        callbacks.callbacks.insert(0, first)
    return callbacks
