"""How often each value occurs in the training split, and the vocabulary that follows."""

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from mtlkeras.specs import CategoryFeature, DataSpec, SequenceFeature, TextFeature

from ._inputs import FIRST_ID
from ._raw import RawColumn
from ._vocabulary import Vocabulary

# Counts of so many not yet merged values are kept before they are summed up.
PENDING = 2_000_000


class ValueCounts:
    """Counts values batch by batch.

    Args:
        kind: Arrow type of the values.
    """

    def __init__(self, kind: pa.DataType):
        self.kind = kind
        self.pending: list[pa.Table] = []
        self.rows = 0

    def update(self, values: pa.Array) -> None:
        """Adds values; nulls are not counted."""
        counts = pc.value_counts(values.drop_null().cast(self.kind))
        self.merge(counts.field("values"), counts.field("counts"))

    def merge(self, values: pa.Array, counts: pa.Array) -> None:
        """Adds distinct values and how often each occurred."""
        table = pa.table({"value": values.cast(self.kind), "count": counts.cast(pa.int64())})
        self.pending.append(table)
        self.rows += len(table)
        if self.rows > PENDING:
            self.table()

    def table(self) -> pa.Table:
        """Returns each distinct `value` once with its `count`, most frequent first.

        Equally frequent values are in their own order, so that ids do not depend on the order
        of rows.
        """
        empty = pa.table({"value": pa.array([], self.kind), "count": pa.array([], pa.int64())})
        merged = pa.concat_tables([empty, *self.pending]).group_by("value").aggregate(
            [("count", "sum")]
        )  # fmt: skip
        merged = merged.rename_columns({"count_sum": "count"})
        self.pending, self.rows = [merged], 0
        return merged.sort_by([("count", "descending"), ("value", "ascending")])


class VocabularyFit:
    """Collects the vocabulary of one embedding table.

    Args:
        feature: Any feature of the table, resolved: with what the others say about it.
        integers: Whether every column of the table holds int64.
        missing: Strings that mean missing.
    """

    def __init__(
        self,
        feature: CategoryFeature | SequenceFeature | TextFeature,
        integers: bool,
        missing: Sequence[str],
    ):
        is_text = feature.type == "text"
        self.min_count = feature.min_count
        self.max_size = feature.max_tokens - FIRST_ID if is_text else feature.max_size
        self.given = None if is_text else feature.vocabulary
        self.buckets = None if is_text else feature.hash
        integers &= self.given is None or _all_integers(self.given)
        self.kind = pa.int64() if integers else pa.string()
        self.missing = tuple(m for m in missing if m)
        self.counts = ValueCounts(self.kind)

    def result(self) -> Vocabulary:
        """Returns the vocabulary."""
        if self.buckets is not None:
            return Vocabulary(pa.array([], self.kind), self.buckets, self.missing)
        if self.given is not None:
            as_key = int if pa.types.is_integer(self.kind) else str
            keys = pa.array([as_key(value) for value in self.given], self.kind)
            return Vocabulary(keys, missing=self.missing)
        table = self.counts.table()
        table = table.filter(pc.greater_equal(table["count"], self.min_count))
        keys = table["value"].combine_chunks()
        keys = keys if self.max_size is None else keys[: self.max_size]
        return Vocabulary(keys, missing=self.missing)


def table_of(name: str, feature) -> str | None:
    """Returns the key of a feature's embedding table, `None` where it has none."""
    if feature.type in ("category", "text") or (
        feature.type == "sequence" and feature.of == "category"
    ):
        return feature.table or name
    return None


def vocabulary_fits(spec: DataSpec, columns: dict[str, RawColumn]) -> dict[str, VocabularyFit]:
    """Returns one collector an embedding table of the spec."""
    members: dict[str, list[str]] = {}
    for name, feature in spec.features.items():
        if (table := table_of(name, feature)) is not None:
            members.setdefault(table, []).append(name)
    return {
        table: VocabularyFit(
            spec.resolved(names[0]),
            all(columns[spec.features[n].column or n].dtype == "int64" for n in names),
            spec.missing_values,
        )
        for table, names in members.items()
    }


def _all_integers(values: Sequence[str | int]) -> bool:
    return all(isinstance(v, int) or v.lstrip("-").isdigit() for v in values)
