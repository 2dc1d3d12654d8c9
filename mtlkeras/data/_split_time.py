"""Splits by time: dates, points in time, ISO strings or numbers against two boundaries."""

from __future__ import annotations

from collections.abc import Set
from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pt

from ._conform import Mismatch, conform
from ._types import FLOAT, TIME

_MICROSECONDS = {"s": 1e6, "ms": 1e3, "us": 1.0, "ns": 1e-3, "D": 86_400e6}
_ISO_HINT = "Write times as in ISO 8601, for example 2026-09-01 or 2026-09-01T12:00:00Z."


def time_parts(
    split, cut: Set[str], values: pa.Array, unit: str | None = None
) -> tuple[np.ndarray, list[Mismatch]]:
    """Assigns rows to splits by time.

    Args:
        split: The spec's time split.
        cut: The splits that are cut out of the training files.
        values: Dates, points in time, ISO strings or numbers `(rows,)`.
        unit: Unit of numbers counted from 1970-01-01 UTC, for boundaries that are dates.

    Returns:
        0 training, 1 validation, 2 test, int8 `(rows,)`, and rows that are no time.
    """
    starts = [("validation", split.validation_from), ("test", split.test_from)]
    starts = [
        (part, start)
        for part, (name, start) in enumerate(starts, 1)
        if name in cut and start is not None
    ]
    as_numbers = all(_is_number(s) for _, s in starts) and not pt.is_temporal(values.type)
    times, bad = (_numbers if as_numbers else _moments)(values, unit)
    parts = np.zeros(len(values), dtype=np.int8)
    for part, start in starts:
        boundary = float(start) if as_numbers else _microseconds(start)
        parts[times >= boundary] = part
    return parts, bad


def boundary_problem(split, kind: pa.DataType, unit: str | None) -> tuple[str, object] | None:
    """Returns which boundary cannot be compared with the column, or `None`.

    Args:
        split: The spec's time split.
        kind: Type of the split's column.
        unit: Unit of a numeric column, if known.
    """
    starts = {name: getattr(split, name) for name in ("validation_from", "test_from")}
    starts = {name: start for name, start in starts.items() if start is not None}
    if all(_is_number(start) for start in starts.values()) and not pt.is_temporal(kind):
        return None
    needs_unit = pt.is_integer(kind) or pt.is_floating(kind)
    for name, start in starts.items():
        if not _is_iso(start) or (needs_unit and unit is None):
            return name, start
    return None


def _is_number(value: object) -> bool:
    try:
        float(value)
    except (TypeError, ValueError):
        return False
    return True


def _is_iso(value: object) -> bool:
    try:
        datetime.fromisoformat(str(value))
    except ValueError:
        return False
    return True


def _microseconds(value: object) -> float:
    moment = datetime.fromisoformat(str(value))
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return moment.timestamp() * 1e6


def _numbers(values: pa.Array, unit: str | None) -> tuple[np.ndarray, list[Mismatch]]:
    if not pt.is_string(values.type):
        return values.cast(FLOAT, safe=False).to_numpy(zero_copy_only=False), []
    times, mismatch = conform(values, FLOAT)
    return times.to_numpy(zero_copy_only=False), [mismatch] if mismatch else []


def _moments(values: pa.Array, unit: str | None) -> tuple[np.ndarray, list[Mismatch]]:
    """Returns microseconds since 1970-01-01 UTC, NaN where there is none."""
    if pt.is_temporal(values.type):
        micros = values.cast(TIME).cast(pa.int64()).cast(FLOAT, safe=False)
        return micros.to_numpy(zero_copy_only=False), []
    if not pt.is_string(values.type):
        return values.cast(FLOAT, safe=False).to_numpy(zero_copy_only=False) * _MICROSECONDS[
            unit
        ], []
    try:
        return _moments(values.cast(TIME), unit)
    except pa.ArrowInvalid:
        return _read_each(values, unit)


def _read_each(values: pa.Array, unit: str | None) -> tuple[np.ndarray, list[Mismatch]]:
    """Reads strings one by one (each distinct one once): UTC offsets, numbers in a known unit."""
    encoded = values.dictionary_encode()
    texts = encoded.dictionary.to_pylist()
    read = np.full(len(texts) + 1, np.nan)
    for index, text in enumerate(texts):
        if unit is not None and _is_number(text):
            read[index] = float(text) * _MICROSECONDS[unit]
        elif _is_iso(text):
            read[index] = _microseconds(text)
    codes = encoded.indices.fill_null(len(texts)).to_numpy(zero_copy_only=False)
    times = read[codes]
    wrong = np.flatnonzero(np.isnan(times) & pc.is_valid(values).to_numpy(zero_copy_only=False))
    if not len(wrong):
        return times, []
    found = [texts[codes[row]] for row in wrong]
    return times, [Mismatch(wrong, found, "a date or point in time", _ISO_HINT)]
