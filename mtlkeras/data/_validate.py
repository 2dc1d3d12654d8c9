"""What is wrong with the rows of a batch, column by column, without a loop over rows."""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from mtlkeras.specs import DataSpec

from ._convert import INTEGER, NUMBER, plain, to_floats
from ._elements import values_of
from ._encode_labels import FLOAT_MAX, Fault, encode_label
from ._inputs import TaskTarget
from ._labels import WEIGHT_KEY, label_key
from ._raw import RawColumn
from ._times import iso_parts

_EXPECTED = {"float32": "a number", "int64": "a whole number", "string": "a string"}
_CORRECT = "Correct the rows or leave the value empty."


def feature_faults(
    spec: DataSpec,
    columns: Mapping[str, RawColumn],
    cleaned: Mapping[str, pa.Array],
    failed: Mapping[str, np.ndarray],
) -> list[Fault]:
    """Returns what is wrong with feature columns.

    Args:
        spec: The data spec.
        columns: Raw columns.
        cleaned: Column to values, from `clean_batch`.
        failed: Column to rows that could not be converted, from `clean_batch`.
    """
    faults = [
        Fault(column, rows, _expected(columns[column]), "Correct the rows or the feature's type.")
        for column, rows in failed.items()
    ]
    for name, feature in spec.features.items():
        column = feature.column or name
        array = cleaned[column]
        if feature.type == "number":
            faults += _number(column, feature, array)
        elif feature.type == "sequence" and feature.of == "number":
            faults += _numbers(column, feature, array, spec.missing_values)
        elif feature.type == "timestamp" and pa.types.is_string(array.type):
            ticks = pc.match_substring_regex(array, INTEGER).fill_null(False)
            bad = _present(array) & ~iso_parts(array)[0] & ~ticks.to_numpy(zero_copy_only=False)
            hint = "Write times as 2026-09-01 or 2026-09-01T13:30:00."
            faults += _fault(column, bad, "an ISO 8601 time", hint)
    return faults


def encode_labels(
    spec: DataSpec,
    batch: pa.RecordBatch,
    targets: Mapping[str, TaskTarget] | None,
) -> tuple[dict[str, np.ndarray], list[Fault]]:
    """Encodes the label and weight columns of a batch.

    Args:
        spec: The data spec.
        batch: Source columns.
        targets: Tasks with their learned classes; `None` while these are being learned: such a
            label is then 0 where present and NaN where missing.

    Returns:
        Raw label columns, keyed by `label_key(task)` and `WEIGHT_KEY`, and what is wrong.
    """
    encoded, faults = {}, []
    for name, task in spec.tasks.items():
        column = plain(batch.column(task.column or name))
        classes = getattr(task, "classes", None)
        if targets is not None and classes is None:
            classes = targets[name].classes
        if classes is None and hasattr(task, "classes"):
            encoded[label_key(name)] = np.where(_present(column), 0.0, np.nan).astype(np.float32)
            continue
        encoded[label_key(name)], found = encode_label(name, task, column, classes)
        faults += found
    if spec.sample_weight is not None:
        encoded[WEIGHT_KEY], found = _row_weights(spec, batch)
        faults += found
    return encoded, faults


def _row_weights(spec: DataSpec, batch: pa.RecordBatch) -> tuple[np.ndarray, list[Fault]]:
    column = spec.sample_weight.column
    array, failed = to_floats(plain(batch.column(column)))
    values = array.fill_null(spec.sample_weight.default).to_numpy(zero_copy_only=False)
    bad = (values < 0) | (np.abs(values) > FLOAT_MAX)
    if failed is not None:
        bad |= failed
    return values.astype(np.float32), _fault(column, bad, "a weight from 0 on", _CORRECT)


def _number(column: str, feature, array: pa.Array) -> list[Fault]:
    if not pa.types.is_floating(array.type):
        array, failed = to_floats(array)
        faults = [] if failed is None else _fault(column, failed, "a number", _CORRECT)
    else:
        faults = []
    values = array.to_numpy(zero_copy_only=False)
    faults += _fault(column, np.abs(values) > FLOAT_MAX, "a finite number", _CORRECT)
    if feature.minimum is not None:
        bad = values < feature.minimum
        faults += _fault(column, bad, f"a number from {feature.minimum:g} on", _CORRECT)
    if feature.maximum is not None:
        bad = values > feature.maximum
        faults += _fault(column, bad, f"a number up to {feature.maximum:g}", _CORRECT)
    if feature.missing == "error":
        hint = "Fill it in or let it be replaced (missing: mean)."
        faults += _fault(column, np.isnan(values), "a number in every row", hint)
    return faults


def _numbers(column: str, feature, array: pa.Array, missing: list[str]) -> list[Fault]:
    if pa.types.is_string(array.type):
        # Only the lists that hold something else than numbers are looked at one by one.
        text = values_of(array, feature.separator, missing)
        if pc.all(pc.match_substring_regex(text, NUMBER)).as_py() in (True, None):
            return []
        lists = pc.split_pattern(array, feature.separator)
        return _fault(column, _bad_lists(lists, missing), "numbers", _CORRECT)
    values = array.values.to_numpy(zero_copy_only=False)
    infinite = np.abs(values) > FLOAT_MAX
    if not infinite.any():
        return []
    lengths = np.diff(array.offsets.to_numpy())
    rows = np.bincount(np.repeat(np.arange(len(array)), lengths)[infinite], minlength=len(array))
    return _fault(column, rows > 0, "finite numbers", _CORRECT)


def _bad_lists(lists: pa.Array, missing: list[str]) -> np.ndarray:
    lengths = pc.list_value_length(lists).fill_null(0).to_numpy(zero_copy_only=False)
    flat = pc.ascii_trim_whitespace(pc.list_flatten(lists))
    blank = pc.is_in(flat, value_set=pa.array(["", *missing]))
    fine = pc.or_(pc.match_substring_regex(flat, NUMBER), blank).fill_null(True)
    bad = ~fine.to_numpy(zero_copy_only=False)
    rows = np.repeat(np.arange(len(lists)), lengths)[bad]
    return np.bincount(rows, minlength=len(lists)) > 0


def _expected(column: RawColumn) -> str:
    if column.is_list:
        return "a list of " + _EXPECTED[column.dtype].split(" ", 1)[1] + "s"
    return "a time" if column.unit else _EXPECTED[column.dtype]


def _present(array: pa.Array) -> np.ndarray:
    return array.is_valid().to_numpy(zero_copy_only=False)


def _fault(column: str, bad: np.ndarray, expected: str, hint: str) -> list[Fault]:
    return [Fault(column, bad, expected, hint)] if bad.any() else []
