"""Checks of the parts of a model before anything is read."""

from ._encoders import make_encoders
from ._model import make_funnel, make_interaction, make_optimizer, make_trunk
from ._options import TrainOptions
from ._weighting import make_weighting


def check_parts(options: TrainOptions) -> None:
    """Refuses parts of a model that do not exist, or not with their options.

    Args:
        options: How the model is built and trained.

    Raises:
        ValueError: If there are any.
    """
    if isinstance(options.trunk, str):
        make_trunk(options.trunk, options.trunk_options)
    for make_one in (make_weighting, make_interaction, make_funnel):
        make_one(options)
    make_encoders(options.encoders, options.encoder_options)
    make_optimizer(options, steps=1)
