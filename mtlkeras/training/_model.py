"""The model that the options ask for."""

from collections.abc import Mapping
from typing import Any

import keras

from .. import interactions, optimizers, trunks
from .._building import steps_per_execution
from ..builders import build_model
from ..data import Preprocessing
from ..heads import funnels, pairs
from ..specs import DataSpec
from ._choices import choices, make
from ._encoders import make_encoders
from ._named import make_named
from ._options import TrainOptions
from ._weighting import make_weighting


def make_model(
    spec: DataSpec, preprocessing: Preprocessing, options: TrainOptions, steps: int
) -> keras.Model:
    """Returns the compiled model.

    Args:
        spec: The data spec.
        preprocessing: Fitted preprocessing.
        options: How the model is built and trained.
        steps: Steps of an epoch, for the learning rate's schedule and the steps an execution.
    """
    trunk = options.trunk
    if isinstance(trunk, str):
        trunk = make_trunk(trunk, options.trunk_options)
    model = build_model(
        spec,
        preprocessing,
        trunk,
        interaction=make_interaction(options),
        heads=make_named("head", options.heads, options.head_options, choices(pairs, object)),
        encoders=make_encoders(options.encoders, options.encoder_options),
        funnel=make_funnel(options),
        tower=options.tower,
        optimizer=make_optimizer(options, steps),
        weighting=make_weighting(options),
    )
    model.steps_per_execution = options.steps_per_execution or steps_per_execution(steps)
    return model


def known_trunks() -> dict[str, type]:
    """Returns name to class of the trunks there are."""
    layers = choices(trunks, keras.layers.Layer)
    return {name: kind for name, kind in layers.items() if hasattr(kind, "takes")}


def make_trunk(name: str, options: Mapping[str, Any]) -> keras.layers.Layer:
    """Returns a trunk.

    Args:
        name: Its name.
        options: Arguments of its constructor.

    Raises:
        ValueError: If there is no such trunk, or an option does not exist or is out of range.

    Example:
        >>> make_trunk("mmoe", {"num_experts": 2}).num_experts
        2
    """
    return make("trunk", name, known_trunks(), options)


def make_funnel(options: TrainOptions) -> keras.layers.Layer | None:
    """Returns the funnel, if one is asked for.

    Args:
        options: How the model is built.

    Example:
        >>> make_funnel(TrainOptions(funnel="escm2", tower=(8,))).tower
        (8,)
    """
    if not isinstance(options.funnel, str):
        return options.funnel
    settings = {"tower": options.tower, **options.funnel_options}
    return make("funnel", options.funnel, choices(funnels, keras.layers.Layer), settings)


def make_interaction(options: TrainOptions) -> keras.layers.Layer | None:
    """Returns the interaction, if one is asked for.

    Args:
        options: How the model is built.

    Example:
        >>> make_interaction(TrainOptions(interaction="fm", interaction_options={"dim": 8})).dim
        8
    """
    if not isinstance(options.interaction, str):
        return options.interaction
    known = choices(interactions, keras.layers.Layer)
    return make("interaction", options.interaction, known, options.interaction_options)


def make_optimizer(options: TrainOptions, steps: int) -> keras.optimizers.Optimizer:
    """Returns the optimizer: one of embedding tables and one of all else, or the one given.

    Args:
        options: How the model is trained.
        steps: Steps of an epoch, for the learning rate's schedule.
    """
    both = {"optimizer": options.optimizer, "dense_optimizer": options.dense_optimizer}
    if both["dense_optimizer"] is None:
        if not isinstance(options.optimizer, str):
            return options.optimizer
        both["dense_optimizer"] = options.optimizer
    known = choices(optimizers, keras.optimizers.Optimizer)
    del known["per_group"]  # which this makes
    embeddings, dense = (
        make(what, name, known, {"learning_rate": learning_rate(options, steps)})
        if isinstance(name, str)
        else name
        for what, name in both.items()
    )
    return optimizers.PerGroup(embeddings=embeddings, dense=dense)


def learning_rate(
    options: TrainOptions, steps: int
) -> float | keras.optimizers.schedules.LearningRateSchedule:
    """Returns the learning rate, or its cosine schedule over all steps.

    Args:
        options: How the model is trained.
        steps: Steps of an epoch.

    Example:
        >>> rate = learning_rate(TrainOptions(schedule="cosine", epochs=2), steps=50)
        >>> f"{float(rate(0)):.6f} {float(rate(50)):.6f} {float(rate(100)):.6f}"
        '0.001000 0.000505 0.000010'
    """
    if options.schedule == "constant":
        return options.learning_rate
    return keras.optimizers.schedules.CosineDecay(
        options.learning_rate, decay_steps=steps * options.epochs, alpha=0.01
    )
