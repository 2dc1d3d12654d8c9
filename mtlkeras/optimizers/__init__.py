"""Optimizers that train embedding tables correctly and touch used rows only.

They are Keras optimizers for `compile`; dense variables they train as their stock namesakes do.
"""

from ._adagrad import Adagrad
from ._lazy_adam import LazyAdam

__all__ = ["Adagrad", "LazyAdam"]
