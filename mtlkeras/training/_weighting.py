"""The weighting that the options ask for."""

import keras

from .. import balancing
from ._choices import choices, make
from ._options import TrainOptions


def make_weighting(options: TrainOptions) -> keras.layers.Layer | None:
    """Returns the weighting, if one is asked for.

    Args:
        options: How the model is trained.

    Raises:
        ValueError: If there is no such weighting, or an option does not exist or is out of range.

    Example:
        >>> options = TrainOptions(weighting="cagrad", weighting_options={"c": 0.5})
        >>> make_weighting(options).c
        0.5
    """
    if not isinstance(options.weighting, str):
        return options.weighting
    known = choices(balancing, keras.layers.Layer)
    return make("weighting", options.weighting, known, options.weighting_options)
