"""A train function that shows some batches before it trains on them."""

from collections.abc import Callable, Iterator
from typing import Any

import keras

from .._objectives import Ahead


class Watched:
    """Stands for a model's train function, and shows a batch of an execution where asked to.

    The batch is the very one that the model trains on next. Executions that show none are those
    of the train function itself.

    Args:
        function: Train function of a model: takes an iterator of batches.
        look: Takes a batch.
    """

    def __init__(self, function: Callable, look: Callable[[Any], None]) -> None:
        self.function = function
        self.look = look
        self.due = False

    def __call__(self, iterator: Iterator) -> Any:
        if not self.due:
            return self.function(iterator)
        self.due = False
        batch = next(iterator)
        self.look(batch)
        return self.function(Ahead(batch, iterator))


def watch(model: keras.Model, look: Callable[[Any], None]) -> Watched:
    """Puts a `Watched` in the place of a model's train function, and returns it.

    Args:
        model: A model whose train function is made.
        look: Takes a batch.
    """
    unwatch(model)
    model.train_function = Watched(model.train_function, look)
    return model.train_function


def unwatch(model: keras.Model) -> None:
    """Puts the train function of a model back, where it is watched.

    Args:
        model: The model.
    """
    if isinstance(model.train_function, Watched):
        model.train_function = model.train_function.function
