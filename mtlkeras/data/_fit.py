"""One pass over the training split that learns all that preprocessing needs."""

import warnings
from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import tensorflow as tf

from mtlkeras.specs import DataSpec

from ._convert import plain, to_floats
from ._elements import values_of
from ._errors import DataError, DataWarning
from ._fit_labels import TargetFit
from ._fit_numbers import NumberFit
from ._fit_vocabularies import table_of, vocabulary_fits
from ._inputs import TaskTarget
from ._labels import label_key, valid_rows
from ._raw import RawColumn
from ._transform_texts import tokenize
from ._transforms import FittedState, image_roots


class Fit:
    """Collects statistics batch by batch.

    Args:
        spec: The data spec.
        columns: Raw columns, from `plan_columns`.
    """

    def __init__(self, spec: DataSpec, columns: Mapping[str, RawColumn]):
        self.spec, self.columns = spec, columns
        self.features = {name: spec.resolved(name) for name in spec.features}
        self.numbers = {n: NumberFit(f) for n, f in spec.features.items() if _is_number(f)}
        self.vocabularies = vocabulary_fits(spec, columns)
        self.targets = {name: TargetFit(name, task) for name, task in spec.tasks.items()}

    def update(
        self,
        cleaned: Mapping[str, pa.Array],
        encoded: Mapping[str, np.ndarray],
        batch: pa.RecordBatch,
    ) -> None:
        """Adds rows.

        Args:
            cleaned: Source column to values, from `clean_batch`.
            encoded: Encoded labels, from `encode_labels`.
            batch: Source columns.
        """
        for name, feature in self.features.items():
            array = cleaned[feature.column or name]
            if name in self.numbers:
                self.numbers[name].update(numbers_of(feature, array, self.spec.missing_values))
            elif (table := table_of(name, feature)) is not None:
                words = self.vocabularies[table]
                if words.buckets is None:
                    words.counts.merge(*counted_values(feature, array, self.spec.missing_values))
        tasks = self.spec.tasks
        labels = {name: encoded[label_key(name)] for name in tasks}
        valid = valid_rows(tasks, labels)
        for name, target in self.targets.items():
            column = plain(batch.column(tasks[name].column or name))
            target.update(labels[name], column, valid[name])

    def state(self) -> FittedState:
        """Returns what was learned about features."""
        return FittedState(
            dict(self.columns),
            {name: fit.result() for name, fit in self.numbers.items()},
            {table: fit.result() for table, fit in self.vocabularies.items()},
            image_roots(self.spec),
        )

    def task_targets(self) -> dict[str, TaskTarget]:
        """Returns what was learned about labels; a task whose labels are all equal is warned of.

        Raises:
            DataError: Tasks have no labels; all of them are named.
        """
        problems = [fit.problem() for fit in self.targets.values() if not fit.rows]
        if problems:
            raise DataError(problems)
        targets = {name: fit.result() for name, fit in self.targets.items()}
        for name, fit in self.targets.items():
            if fit.constant(targets[name]):
                warnings.warn(
                    f"task '{name}': all {fit.rows:,} training labels are the same; there is "
                    "nothing to learn. Check `column`, or leave the task out.",
                    DataWarning,
                    stacklevel=4,
                )
        return targets

    def unseen(self, state: FittedState) -> dict[str, float]:
        """Returns the share of training values out of vocabulary, of each feature's table."""
        shares = {}
        for name, feature in self.features.items():
            if (table := table_of(name, feature)) is not None:
                counts = self.vocabularies[table].counts.table()
                values = counts["value"].combine_chunks(), counts["count"].combine_chunks()
                some, total = state.vocabularies[table].unseen(*values)
                shares[name] = some / max(1, total)
        return shares


def numbers_of(feature, array: pa.Array, missing: list[str]) -> np.ndarray:
    """Returns a number column's values, or its sequences' elements, as float64 with NaN."""
    if feature.type == "sequence":
        array = values_of(array, feature.separator, missing)
    return to_floats(array)[0].to_numpy(zero_copy_only=False)


def counted_values(feature, array: pa.Array, missing: list[str]) -> tuple[pa.Array, pa.Array]:
    """Returns the distinct values (elements, words) of a column and how often each occurs.

    Missing ones do not count, nor words beyond a text's `max_length`.
    """
    if feature.type != "text":
        values = values_of(array, getattr(feature, "separator", None), missing)
        counts = values.value_counts()
        return counts.field("values"), counts.field("counts")
    texts = values_of(array, None, missing).cast(pa.binary()).to_numpy(zero_copy_only=False)
    # By the graph's own function, so that what is counted is what will be looked up.
    words = tokenize(tf.constant(texts, tf.string), feature.lowercase)[:, : feature.max_length]
    distinct, _, counts = tf.unique_with_counts(words.values, tf.int64)
    return pa.array(distinct.numpy(), pa.binary()).cast(pa.string()), pa.array(counts.numpy())


def _is_number(feature) -> bool:
    return feature.type == "number" or (feature.type == "sequence" and feature.of == "number")
