"""The suites, in the order in which all of them run.

Each is a module with `ABOUT` (one line), `measure(bench)`, which returns what is written as JSON,
`targets(result)` and `draw(result, path)`.
"""

from . import (
    balancing,
    batch,
    bottom,
    experts,
    first_step,
    pareto,
    quality,
    readers,
    real,
    sharing,
    small,
    tables,
    weightings,
)

SUITES = {
    "tables": tables,
    "batch": batch,
    "experts": experts,
    "small": small,
    "first_step": first_step,
    "bottom": bottom,
    "readers": readers,
    "sharing": sharing,
    "balancing": balancing,
    "pareto": pareto,
    "quality": quality,
    "real": real,
    "weightings": weightings,
}

__all__ = ["SUITES"]
