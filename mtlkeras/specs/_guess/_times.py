"""Guesses about points in time."""

from datetime import UTC, datetime, timedelta

import numpy as np

from ._guess import Guess, left_out, missing_note
from ._profile import Profile

# Ticks of each unit in a second.
TICKS = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# The years 1 to 9999, nearly, in microseconds from 1970 on.
_FIRST_DAY, _LAST_DAY = -6.2e16, 2.5e17
# 1990 to 2100, in seconds.
_EARLIEST, _LATEST = 631_152_000, 4_102_444_800


def epoch_unit(column: Profile) -> str | None:
    """Unit of integers that count from 1970, or `None` where they are too small or too large."""
    low, high = column.known.min(), column.known.max()
    for unit, ticks in TICKS.items():
        if low >= _EARLIEST * ticks and high <= _LATEST * ticks:
            return unit
    return None


def is_day_number(column: Profile) -> bool:
    """Whether integers are days such as 20260901."""
    values = np.unique(column.known).astype(np.int64)
    month, day = values // 100 % 100, values % 100
    years = (values >= 1990_00_00) & (values < 2100_00_00)
    return bool(np.all(years & (month >= 1) & (month <= 12) & (day >= 1) & (day <= 31)))


def microseconds(column: Profile, unit: str | None) -> np.ndarray:
    """Times since 1970 of rows that have one, float64."""
    return column.known * (1e6 / TICKS[unit]) if unit else column.known


def moment(micros: float) -> datetime:
    """The point in time, UTC."""
    return _EPOCH + timedelta(microseconds=float(micros))


def guess_time(column: Profile, unit: str | None) -> Guess:
    """A timestamp feature with the calendar parts that tell rows apart.

    Args:
        column: Times, or integers from 1970 on.
        unit: Unit of integers.
    """
    micros = microseconds(column, unit)
    if micros.min() < _FIRST_DAY or micros.max() > _LAST_DAY:
        return left_out(column, "times that no calendar has")
    first, last = moment(micros.min()), moment(micros.max())
    day = 86_400e6
    parts = []
    if len(np.unique(micros % day // 3_600e6)) > 1:
        parts.append("hour")
    if len(np.unique(micros // day % 7)) > 1:
        parts.append("weekday")
    if last - first > timedelta(days=365):
        # In less than a year, later rows are in months that training has not seen.
        parts.append("month")
    if not parts:
        return left_out(column, f"one point in time, {first:%Y-%m-%d}")
    entry: dict = {"type": "timestamp", "parts": parts}
    if unit not in (None, "s"):
        entry["unit"] = unit
    reason = f"times from {first:%Y-%m-%d} to {last:%Y-%m-%d}{missing_note(column)}"
    return Guess(column, entry, reason)
