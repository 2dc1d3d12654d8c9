"""How often each task or source is drawn: by size, or by how far it lags behind."""

import math
from collections.abc import Mapping

import numpy as np


def size_rates(
    sizes: Mapping[str, float],
    temperature: float = 1.0,
    maximum: float | None = None,
    scale: float = 1.0,
) -> dict[str, float]:
    """Rates by size with a temperature, `p_k ~ min(n_k scale, maximum)^(1 / T)`.

    Raffel et al., "Exploring the Limits of Transfer Learning with a Unified Text-to-Text
    Transformer" (T5, 2020). `T = 1` draws in proportion to size, `T -> inf` all alike; `maximum`
    is what keeps the largest sources from crowding out the others.

    Args:
        sizes: Source to its number of rows, above 0.
        temperature: `T`, above 0; `math.inf` for all alike.
        maximum: Size above which a source counts no more; `None` for none.
        scale: Factor of sizes before they are limited.

    Returns:
        Source to its rate; they sum to 1.

    Raises:
        ValueError: If a number is out of range.

    Example:

    >>> rates = size_rates({"web": 900, "app": 100})
    >>> {name: round(rate, 3) for name, rate in rates.items()}
    {'web': 0.9, 'app': 0.1}
    >>> rates = size_rates({"web": 900, "app": 100}, temperature=2.0)
    >>> {name: round(rate, 3) for name, rate in rates.items()}
    {'web': 0.75, 'app': 0.25}
    """
    _check_sources(sizes, "sizes", "a size above 0", lambda size: 0 < size < math.inf)
    for name, value in (("temperature", temperature), ("scale", scale)):
        if not value > 0 or (name == "scale" and math.isinf(value)):
            raise ValueError(f"`{name}` expects a number above 0, got {value!r}.")
    if maximum is not None and not maximum > 0:
        raise ValueError(f"`maximum` expects a number above 0 or None, got {maximum!r}.")
    limited = np.array([size * scale for size in sizes.values()], np.float64)
    if maximum is not None:
        limited = np.minimum(limited, maximum)
    # The largest is 1: a low temperature overflows nothing.
    powers = (limited / limited.max()) ** (1.0 / temperature)
    return _by_name(sizes, powers / powers.sum())


def lag_rates(
    losses: Mapping[str, float],
    references: Mapping[str, float],
    temperature: float = 1.0,
    floor: float = 0.0,
) -> dict[str, float]:
    """Rates by how far losses lag behind references, `p = (1 - f) softmax(m / T) + f / K`.

    `m_k = (L_k - b_k) / b_k`, `L_k` the validation loss and `b_k` the reference, such as the
    validation loss of a model of that task alone: the more of it is still missing, the more often
    the task is drawn. Sharma et al., "Learning to Multi-Task by Active Sampling" (2018), equation
    of A5C, with scores that a task is to reach turned into losses that it is to fall to; `floor`
    is ours, and keeps every source in.

    Args:
        losses: Source to its validation loss, at least 0.
        references: Source to its reference, above 0.
        temperature: `T`, above 0: the larger, the more alike.
        floor: Share `f` that is dealt out to all alike, from 0 to 1.

    Returns:
        Source to its rate; they sum to 1.

    Raises:
        ValueError: If a number is out of range, or a source has no reference.

    Example:

    >>> rates = lag_rates({"web": 0.4, "app": 0.4}, {"web": 0.4, "app": 0.2})
    >>> {name: round(rate, 3) for name, rate in rates.items()}
    {'web': 0.269, 'app': 0.731}
    """
    _check_sources(losses, "losses", "a loss of at least 0", lambda x: 0 <= x < math.inf)
    missing = [name for name in losses if name not in references]
    if missing:
        raise ValueError(f"`references` expects one for every source, got none for {missing}.")
    _check_sources(references, "references", "a loss above 0", lambda x: 0 < x < math.inf)
    if not temperature > 0:
        raise ValueError(f"`temperature` expects a number above 0, got {temperature!r}.")
    if not 0 <= floor <= 1:
        raise ValueError(f"`floor` expects a share from 0 to 1, got {floor!r}.")
    lags = np.array([loss / references[name] - 1.0 for name, loss in losses.items()])
    powers = np.exp((lags - lags.max()) / temperature)
    return _by_name(losses, (1.0 - floor) * powers / powers.sum() + floor / len(powers))


def _by_name(names: Mapping[str, float], rates: np.ndarray) -> dict[str, float]:
    return dict(zip(names, rates.tolist(), strict=True))


def _check_sources(values: Mapping[str, float], argument: str, wanted: str, fits) -> None:
    if not values:
        raise ValueError(f"`{argument}` expects a dict of one source or more, got {values!r}.")
    for name, value in values.items():
        if not fits(value):
            raise ValueError(f"`{argument}` expects {wanted} of {name!r}, got {value!r}.")
