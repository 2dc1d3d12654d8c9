"""From encoded features to their interaction, which a trunk reads in their place."""

from collections.abc import Mapping, Sequence

import keras

from .. import interactions
from .._spelling import check_names, snake_case
from ..encoders import Tokens
from ._names import Namer, by_name


def with_interaction(
    interaction: keras.layers.Layer | str | None, trunk: keras.layers.Layer | None, name: Namer
) -> keras.layers.Layer | None:
    """The interaction that is asked for, if any.

    Args:
        interaction: An interaction, its name, or `None`. One that has no weights yet stays as it
            is; a copy is used.
        trunk: The trunk that is to read it; `None` where there is none.
        name: Gives names.

    Raises:
        ValueError: If it is no interaction, or the trunk does not read one.
    """
    if interaction is None:
        return None
    if isinstance(interaction, str):
        interaction = by_name("interaction", interaction, interactions)
    kind = type(interaction)
    takes = getattr(interaction, "takes", None)
    if takes not in ("vector", "tokens") or hasattr(interaction, "tasks"):
        raise ValueError(
            "interaction must be an interaction of mtlkeras.interactions, e.g. "
            "interaction=mtlkeras.interactions.CrossNet(), or its name. Received: "
            f"interaction={interaction!r}."
        )
    if trunk is None or trunk.takes != "vector":
        reader = "no trunk reads it" if trunk is None else f"{type(trunk).__name__} takes tokens"
        raise ValueError(
            f"An interaction gives one vector, but {reader}. Leave the interaction out, or take a "
            f"trunk that takes a vector, e.g. trunk='mmoe'. Received: interaction={kind.__name__}."
        )
    if getattr(trunk, "takes_own_encodings", False):
        raise ValueError(
            f"{type(trunk).__name__} reads features as each task has them, for which one "
            "interaction of all cannot stand. Leave the interaction out, or take another trunk. "
            f"Received: interaction={kind.__name__}."
        )
    if interaction.built:
        return interaction
    label = name(snake_case(kind.__name__))
    return kind.from_config({**interaction.get_config(), "name": label})


def reads_apart(interaction: keras.layers.Layer | None) -> bool:
    """Whether an interaction reads features one by one, and not only side by side."""
    if interaction is None:
        return False
    return interaction.takes == "tokens" or bool(contexts_of(interaction))


def contexts_of(interaction: keras.layers.Layer) -> dict[str, Sequence[str]]:
    """Call argument to the features whose encodings it takes besides `x`."""
    if not getattr(interaction, "takes_contexts", False):
        return {}
    arguments = ("first_context", "second_context")
    return {a: c for a, c in zip(arguments, interaction.contexts, strict=True) if c}


def interact(
    interaction: keras.layers.Layer | None,
    encoded: Mapping[str, keras.KerasTensor],
    name: Namer,
) -> Mapping[str, keras.KerasTensor]:
    """Puts an interaction in the place of encoded features.

    Args:
        interaction: The interaction; `None` leaves the features as they are.
        encoded: Feature to vector, each apart where `reads_apart` says so.
        name: Gives names.

    Returns:
        As `encoded`, or name of the interaction to its vector `(batch_size, width)`.

    Raises:
        ValueError: If the contexts of the interaction name no features.
    """
    if interaction is None:
        return encoded
    if interaction.takes == "tokens":
        tokens, mask = Tokens(interaction.dim, name=name("feature_tokens"))(dict(encoded))
        return {interaction.name: interaction(tokens, mask=mask)}
    options = {}
    for argument, features in contexts_of(interaction).items():
        what = f"contexts of {type(interaction).__name__}"
        check_names(what, features, encoded, "features of the spec")
        label = f"{interaction.name}_{argument}"
        options[argument] = side_by_side([encoded[f] for f in features], label, name)
    x = side_by_side(list(encoded.values()), "features", name)
    return {interaction.name: interaction(x, **options)}


def side_by_side(
    vectors: Sequence[keras.KerasTensor], label: str, name: Namer
) -> keras.KerasTensor:
    """Vectors `(batch_size, width)` as one; a single one as it is.

    Args:
        vectors: One vector or more.
        label: Name of the layer that puts them together.
        name: Gives names.
    """
    if len(vectors) == 1:
        return vectors[0]
    return keras.layers.Concatenate(name=name(label))(list(vectors))
