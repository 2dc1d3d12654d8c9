import numpy as np
import pyarrow as pa
import pytest
from pydantic import TypeAdapter

from mtlkeras.data._encode_labels import encode_label
from mtlkeras.specs._tasks import AnyTask

NAN = np.nan


def encode(values, learned=None, **options):
    task = TypeAdapter(AnyTask).validate_python(options)
    array = values if isinstance(values, pa.Array) else pa.array(values)
    return encode_label("label", task, array, getattr(task, "classes", None) or learned)


def check(values, expected, learned=None, **options):
    encoded, faults = encode(values, learned, **options)
    assert not faults
    assert encoded.dtype == np.float32
    np.testing.assert_array_equal(encoded, np.array(expected, np.float32))


@pytest.mark.parametrize(
    "values",
    [
        [1, 0, None],
        [1.0, 0.0, NAN],
        [True, False, None],
        ["1", "0", None],
        ["True", " false", ""],
        ["1.0", "0.0", None],
    ],
)
def test_binary(values):
    check(values, [1, 0, NAN], type="binary")


def test_binary_by_positive_values():
    check([">50K.", "<=50K", None], [1, 0, NAN], type="binary", positive=[">50K", ">50K."])
    check(["4", "3", "5.0", None], [1, 0, 1, NAN], type="binary", positive=[4, 5])
    check([4, 3, 5], [1, 0, 1], type="binary", positive=["4", "5"])
    check([4.0, 3.0, NAN], [1, 0, NAN], type="binary", positive=[4])


@pytest.mark.parametrize("values", [["yes", "1"], [2, 1], [0.5, 1.0], [-1, 1]])
def test_binary_without_positive_refuses_other_values(values):
    _, (fault,) = encode(values, type="binary")
    assert fault.rows.tolist() == [True, False]
    assert (fault.column, fault.expected) == ("label", "0, 1, true or false")
    assert "`positive`" in fault.hint


@pytest.mark.parametrize("values", [[5, None, 1], [5.0, NAN, 1.0], ["5", None, "1.0"]])
def test_classes_that_are_numbers_match_as_numbers(values):
    check(values, [2, NAN, 0], type="ordinal", classes=[1, 3, 5])


def test_classes_that_are_names():
    check(["b", None, "a"], [1, NAN, 0], type="multiclass", classes=["a", "b"])
    check([7, None, 8], [1, NAN, 0], type="multiclass", classes=["8", "7"])


def test_a_label_outside_given_classes_is_a_fault_and_outside_learned_ones_missing():
    _, (fault,) = encode([7, 1], type="ordinal", classes=[1, 2])
    assert fault.rows.tolist() == [True, False]
    assert fault.expected == "one of [1, 2]"
    check(["c", "b"], [NAN, 1], learned=("a", "b"), type="multiclass")


def test_multilabel():
    expected = [[1, 0, 1], [0, 1, 0], [NAN] * 3, [1, 0, 0]]
    options = {"type": "multilabel", "classes": ["x", "y", "z"]}
    check(["x, z", "y", None, "x,x,"], expected, separator=",", **options)
    check([["x", "z"], ["y"], None, ["x", None]], expected, **options)


def test_an_empty_list_says_that_no_label_holds_and_null_that_none_is_known():
    check([[], None], [[0, 0], [NAN, NAN]], type="multilabel", classes=["a", "b"])


def test_multilabel_names_rows_with_labels_outside_its_classes():
    _, (fault,) = encode([["a"], ["a", "q"]], type="multilabel", classes=["a", "b"])
    assert fault.rows.tolist() == [False, True]
    assert fault.expected == "labels among ['a', 'b']"


@pytest.mark.parametrize(
    ("values", "options", "expected"),
    [
        ([1.0, np.inf], {"type": "regression"}, "a finite number"),
        ([1.0, 1e39], {"type": "regression"}, "a finite number"),
        ([1.0, -0.5], {"type": "regression", "minimum": 0}, "a number from 0 on"),
        ([1.0, 2.5], {"type": "regression", "maximum": 2}, "a number up to 2"),
        ([1.0, -1.0], {"type": "regression", "transform": "log1p"}, "a number above -1"),
        ([1.0, -1.0], {"type": "count"}, "a whole number from 0 on"),
        ([1.0, 0.5], {"type": "count"}, "a whole number from 0 on"),
        ([1.0, 9.0], {"type": "count", "maximum": 8}, "a number up to 8"),
        ([1.0, -0.1], {"type": "amount"}, "an amount from 0 on"),
        (["1", "one"], {"type": "amount"}, "a number"),
    ],
)
def test_numbers_out_of_bounds_are_faults(values, options, expected):
    _, (fault,) = encode(values, **options)
    assert fault.rows.tolist() == [False, True]
    assert fault.expected.startswith(expected)


@pytest.mark.parametrize("kind", ["regression", "count", "amount"])
def test_numbers(kind):
    check([3, None, 0], [3, NAN, 0], type=kind)
