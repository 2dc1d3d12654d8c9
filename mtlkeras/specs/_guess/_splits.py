"""Guesses split and scenario."""

import re
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa

from ._guess import percent, some
from ._names import NOT_OF_ROW, SCENARIOS, TIMES, USERS, is_id, says, words
from ._profile import Profile, profile
from ._sample import TIME_ROWS, Sample
from ._times import TICKS, is_day_number, moment

_FEW_VALUES = 50
_SPLIT_NAMES = {"split", "set", "fold", "partition", "subset", "dataset"}
_SIDES = {"train": r"train|^tr$", "validation": r"val|dev", "test": r"test|hold"}


@dataclass
class SplitGuess:
    """A split, the reason for it, and others worth a thought."""

    entry: dict[str, Any]
    reason: str
    others: list[tuple[dict[str, Any], str]] = field(default_factory=list)


def guess_split(sample: Sample, columns: list[Profile], features: dict[str, Any]) -> SplitGuess:
    """Guesses how rows fall into training, validation and test.

    Args:
        sample: The data.
        columns: Its columns that are no labels.
        features: Column to entry of the feature that was guessed for it.
    """
    random = {"by": "random", "validation": 0.1, "test": 0.1}
    given = _by_column(columns)
    if given is not None:
        return given
    group = _by_group(columns)
    others = [group] if group else []
    by_time = _by_time(sample, columns, features)
    if by_time is not None:
        return SplitGuess(*by_time, [*others, (random, "every row by chance")])
    return SplitGuess(random, "every row by chance, for no column of times was found", others)


def guess_scenario(columns: list[Profile], taken: set[str]) -> tuple[Profile, str] | None:
    """Guesses the column that tells scenarios apart.

    Args:
        columns: The columns that are no labels.
        taken: Names of columns that are left out.
    """
    for wanted in SCENARIOS:
        for column in columns:
            fits = column.kind in ("string", "integer") and column.name not in taken
            if fits and wanted in words(column.name) and 2 <= column.distinct <= 50:
                return column, f"{column.distinct} values: {some(column)}"
    return None


def passes(column: Profile, times: Profile) -> bool:
    """Whether a column's values in the last fifth of the rows are unlike all before.

    Args:
        column: Numbers or strings.
        times: When each row was.
    """
    if column.distinct <= _FEW_VALUES:
        return False
    order = np.argsort(times.numbers, kind="stable")
    codes = column.values.dictionary_encode().indices.fill_null(-1)
    codes = codes.to_numpy(zero_copy_only=False)[order]
    codes = codes[codes >= 0]
    cut = int(0.8 * len(codes))
    return bool(np.isin(codes[cut:], codes[:cut]).mean() < 0.05)


def _by_column(columns: list[Profile]) -> SplitGuess | None:
    for column in columns:
        if column.kind != "string" or column.distinct > 20:
            continue
        if not _SPLIT_NAMES.intersection(words(column.name)):
            continue
        entry: dict[str, Any] = {"by": "column", "column": column.name}
        rest = sorted(column.counts)
        for side, pattern in _SIDES.items():
            values = [value for value in rest if re.search(pattern, value.lower())]
            rest = [value for value in rest if value not in values]
            entry[side] = values
        if entry["train"] and (entry["validation"] or entry["test"]):
            entry |= {"ignore": rest} if rest else {}
            return SplitGuess(entry, f"the column says where each row belongs: {some(column, 6)}")
    return None


def _by_group(columns: list[Profile]) -> tuple[dict[str, Any], str] | None:
    for column in columns:
        several = column.kind in ("string", "integer") and 20 < column.distinct < column.present
        if several and is_id(column.name) and says(column.name, USERS):
            entry = {"by": "group", "column": column.name, "validation": 0.1, "test": 0.1}
            return entry, f"no {words(column.name)[0]} on both sides"
    return None


def _by_time(
    sample: Sample, columns: list[Profile], features: dict[str, Any]
) -> tuple[dict[str, Any], str] | None:
    """Cuts at about 80 % and 90 % of the rows, where a column of times covers some days."""
    timed = [c for c in columns if features.get(c.name, {}).get("type") == "timestamp"]
    numbered = [c for c in columns if _is_days(c)]
    for column in timed + numbered:
        if says(column.name, NOT_OF_ROW):
            continue
        unit = features.get(column.name, {}).get("unit", "s") if column in timed else None
        numbers = _whole_column(sample, column)
        if not len(numbers):
            continue
        found = _day_cuts(numbers) if unit is None else _moment_cuts(column, numbers, unit)
        if found is None:
            continue
        cuts, bounds = found
        before = [float((numbers < cut).mean()) for cut in cuts]
        shares = [before[0], before[1] - before[0], 1 - before[1]]
        if min(shares) < 0.02:
            continue
        entry = {"by": "time", "column": column.name}
        entry |= dict(zip(("validation_from", "test_from"), bounds, strict=True))
        return entry, f"training, validation and test by time: {', '.join(map(percent, shares))}"
    return None


def _is_days(column: Profile) -> bool:
    return column.kind == "integer" and says(column.name, TIMES) and is_day_number(column)


def _whole_column(sample: Sample, column: Profile) -> np.ndarray:
    """All values of a column of times that are not missing."""
    parts, count = [column.known[:0]], 0
    # Rows that cannot be read are the business of whoever reads the data, not of a guess.
    with suppress(pa.ArrowInvalid, OSError):
        for batch in sample.column_batches(column.name):
            part = profile(column.name, batch)
            if part.kind == column.kind:
                parts.append(part.known)
            count += len(batch)
            if count >= TIME_ROWS:
                break
    return np.concatenate(parts)


def _day_cuts(days: np.ndarray) -> tuple[list[float], list[int]]:
    """Boundaries of days such as 20260901."""
    cuts = np.quantile(days, [0.8, 0.9], method="nearest")
    return cuts.tolist(), [int(cut) for cut in cuts]


def _moment_cuts(
    column: Profile, numbers: np.ndarray, unit: str
) -> tuple[list[float], list[str]] | None:
    """Boundaries at the beginning of a day, or of an hour in a log of a few days."""
    ticks = TICKS["us" if column.kind == "time" else unit]
    extent = (numbers.max() - numbers.min()) / ticks
    step, form = (86_400, "%Y-%m-%d") if extent >= 30 * 86_400 else (3_600, "%Y-%m-%dT%H:%M:%S")
    if extent < 10 * step:
        return None
    cuts = np.round(np.quantile(numbers, [0.8, 0.9]) / (step * ticks)) * step * ticks
    return cuts.tolist(), [f"{moment(cut / ticks * 1e6):{form}}" for cut in cuts]
