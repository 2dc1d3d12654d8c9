"""How much a training step for one task helps the others."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import tensorflow as tf

from .._objectives import Lookahead
from ..multi_task_model import MultiTaskModel
from ._collect import _batches
from ._task_affinity import TaskAffinity, check_groups

if TYPE_CHECKING:
    import keras


def evaluate_affinity(
    model: keras.Model,
    dataset: Any,
    *,
    groups: int = 2,
    batches: int | None = 50,
    learning_rate: float = 0.01,
    tables: bool = True,
    progress: Callable[[int], None] | None = None,
) -> TaskAffinity:
    """Returns how much each task helps each other one, and which to train together.

    The affinity of task `i` to `j` is what a step of gradient descent for `i` alone would take
    from the loss of `j`: `Z_{i->j} = 1 - L_j(theta - eta g_i) / L_j(theta)`, where `theta` are the
    weights that tasks share; weights of one task alone, such as its head, stay. The mean is over
    the batches in which both tasks have labels. Above 0 the step for `i` helps `j`, below 0 it
    harms it. For small `eta` it is about `eta g_i . g_j / L_j`. Fifty et al., "Efficiently
    Identifying Task Groupings for Multi-Task Learning" (TAG, 2021), which takes the mean over the
    whole of a training: call it several times while a model trains and take the mean of the
    frames, or look at a trained one.

    The groups suggested are those in which tasks are helped most; see `TaskAffinity.suggest`.
    The paper's groups may overlap, these do not.

    No step is taken: the model's weights, metrics and random numbers stay as they are, bit by
    bit. Losses are those of the tasks alone, without `loss_weights` or a weighting, with the
    model as in inference (no dropout, moving means).

    Args:
        model: A compiled `MultiTaskModel`, such as `build_model` returns.
        dataset: A `tf.data.Dataset` of `(features, labels, sample_weight)`, or a tuple of arrays.
        groups: Number of groups to suggest.
        batches: Batches to take at most; None for all. Each takes a backward and two forward
            passes a task.
        learning_rate: `eta`. Too small, and differences of losses drown in rounding; too large,
            and the step overshoots: then tasks do not even help themselves.
        tables: Move shared embedding tables as well, which takes a copy of them in memory.
        progress: Called with the number of rows of each finished batch.

    Returns:
        A `TaskAffinity`; print it, or take `.frame`, `.groups` or `.plot()`.

    Raises:
        ValueError: If the model has one task or shares no weights, there are no rows, or a
            setting is out of range.

    Example:
        >>> import keras
        >>> x = keras.Input((2,), name="x")
        >>> shared = keras.layers.Dense(3)(x)
        >>> outputs = {task: keras.layers.Dense(1)(shared) for task in ("click", "buy")}
        >>> model = MultiTaskModel({"x": x}, outputs)
        >>> model.compile(loss={"click": "mse", "buy": "mse"})
        >>> rows = np.ones((4, 2), "float32"), np.ones(4, "float32")
        >>> found = evaluate_affinity(model, ({"x": rows[0]}, {"click": rows[1], "buy": rows[1]}))
        >>> bool(found.frame.loc["buy", "buy"] > 0)
        True
    """
    if not isinstance(model, MultiTaskModel) or model._task_losses is None:
        raise ValueError(
            "evaluate_affinity: `model` should be a compiled mtlkeras.MultiTaskModel, such as "
            f"build_model returns. Received {type(model).__name__}."
        )
    check_groups(groups, model.tasks)
    if not 0 < learning_rate < float("inf"):
        raise ValueError(
            "evaluate_affinity: `learning_rate` should be a number above 0. "
            f"Received {learning_rate!r}."
        )
    if batches is not None and batches < 1:
        raise ValueError(
            "evaluate_affinity: `batches` should be at least 1, or None for all. "
            f"Received {batches!r}."
        )
    look = Lookahead(model, learning_rate, tables)
    tasks = len(model.tasks)
    sums, counts, taken = np.zeros((tasks, tasks)), np.zeros((tasks, tasks)), 0
    for batch in islice(_batches(dataset), batches):
        for i in range(tasks):
            before, after, active = (v.numpy().astype(np.float64) for v in look(batch, i))
            # The step of a task without labels leads nowhere, and says nothing.
            known = (active > 0) & (before != 0) & bool(active[i])
            sums[i, known] += 1.0 - after[known] / before[known]
            counts[i] += known
        taken += 1
        if progress is not None:
            progress(int(tf.shape(tf.nest.flatten(batch)[0])[0]))
    if not taken:
        raise ValueError(
            "evaluate_affinity: `dataset` should hold rows with labels. Received none."
        )
    with np.errstate(invalid="ignore"):
        means = sums / counts
    names = list(model.tasks)
    frame = pd.DataFrame(means, index=pd.Index(names, name="step for"), columns=names)
    return TaskAffinity(frame.rename_axis(columns="helps"), groups, learning_rate, taken)
