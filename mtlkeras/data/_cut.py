"""A split that is cut out of the training files, chunk by chunk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from ._arrive import row_problems
from ._chunk import Chunk
from ._errors import DataError, Problem
from ._sources import cut_splits, own_splits
from ._split import NAMES, split_of_rows
from ._split_time import boundary_problem

if TYPE_CHECKING:
    from mtlkeras.specs import DataSpec


@dataclass
class Cut:
    """Takes one split out of the training files.

    Args:
        spec: The data spec.
        split: The split wanted.
        unit: Unit of the split's column where it is also a timestamp feature.
        before: Rows of the parts before the current one.
        rows: Rows of the current part so far.
        seen: Smallest and largest value of a time column so far.
    """

    spec: DataSpec
    split: str
    unit: str | None
    before: int = 0
    rows: int = 0
    seen: tuple | None = None

    @classmethod
    def of(cls, spec: DataSpec, split: str) -> Cut | None:
        """Returns the cut that a split needs, or `None` where it is whole files."""
        if split == "all" or (split != "train" and split in own_splits(spec)):
            return None
        if not cut_splits(spec) and spec.split.by != "column":
            return None
        units = [
            feature.unit
            for name, feature in spec.features.items()
            if feature.type == "timestamp"
            and (feature.column or name) == getattr(spec.split, "column", None)
        ]
        return cls(spec, split, units[0] if units else None)

    @property
    def column(self) -> str | None:
        """Column that the split is made by."""
        return getattr(self.spec.split, "column", None)

    @property
    def deliberate(self) -> bool:
        """Whether a split without rows must be a mistake rather than chance."""
        return self.split == "train" or self.spec.split.by in ("time", "column")

    @property
    def reports(self) -> bool:
        """Whether bad rows of the training files are reported with this split."""
        return self.split == "train"

    def check(self, path: str, schema: pa.Schema) -> None:
        """Refuses boundaries of a time split that cannot be compared with its column."""
        if self.spec.split.by != "time":
            return
        kind = schema.field(self.column).type
        found = boundary_problem(self.spec.split, kind, self.unit)
        if found is not None:
            name, start = found
            hint = f"Change split.{name} in the spec to a number or an ISO 8601 date, as needed."
            expected = f"a split.{name} that compares with values of type {kind}"
            raise DataError([Problem(path, None, self.column, start, expected, hint)])

    def take(self, chunk: Chunk) -> Chunk:
        """Returns the rows of the split; rows that belong to none are dropped."""
        values = None if self.column is None else chunk.batch.column(self.column)
        numbers = chunk.row_numbers()
        if self.spec.split.by == "time" and len(numbers):
            self._look(values)
        parts, mismatches = split_of_rows(
            self.spec.split, cut_splits(self.spec), values, self.before + numbers - 1, self.unit
        )
        problems = [p for bad in mismatches for p in row_problems(chunk, self.column, bad)]
        last = [int(numbers[-1])] if len(numbers) else []
        self.rows = max([self.rows, *last, *(p.row or 0 for p in chunk.dropped)])
        return chunk.take(parts == NAMES.index(self.split), tuple(problems))

    def next_part(self) -> None:
        """Goes on to the next part; rows are numbered through."""
        self.before, self.rows = self.before + self.rows, 0

    def _look(self, values: pa.Array) -> None:
        ends = pc.min_max(values).as_py()
        ends = [ends["min"], ends["max"], *(self.seen or ())]
        ends = [end for end in ends if end is not None]
        self.seen = (min(ends), max(ends)) if ends else None
