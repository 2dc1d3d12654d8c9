"""Label columns to float32 with NaN where missing, on the host.

| task                 | raw label                                             |
|----------------------|-------------------------------------------------------|
| binary               | 0 or 1, `(rows,)`                                     |
| multiclass, ordinal  | position among the classes, `(rows,)`                 |
| multilabel           | 0 or 1 a class, `(rows, classes)`; NaN throughout     |
| regression, count, amount | the label, `(rows,)`                             |
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ._convert import is_text, plain, to_floats, to_strings
from ._elements import values_of
from ._raw import is_list

FLOAT_MAX = float(np.finfo(np.float32).max)
CLASSES = ("multiclass", "multilabel", "ordinal")
_TRUE = pa.array(["true", "1", "1.0"])
_FALSE = pa.array(["false", "0", "0.0"])


@dataclass(frozen=True)
class Fault:
    """Rows of one column that break one expectation.

    Args:
        column: Source column.
        rows: Which rows, bool `(rows,)`.
        expected: What should have been there.
        hint: What to do.
    """

    column: str
    rows: np.ndarray
    expected: str
    hint: str


def encode_label(
    name: str, task, array: pa.Array, classes: Sequence[str | int] | None
) -> tuple[np.ndarray, list[Fault]]:
    """Encodes one label column.

    Args:
        name: Name of the task.
        task: The task of the spec.
        array: Label column `(rows,)`.
        classes: Its classes, given or learned; `None` for tasks without.

    Returns:
        float32 `(rows,)` or `(rows, classes)`, and what is wrong with it. A value outside
        learned classes is missing, not wrong.
    """
    array, column = plain(array), task.column or name
    if task.type == "binary":
        values, bad, expected = _binary(task, array)
        return values, _faults(column, bad, expected, "Name the values that mean yes: `positive`.")
    if task.type == "multilabel":
        return _multilabel(column, task, array, classes)
    if task.type in CLASSES:
        codes = class_codes(array, classes)
        present = _present(array)
        bad = present & np.isnan(codes) if task.classes is not None else np.zeros(len(array), bool)
        hint = "Correct the rows or add the value to `classes`."
        return codes, _faults(column, bad, f"one of {list(classes)}", hint)
    return _numeric(column, task, array)


def class_codes(array: pa.Array, classes: Sequence[str | int]) -> np.ndarray:
    """Returns the position of each value among the classes, float32 with NaN for none."""
    if all(isinstance(c, int) for c in classes):
        # As numbers: 5, 5.0, "5" and "5.0" are the same class.
        values, keys = to_floats(array)[0], pa.array(classes, pa.float64())
    else:
        values, keys = to_strings(array)[0], pa.array(list(map(str, classes)))
    return pc.index_in(values, value_set=keys).to_numpy(zero_copy_only=False).astype(np.float32)


def label_elements(task, array: pa.Array) -> tuple[pa.Array, np.ndarray]:
    """Returns the labels of a multilabel column, flat, and the row of each."""
    rows = np.arange(len(array))
    if is_list(array.type):
        lists = array
    elif task.separator is None:
        return to_strings(array)[0], rows
    else:
        lists = pc.split_pattern(to_strings(array)[0], task.separator)
    lengths = pc.list_value_length(lists).fill_null(0).to_numpy(zero_copy_only=False)
    flat, parents = to_strings(plain(pc.list_flatten(lists)))[0], np.repeat(rows, lengths)
    flat = pc.ascii_trim_whitespace(flat)
    kept = pc.not_equal(flat, "").fill_null(False)
    return flat.filter(kept), parents[kept.to_numpy(zero_copy_only=False)]


def class_values(task, array: pa.Array) -> pa.Array:
    """Returns the values of a label column whose classes are learned, as strings."""
    array = plain(array)
    values = label_elements(task, array)[0] if task.type == "multilabel" else to_strings(array)[0]
    return values_of(values, None, ())


def sorted_classes(values: Sequence[str]) -> tuple[str | int, ...]:
    """Returns learned classes in order: as integers where every one is one."""
    if all(_canonical_integer(v) for v in values):
        return tuple(sorted(map(int, values)))
    return tuple(sorted(values))


def _binary(task, array: pa.Array) -> tuple[np.ndarray, np.ndarray, str]:
    present = _present(array)
    if task.positive is not None:
        named = to_strings(array)[0]
        yes = _mask(pc.is_in(named, value_set=pa.array([_name(p) for p in task.positive])))
        numbers = [float(p) for p in task.positive if isinstance(p, int | float)]
        if numbers and not pa.types.is_temporal(array.type):
            numeric = to_floats(array)[0]
            yes |= _mask(pc.is_in(numeric, value_set=pa.array(numbers, pa.float64())))
        return np.where(present, yes, np.nan).astype(np.float32), np.zeros(len(array), bool), ""
    if is_text(array.type):
        folded = pc.utf8_lower(pc.utf8_trim_whitespace(array))
        yes = _mask(pc.is_in(folded, value_set=_TRUE))
        no = _mask(pc.is_in(folded, value_set=_FALSE))
    else:
        values = to_floats(array)[0]
        yes, no = _mask(pc.equal(values, 1.0)), _mask(pc.equal(values, 0.0))
    values = np.where(yes, 1.0, np.where(no, 0.0, np.nan)).astype(np.float32)
    return values, present & ~yes & ~no, "0, 1, true or false"


def _multilabel(column, task, array, classes) -> tuple[np.ndarray, list[Fault]]:
    labels, rows = label_elements(task, array)
    codes = class_codes(labels, classes)
    known = ~np.isnan(codes)
    values = np.zeros((len(array), len(classes)), np.float32)
    values[rows[known], codes[known].astype(np.int64)] = 1.0
    values[~_present(array)] = np.nan
    bad = np.zeros(len(array), bool)
    if task.classes is not None:
        bad[rows[~known]] = True
    hint = "Correct the rows or add the value to `classes`."
    return values, _faults(column, bad, f"labels among {list(classes)}", hint)


def _numeric(column: str, task, array: pa.Array) -> tuple[np.ndarray, list[Fault]]:
    cleaned, failed = to_floats(array)
    values = cleaned.to_numpy(zero_copy_only=False)
    faults = [] if failed is None else _faults(column, failed, "a number", "Correct the rows.")
    checks = [(np.abs(values) > FLOAT_MAX, "a finite number")]
    if task.type == "count":
        whole = (values >= 0) & (np.floor(values) == values)
        checks.append((~whole & ~np.isnan(values), "a whole number from 0 on"))
    if task.type == "amount":
        checks.append((values < 0, "an amount from 0 on"))
    if task.type == "regression" and task.transform == "log1p":
        checks.append((values <= -1, "a number above -1 (transform: log1p)"))
    if (minimum := getattr(task, "minimum", None)) is not None:
        checks.append((values < minimum, f"a number from {minimum:g} on"))
    if task.maximum is not None:
        checks.append((values > task.maximum, f"a number up to {task.maximum:g}"))
    for bad, expected in checks:
        hint = "Correct the rows, or leave the label empty where it is not known."
        faults += _faults(column, bad, expected, hint)
    with np.errstate(over="ignore"):
        return values.astype(np.float32), faults


def _faults(column: str, bad: np.ndarray, expected: str, hint: str) -> list[Fault]:
    return [Fault(column, bad, expected, hint)] if bad.any() else []


def _present(array: pa.Array) -> np.ndarray:
    present = array.is_valid().to_numpy(zero_copy_only=False)
    if pa.types.is_floating(array.type):
        return present & ~np.isnan(array.to_numpy(zero_copy_only=False))
    return present & _mask(pc.not_equal(array, "")) if is_text(array.type) else present


def _mask(array: pa.Array) -> np.ndarray:
    return array.fill_null(False).to_numpy(zero_copy_only=False).copy()


def _name(value: str | int | float) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _canonical_integer(text: str) -> bool:
    digits = text.removeprefix("-")
    return digits.isdigit() and digits.isascii() and (digits == "0" or digits[0] != "0")
