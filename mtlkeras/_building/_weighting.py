"""The weighting of a model, and what it needs in the model."""

from collections.abc import Mapping

import keras

from .. import balancing
from ..balancing import Rotations, RotoGrad
from ..trunks import SharedBottom
from ._names import Namer, by_name


def weighting_of(weighting: keras.layers.Layer | str | None) -> keras.layers.Layer | None:
    """The weighting that is asked for.

    Args:
        weighting: A weighting, its name, or `None`.

    Raises:
        ValueError: If there is none of that name.

    Example:
        >>> type(weighting_of("uncertainty")).__name__
        'Uncertainty'
    """
    if isinstance(weighting, str):
        return by_name("weighting", weighting, balancing)
    return weighting


def turn(
    weighting: keras.layers.Layer | None,
    trunk: keras.layers.Layer | None,
    shared: Mapping[str, keras.KerasTensor],
    name: Namer,
) -> dict[str, keras.KerasTensor]:
    """Puts rotations between the trunk and the heads where the weighting is `RotoGrad`.

    Args:
        weighting: The weighting.
        trunk: What made the representations.
        shared: Task to its representation.
        name: Gives names.

    Raises:
        ValueError: If the tasks have representations of their own, which no rotation makes alike.
    """
    if not isinstance(weighting, RotoGrad) or len(shared) < 2:
        return dict(shared)
    if not isinstance(trunk, SharedBottom) or trunk.takes_scenario:
        raise ValueError(
            "RotoGrad turns one representation that all tasks share, but this trunk makes one "
            f"for each. Received: trunk={type(trunk).__name__}. Take trunk='shared_bottom', or "
            "another weighting."
        )
    widths = {task: tensor.shape[-1] for task, tensor in shared.items()}
    if len(set(widths.values())) > 1:
        raise ValueError(
            "RotoGrad turns one representation that all tasks share, but some tasks of the spec "
            f"have features of their own beside it. Received: widths {widths}. Leave `tasks` out "
            "of the features, or take another weighting."
        )
    return Rotations(list(shared), name=name("rotations"))(next(iter(shared.values())))
