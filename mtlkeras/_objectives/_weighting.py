"""Which weighting a model is compiled with."""

import warnings
from collections.abc import Sequence

import keras

from ..balancing import Aggregator, GramianWeighting, LossWeighting

Weighting = LossWeighting | GramianWeighting | Aggregator


def check_weighting(weighting: Weighting | None, tasks: Sequence[str]) -> Weighting | None:
    """The weighting that is of use, none where there is one task only.

    Args:
        weighting: As `compile` was given it.
        tasks: Names of the tasks.

    Raises:
        ValueError: If it is no weighting.
    """
    if weighting is not None and not isinstance(weighting, Weighting):
        raise ValueError(
            "compile: weighting must be a weighting of mtlkeras.balancing, e.g. "
            f"weighting=mtlkeras.balancing.PCGrad(). Received: weighting={weighting!r}."
        )
    if weighting is not None and len(tasks) == 1:
        warnings.warn(
            f"There is nothing for {type(weighting).__name__} to weigh: the model has one "
            f"task, {tasks[0]!r}. It trains without.",
            stacklevel=3,
        )
        return None
    return weighting


def spare_from_decay(
    optimizer: keras.optimizers.Optimizer, variables: Sequence[keras.Variable]
) -> None:
    """Lets no weight decay pull learned weights of tasks to their start.

    Args:
        optimizer: The model's optimizer.
        variables: The weights.
    """
    optimizer = getattr(optimizer, "inner_optimizer", optimizer)
    # The public method would forget what was excluded before.
    excluded = getattr(optimizer, "_exclude_from_weight_decay", set())
    own = {optimizer._var_key(variable) for variable in variables}
    optimizer._exclude_from_weight_decay = excluded | own
