"""What the tensors of a functional model are in a call."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import keras
import tensorflow as tf

from .._layers import representations
from ._reach import nodes_of

# Replicas are threads, each of which has its own.
_CURRENT: ContextVar["Recording | None"] = ContextVar("recording", default=None)


class Recording:
    """Values of all tensors of a model's graph.

    Args:
        model: Functional model.
        tape: Tape that is to watch the inputs.

    Attributes:
        values: Symbolic tensor, by `id`, to what it was.
        marks: For each node the tensor that its layer told as the last that tasks share, if any.
    """

    def __init__(self, model: keras.Model, tape: tf.GradientTape) -> None:
        self.model = model
        self.tape = tape
        self.values: dict[int, tf.Tensor] = {}
        self.marks: list[list[tf.Tensor]] = []

    def run(self, inputs, operation_fn: Callable, graph: Callable):
        """Runs the model's graph, keeping what each tensor was.

        Args:
            inputs: Inputs, as Keras hands them on.
            operation_fn: What Keras makes of each operation before it is called.
            graph: Runs the graph.
        """
        flat = keras.tree.flatten(inputs)
        self.tape.watch([x for x in flat if x.dtype.is_floating])
        outputs, self.marks = [], []

        def keeping(operation):
            made = operation_fn(operation)

            def call(*args, **kwargs):
                with representations() as marks:
                    result = made(*args, **kwargs)
                self.marks.append(marks[-1:])
                outputs.append(keras.tree.flatten(result))
                return result

            return call

        result = graph(inputs, operation_fn=keeping)
        self.values = {id(t): x for t, x in zip(self.model.inputs, flat, strict=True)}
        for node, values in zip(nodes_of(self.model), outputs, strict=True):
            self.values |= {id(t): x for t, x in zip(node.outputs, values, strict=True)}
        return result


def current_recording(model: keras.Model) -> Recording | None:
    """The recording of a call of the model that is going on, if there is one."""
    recording = _CURRENT.get()
    return recording if recording is not None and recording.model is model else None


@contextmanager
def recording(model: keras.Model, tape: tf.GradientTape) -> Iterator[Recording]:
    """Records the calls of a model.

    Args:
        model: Functional model, which asks for `current_recording`.
        tape: Tape that is to watch the inputs.
    """
    token = _CURRENT.set(Recording(model, tape))
    try:
        yield _CURRENT.get()
    finally:
        _CURRENT.reset(token)
