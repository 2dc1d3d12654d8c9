"""Counts of one split for the report, and a sample of it for the search for leakage."""

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from mtlkeras.specs import DataSpec

from ._convert import plain
from ._errors import Problem
from ._fit import counted_values
from ._fit_vocabularies import table_of
from ._labels import label_key, valid_rows
from ._leakage import ROWS, ROWS_A_BATCH
from ._report import SplitReport
from ._vocabulary import Vocabulary

# Bad rows shown in the report.
SHOWN = 10


class Tally:
    """Counts rows, labels, missing and unseen values.

    Args:
        spec: The data spec.
        split: Name of the split.
        vocabularies: Embedding table to vocabulary; `None` while these are being learned, when
            some rows are kept as a sample, and `shares` of unseen values are set at the end.
    """

    def __init__(
        self, spec: DataSpec, split: str, vocabularies: Mapping[str, Vocabulary] | None = None
    ):
        self.spec, self.split, self.vocabularies = spec, split, vocabularies
        self.rows = self.dropped = 0
        self.problems: list[Problem] = []
        self.labels = dict.fromkeys(spec.tasks, 0)
        self.sums = dict.fromkeys(spec.tasks, 0.0)
        self.missing = dict.fromkeys(spec.features, 0)
        self.unseen = {n: [0, 0] for n in spec.features if self._words(n)}
        self.shares: dict[str, float] = {}
        self.unknown = dict.fromkeys(spec.tasks, 0)
        self.sampled: list[tuple[dict[str, pa.Array], pa.RecordBatch]] = []
        self.random = np.random.default_rng(0)

    def drop(self, problems: Sequence[Problem], rows: int | None = None) -> None:
        """Counts bad rows: `rows` of them, or as many as the problems name."""
        self.dropped += len({(p.path, p.row) for p in problems}) if rows is None else rows
        self.problems += problems[: SHOWN - len(self.problems)]

    def update(
        self,
        cleaned: Mapping[str, pa.Array],
        encoded: Mapping[str, np.ndarray],
        batch: pa.RecordBatch,
    ) -> None:
        """Adds rows; arguments as in `Fit.update`."""
        self.rows += batch.num_rows
        labels = {name: encoded[label_key(name)] for name in self.spec.tasks}
        for name, valid in valid_rows(self.spec.tasks, labels).items():
            self.labels[name] += int(valid.sum())
            if labels[name].ndim == 1:
                self.sums[name] += float(labels[name][valid].sum(dtype=np.float64))
        for name, feature in self.spec.features.items():
            array = cleaned[feature.column or name]
            self.missing[name] += _missing(array)
            if name in self.unseen:
                resolved = self.spec.resolved(name)
                counted = counted_values(resolved, array, self.spec.missing_values)
                some, total = self._words(name).unseen(*counted)
                self.unseen[name][0] += some
                self.unseen[name][1] += total
        if self.vocabularies is None:
            self._sample(cleaned, batch)
        else:
            self._count_unknown(labels, batch)

    def report(self) -> SplitReport:
        """Returns the split's part of the report."""
        means = {
            name: self.sums[name] / rows
            for name, rows in self.labels.items()
            if rows and self.spec.tasks[name].type in ("binary", "regression", "count", "amount")
        }
        return SplitReport(
            self.rows,
            self.dropped,
            dict(self.labels),
            means,
            {name: rows / max(1, self.rows) for name, rows in self.missing.items()},
            self.shares or {n: some / max(1, of) for n, (some, of) in self.unseen.items()},
            self.problems,
        )

    def sample(self) -> tuple[dict[str, pa.Array], pa.Table]:
        """Returns the kept rows: cleaned values by column, and the source columns."""
        parts, batches = zip(*self.sampled, strict=True)
        cleaned = {name: pa.concat_arrays([part[name] for part in parts]) for name in parts[0]}
        return cleaned, pa.Table.from_batches(batches)

    def _sample(self, cleaned: Mapping[str, pa.Array], batch: pa.RecordBatch) -> None:
        if sum(kept.num_rows for _, kept in self.sampled) >= ROWS:
            return
        size = min(batch.num_rows, ROWS_A_BATCH)
        rows = pa.array(np.sort(self.random.permutation(batch.num_rows)[:size]))
        scalars = [f.column or n for n, f in self.spec.features.items() if _scalar(f)]
        self.sampled.append(
            ({n: cleaned[n].take(rows) for n in dict.fromkeys(scalars)}, batch.take(rows))
        )

    def _count_unknown(self, labels: Mapping[str, np.ndarray], batch: pa.RecordBatch) -> None:
        """Counts labels outside classes that were learned from other rows."""
        for name, task in self.spec.tasks.items():
            if task.type == "multiclass" and task.classes is None:
                present = batch.num_rows - _missing(batch.column(task.column or name))
                self.unknown[name] += present - int((~np.isnan(labels[name])).sum())

    def _words(self, name: str) -> Vocabulary | None:
        table = table_of(name, self.spec.features[name])
        return None if table is None or not self.vocabularies else self.vocabularies[table]


def _scalar(feature) -> bool:
    return feature.type in ("number", "category")


def _missing(array: pa.Array) -> int:
    array = plain(array)
    if pa.types.is_list(array.type):
        return int((np.diff(array.offsets.to_numpy()) == 0).sum())
    missing = array.null_count
    if pa.types.is_string(array.type):
        missing += pc.sum(pc.equal(array, "")).as_py() or 0
    return missing
