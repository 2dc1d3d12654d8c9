"""The shared part of a model: encoded features through the trunk."""

from collections.abc import Mapping, Sequence

import keras

from .. import trunks
from .._layers import ScenarioNumber
from .._spelling import snake_case
from ..data import FeatureInput
from ..encoders import Tokens
from ._extras import Extras
from ._names import Namer, by_name
from ._scenario import number_of_scenarios


def with_tasks(
    trunk: keras.layers.Layer | str | None,
    tasks: Sequence[str],
    scenario: FeatureInput | None,
    name: Namer,
) -> keras.layers.Layer | None:
    """The trunk that is asked for, knowing its tasks and scenarios; none where no task needs one.

    Args:
        trunk: A trunk, its name, or `None` for the default. One that leaves its tasks or the
            number of its scenarios out stays as it is; a copy gets them.
        tasks: Names of the tasks.
        scenario: The feature that tells scenarios apart, if the spec names one.
        name: Gives names.

    Raises:
        ValueError: If it is no trunk, or lacks a task or scenario.
    """
    if not tasks:
        return None
    trunk = trunks.MMoE() if trunk is None else trunk
    if isinstance(trunk, str):
        trunk = by_name("trunk", trunk, trunks)
    if getattr(trunk, "takes", None) not in ("vector", "tokens"):
        raise ValueError(
            "trunk must be a trunk of mtlkeras.trunks, e.g. trunk=mtlkeras.trunks.MMoE(), or its "
            f"name. Received: trunk={trunk!r}."
        )
    kind, filled = type(trunk), {}
    if getattr(trunk, "takes_scenario", False):
        filled = number_of_scenarios(trunk, scenario)
    if trunk.tasks is None:
        filled |= {"tasks": list(tasks), "name": name(snake_case(kind.__name__))}
        return kind.from_config({**trunk.get_config(), **filled})
    missing = [task for task in tasks if task not in trunk.tasks]
    if missing:
        raise ValueError(
            f"{kind.__name__} must know every task of the spec, but lacks "
            f"{', '.join(map(repr, missing))}. Received: tasks={list(trunk.tasks)!r}. Leave "
            "tasks out to have them filled in."
        )
    return kind.from_config({**trunk.get_config(), **filled}) if filled else trunk


def share(
    trunk: keras.layers.Layer | None,
    encoded: Mapping[str, keras.KerasTensor],
    scenario: keras.KerasTensor | None,
    name: Namer,
    extras: Extras,
) -> dict[str, keras.KerasTensor]:
    """Puts encoded features through the trunk.

    Args:
        trunk: A trunk that knows its tasks; `None` where there is none.
        encoded: Feature that all tasks share to vector, or to tokens and mask.
        scenario: Ids of the scenario `(batch_size,)`, for trunks that take them.
        name: Gives names.
        extras: What the trunk takes beside; features of tasks that it does not take are put
            beside its representations.

    Returns:
        Task to representation `(batch_size, units)`.
    """
    if trunk is None:
        return {}
    options = extras.arguments(trunk, name)
    if getattr(trunk, "takes_scenario", False):
        options["scenario"] = ScenarioNumber(name=name("scenario_number"))(scenario)
    if trunk.takes == "tokens":
        tokens, mask = Tokens(trunk.dim, name=name("tokens"))(dict(encoded))
        return extras.beside(trunk, trunk(tokens, mask=mask, **options), name)
    vectors = list(encoded.values())
    if len(vectors) > 1:
        vectors = [keras.layers.Concatenate(name=name("encoded"))(vectors)]
    return extras.beside(trunk, trunk(vectors[0], **options), name)
