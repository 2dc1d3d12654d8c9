"""From the scenario feature of a spec to what trunks take."""

import keras

from .._layers import RESERVED
from ..data import FeatureInput


def number_of_scenarios(trunk: keras.layers.Layer, scenario: FeatureInput | None) -> dict:
    """The number of scenarios, as an option of a trunk that leaves it out.

    Args:
        trunk: A trunk that tells scenarios apart.
        scenario: The feature that tells scenarios apart, if the spec names one.

    Returns:
        `{"num_scenarios": number}`, or nothing to fill in.

    Raises:
        ValueError: If the spec names no scenario, the scenario has no values to tell apart, or
            the trunk was made for fewer.
    """
    kind = type(trunk).__name__
    if scenario is None:
        raise ValueError(
            f"{kind} tells scenarios apart, but the spec names none. Name a category feature in "
            "`scenario`, or take another trunk."
        )
    number = (scenario.size or 0) - RESERVED
    if scenario.kind != "category" or number < 1:
        found = "no values" if scenario.kind == "category" else f"kind {scenario.kind!r}"
        raise ValueError(
            f"{kind} tells scenarios apart by a category feature with values of its own. Received: "
            f"scenario {scenario.name!r}, of {found}. List its `vocabulary` in the spec, name "
            "another feature in `scenario`, or take another trunk."
        )
    if trunk.num_scenarios is None:
        return {"num_scenarios": number}
    if trunk.num_scenarios < number:
        raise ValueError(
            f"{kind} must know every scenario of the spec: {scenario.name!r} has {number}. "
            f"Received: num_scenarios={trunk.num_scenarios}. Leave num_scenarios out to have it "
            "filled in."
        )
    return {}
