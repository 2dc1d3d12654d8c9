"""The pass over a split before training: validate, count, and on the training split fit."""

import warnings
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from mtlkeras.specs import DataSpec

from ._chunk import Chunk
from ._encode_labels import Fault
from ._errors import DataError, DataWarning, Problem
from ._fit import Fit
from ._inputs import TaskTarget
from ._raw import RawColumn, clean_batch
from ._tally import Tally
from ._validate import encode_labels, feature_faults
from ._validate_images import image_faults

# Problems kept; more of them add nothing to an error text.
MOST_PROBLEMS = 10_000


class Scan:
    """What a pass over one split found.

    Args:
        tally: Counts for the report.
    """

    def __init__(self, tally: Tally):
        self.tally = tally
        self.bad: dict[str, np.ndarray] = {}

    @property
    def rows(self) -> int:
        """Rows kept."""
        return self.tally.rows

    def leave_out(self, chunk: Chunk, bad: np.ndarray) -> None:
        """Remembers bad rows, bool `(rows,)`, so that every later pass leaves them out too."""
        earlier = self.bad.get(chunk.path, np.zeros(0, np.int64))
        self.bad[chunk.path] = np.concatenate([earlier, chunk.row_numbers()[bad]])

    def keep(self, chunk: Chunk) -> Chunk:
        """Returns a chunk without its bad rows."""
        if chunk.path not in self.bad:
            return chunk
        return chunk.take(~np.isin(chunk.row_numbers(), self.bad[chunk.path]))


def scan_split(
    spec: DataSpec,
    chunks: Iterable[Chunk],
    columns: Mapping[str, RawColumn],
    tally: Tally,
    *,
    targets: Mapping[str, TaskTarget] | None = None,
    fit: Fit | None = None,
) -> Scan:
    """Reads a split once.

    Args:
        spec: The data spec.
        chunks: The split's rows.
        columns: Raw feature columns.
        tally: Counts rows, labels and values.
        targets: Tasks with their classes; `None` while these are being learned.
        fit: Is given every good row.

    Raises:
        DataError: There are bad rows and the policy allows none, or more than it allows.
    """
    scan = Scan(tally)
    refuse = spec.policy.bad_rows == "error"
    problems: list[Problem] = []
    for chunk in chunks:
        if problems and refuse and chunk.path != problems[-1].path:
            break
        tally.drop(chunk.dropped)
        parts = _Parts.of(spec, columns, chunk.batch, targets)
        if parts.faults:
            found = list(as_problems(chunk, parts.faults))
            problems += found[: MOST_PROBLEMS - len(problems)]
            bad = np.logical_or.reduce([fault.rows for fault in parts.faults])
            scan.leave_out(chunk, bad)
            tally.drop(found, int(bad.sum()))
            chunk = chunk.take(~bad)
            parts = _Parts.of(spec, columns, chunk.batch, targets)
        if problems and refuse:
            continue
        if fit is not None:
            fit.update(parts.cleaned, parts.encoded, chunk.batch)
        tally.update(parts.cleaned, parts.encoded, chunk.batch)
    if problems and refuse:
        raise DataError(problems)
    _check_dropped(spec, tally)
    return scan


def source_columns(spec: DataSpec, labels: bool = True) -> list[str]:
    """Returns the source columns of features, and of labels and row weights."""
    names = [feature.column or name for name, feature in spec.features.items()]
    if labels:
        names += [task.column or name for name, task in spec.tasks.items()]
        names += [spec.sample_weight.column] if spec.sample_weight is not None else []
    return list(dict.fromkeys(names))


def as_problems(chunk: Chunk, faults: list[Fault]) -> Iterator[Problem]:
    """Yields one problem a bad row and fault."""
    for fault in faults:
        values = chunk.batch.column(fault.column)
        for row in np.flatnonzero(fault.rows)[:MOST_PROBLEMS].tolist():
            value = values[row].as_py()
            yield Problem(
                chunk.path, chunk.row(row), fault.column, value, fault.expected, fault.hint
            )


@dataclass
class _Parts:
    cleaned: dict[str, pa.Array]
    encoded: dict[str, np.ndarray]
    faults: list[Fault]

    @classmethod
    def of(cls, spec, columns, batch, targets) -> "_Parts":
        cleaned, failed = clean_batch(columns, batch)
        encoded, faults = encode_labels(spec, batch, targets)
        faults = feature_faults(spec, columns, cleaned, failed) + faults
        return cls(cleaned, encoded, faults + image_faults(spec, cleaned))


def _check_dropped(spec: DataSpec, tally: Tally) -> None:
    if not tally.dropped:
        return
    total = tally.rows + tally.dropped
    if tally.dropped > spec.policy.max_bad_fraction * total:
        worst = Problem(
            spec.name,
            None,
            None,
            f"{tally.dropped:,} of {total:,}",
            f"at most {spec.policy.max_bad_fraction:.3%} bad rows in the {tally.split} split",
            "Correct the data or raise policy.max_bad_fraction.",
        )
        raise DataError([worst, *tally.problems])
    warnings.warn(
        f"{tally.dropped:,} of {total:,} rows of the {tally.split} split are bad and left out. "
        f"First: {tally.problems[0]}",
        DataWarning,
        stacklevel=4,
    )
