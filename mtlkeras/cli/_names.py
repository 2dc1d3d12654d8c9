"""Names of trunks and weightings, checked before TensorFlow is imported."""

from __future__ import annotations


def check_names(trunk: str | None = None, weighting: str | None = None) -> None:
    """Refuses names that nothing has.

    Args:
        trunk: Name of a trunk, if one is given.
        weighting: Name of a weighting, if one is given.

    Raises:
        ValueError: If there is none of that name.
    """
    from mtlkeras._catalogue import describe

    if trunk is not None:
        describe(trunk)
    if weighting is not None:
        describe(weighting, "balancing")
