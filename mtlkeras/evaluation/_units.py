"""Small numbers side by side: all in one power of ten."""

import numpy as np

from ._table import shown

# Largest number below which a power of ten is easier to read.
SMALL = 0.01


def common_unit(values: np.ndarray) -> float:
    """Returns the power of ten to show numbers in: 1, unless all of them are small.

    Args:
        values: The numbers; NaN where there is none.

    Example:
        >>> common_unit(np.array([4.4e-5, -2e-7])), common_unit(np.array([0.3, 2e-4]))
        (1e-05, 1.0)
    """
    known = np.abs(values[np.isfinite(values)])
    most = known.max(initial=0.0)
    # The power is rounded as it is printed: 1e-05, not 1.0000000000000001e-05.
    return float(f"1e{int(np.floor(np.log10(most)))}") if 0 < most < SMALL else 1.0


def in_units(value: float, unit: float) -> str:
    """Returns a number as it is printed, in a unit.

    Args:
        value: The number.
        unit: What `common_unit` gave.

    Example:
        >>> in_units(4.4e-5, 1e-5), in_units(0.3, 1.0), in_units(float("nan"), 1e-5)
        ('4.40', '0.3000', 'n/a')
    """
    return shown(value) if unit == 1 or np.isnan(value) else f"{value / unit:,.2f}"
