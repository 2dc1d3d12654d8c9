"""Which split each row belongs to, where splits are cut out of the training files."""

from __future__ import annotations

from collections.abc import Set
from hashlib import blake2b
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pt

from ._conform import Mismatch
from ._split_time import time_parts

if TYPE_CHECKING:
    from mtlkeras.specs import AnySplit

NAMES = ("train", "validation", "test")
TRAIN, VALIDATION, TEST, IGNORED = range(4)


def split_of_rows(
    split: AnySplit,
    cut: Set[str],
    values: pa.Array | None,
    rows: np.ndarray,
    unit: str | None = None,
) -> tuple[np.ndarray, list[Mismatch]]:
    """Assigns rows to splits.

    Args:
        split: How rows fall into splits.
        cut: The splits that are cut out of the training files; rows that would belong to
            another one (it has files of its own) are training rows.
        values: The split's column `(rows,)`; `None` for a random split.
        rows: Number of each row counted from 0 over all training files, int64 `(rows,)`.
        unit: Unit of a numeric time column counted from 1970-01-01 UTC, if known.

    Returns:
        0 training, 1 validation, 2 test, 3 none of them, int8 `(rows,)`; and rows that cannot
        be assigned (they are 3).
    """
    if split.by == "random":
        return _by_share(split, cut, splitmix64(rows.astype(np.uint64), split.seed)), []
    absent = values.is_null().to_numpy(zero_copy_only=False)
    if split.by == "group":
        parts, bad = _by_share(split, cut, group_hashes(values, split.seed)), []
    elif split.by == "time":
        parts, bad = time_parts(split, cut, values, unit)
    else:
        parts, bad = _by_value(split, cut, values)
    if absent.any():
        hint = "Fill the column, or leave such rows out."
        found = np.flatnonzero(absent)
        bad = [*bad, Mismatch(found, [None] * len(found), f"a value to split by {split.by}", hint)]
    for mismatch in bad:
        parts[mismatch.rows] = IGNORED
    return parts, bad


def splitmix64(numbers: np.ndarray, seed: int) -> np.ndarray:
    """Hashes numbers to evenly spread 64 bits (Steele, Lea & Flood, 2014).

    Args:
        numbers: uint64 `(rows,)`.
        seed: Every seed gives another hash.

    Returns:
        uint64 `(rows,)`.
    """
    golden = np.uint64(0x9E3779B97F4A7C15)
    with np.errstate(over="ignore"):
        start = _mix(np.asarray([seed % 2**64], dtype=np.uint64) + golden)
        return _mix(start + (numbers + np.uint64(1)) * golden)


def group_hashes(values: pa.Array, seed: int) -> np.ndarray:
    """Hashes values to evenly spread 64 bits, 5 and `"5"` to the same.

    Args:
        values: Numbers, strings or dates `(rows,)`.
        seed: Every seed gives another hash.

    Returns:
        uint64 `(rows,)`.
    """
    key = (seed % 2**64).to_bytes(8, "little")
    encoded = _as_text(values).dictionary_encode()
    hashes = [
        int.from_bytes(blake2b((text or "").encode(), digest_size=8, key=key).digest(), "little")
        for text in encoded.dictionary.to_pylist()
    ]
    hashes = np.array([*hashes, 0], dtype=np.uint64)
    return hashes[encoded.indices.fill_null(len(hashes) - 1).to_numpy(zero_copy_only=False)]


def _mix(bits: np.ndarray) -> np.ndarray:
    bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return bits ^ (bits >> np.uint64(31))


def _by_share(split, cut: Set[str], hashes: np.ndarray) -> np.ndarray:
    """Cuts [0, 1) into validation, test and training, in this order."""
    shares = (hashes >> np.uint64(11)) * 2.0**-53
    parts = np.zeros(len(shares), dtype=np.int8)
    if "validation" in cut:
        parts[shares < split.validation] = VALIDATION
    if "test" in cut:
        inside = (shares >= split.validation) & (shares < split.validation + split.test)
        parts[inside] = TEST
    return parts


def _by_value(split, cut: Set[str], values: pa.Array) -> tuple[np.ndarray, list[Mismatch]]:
    meaning = {str(value): IGNORED for value in split.ignore}
    for part, name in enumerate(NAMES):
        if name == "train" or name in cut:
            meaning |= {str(value): part for value in getattr(split, name)}
    encoded = _as_text(values).dictionary_encode()
    known = encoded.dictionary.to_pylist()
    parts_of = np.array([*(meaning.get(value, -1) for value in known), IGNORED], dtype=np.int8)
    codes = encoded.indices.fill_null(len(known)).to_numpy(zero_copy_only=False)
    parts = parts_of[codes]
    unknown = np.flatnonzero(parts < 0)
    if not len(unknown):
        return parts, []
    expected = f"one of {', '.join(sorted(meaning))}"
    hint = "List the value in the spec under split.train, validation, test or ignore."
    found = [known[codes[row]] for row in unknown]
    return parts, [Mismatch(unknown, found, expected, hint)]


def _as_text(values: pa.Array) -> pa.Array:
    """Returns values as strings, whole floats without their `.0`."""
    if pt.is_floating(values.type):
        whole = pc.equal(values, pc.floor(values))
        small = pc.less(pc.abs(values), 2.0**63)
        exact = pc.if_else(pc.and_(whole, small), values, pa.scalar(None, values.type))
        return pc.coalesce(exact.cast(pa.int64()).cast(pa.string()), values.cast(pa.string()))
    return values.cast(pa.string())
