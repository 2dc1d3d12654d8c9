import numpy as np
import pyarrow as pa
import pytest
from pydantic import TypeAdapter

from mtlkeras.data._encode_labels import encode_label
from mtlkeras.data._fit_labels import TargetFit
from mtlkeras.specs._tasks import AnyTask


def fit(values, valid=None, **options):
    task = TypeAdapter(AnyTask).validate_python(options)
    target = TargetFit("t", task)
    array = pa.array(values)
    for part in (slice(0, 2), slice(2, None)):
        piece = array[part]
        encoded = np.where(piece.is_valid().to_numpy(False), 0.0, np.nan)
        if not target.learned:
            encoded, _ = encode_label("t", task, piece, target.classes)
        present = ~np.isnan(encoded if encoded.ndim == 1 else encoded[:, 0])
        target.update(encoded, piece, present if valid is None else present & valid[part])
    return target, target.result()


def test_binary_counts_rows_of_both_sides():
    _, target = fit([1, 0, 0, None, 0], type="binary")
    assert (target.rows, target.counts, target.classes) == (4, (3, 1), None)
    assert (target.mean, target.std) == (0.25, pytest.approx(0.75**0.5 / 2))


def test_rows_that_do_not_count_do_not_count():
    _, target = fit([1, 0, 0, 1], np.array([True, False, True, False]), type="binary")
    assert target.counts == (1, 1)


@pytest.mark.parametrize(
    ("values", "classes", "counts"),
    [
        (["b", "a", "b", None], ("a", "b"), (1, 2)),
        ([10, 9, 10, None], (9, 10), (1, 2)),
        ([10.0, 9.0, 10.0, None], (9, 10), (1, 2)),
        (["10", "9", "10"], (9, 10), (1, 2)),
        (["10", "09", "10"], ("09", "10"), (1, 2)),
    ],
)
def test_classes_are_learned_in_order(values, classes, counts):
    _, target = fit(values, type="multiclass")
    assert (target.classes, target.counts) == (classes, counts)


def test_learned_labels_of_a_row_count_once():
    _, target = fit(["a|b|a", "b", None, "|"], type="multilabel", separator="|")
    assert (target.classes, target.counts, target.rows) == (("a", "b"), (1, 2), 3)


def test_given_labels():
    _, target = fit([["b"], [], ["b", "a"]], type="multilabel", classes=["a", "b", "c"])
    assert (target.rows, target.counts) == (3, (1, 2, 0))


def test_balanced_class_weights_by_hand():
    _, target = fit([0, 0, 0, 1], type="binary", class_weights="balanced")
    assert target.class_weights == (4 / (2 * 3), 4 / (2 * 1))
    # A balanced sum: both classes weigh the same, and all rows as many as before.
    assert np.dot(target.counts, target.class_weights) == 4


def test_balanced_weights_of_several_classes_at_once_by_hand():
    rows = [["a", "b"], ["b"], ["b"], ["b"]]
    options = {"type": "multilabel", "classes": ["a", "b", "c"], "class_weights": "balanced"}
    _, target = fit(rows, **options)
    # 3 rows without a beside 1 with it; b and c have rows of one kind only.
    assert target.class_weights == (3.0, 1.0, 1.0)
    _, target = fit(rows, **{**options, "class_weights": [2, 3, 4]})
    assert target.class_weights == (2.0, 3.0, 4.0)


def test_a_class_without_rows_has_a_finite_weight():
    _, target = fit(["a", "a"], type="multiclass", classes=["a", "b"], class_weights="balanced")
    assert target.class_weights == (0.5, 1.0)


def test_numbers():
    _, target = fit([1.0, 3.0, None], type="regression")
    assert (target.mean, target.std, target.counts) == (2.0, 1.0, None)
    _, target = fit([0.0, np.e**2 - 1], type="regression", transform="log1p")
    assert (target.mean, target.std) == (pytest.approx(1.0), pytest.approx(1.0))
    _, target = fit([0, 2, 100], type="count", clip=4)
    assert target.mean == 2.0


def test_amounts_are_a_share_and_logarithms():
    _, target = fit([0.0, np.e, np.e**3, 0.0], type="amount")
    assert (target.mean, target.log_mean, target.log_std) == (
        0.5,
        pytest.approx(2.0),
        pytest.approx(1.0),
    )


@pytest.mark.parametrize(
    ("values", "options", "constant"),
    [
        ([1, 1, None], {"type": "binary"}, True),
        ([1, 0], {"type": "binary"}, False),
        (["a", "a"], {"type": "multiclass"}, True),
        ([["a"], ["a"]], {"type": "multilabel"}, True),
        ([["a"], []], {"type": "multilabel"}, False),
        ([0.1] * 7, {"type": "regression"}, True),
        ([0.1, 0.2], {"type": "regression"}, False),
        ([0, 0], {"type": "count"}, True),
        ([0.0, 0.0], {"type": "amount"}, True),
        ([2.0, 3.0], {"type": "amount"}, False),
        ([2.0, 0.0], {"type": "amount"}, False),
    ],
)
def test_constant_labels_are_known(values, options, constant):
    target, result = fit(values, **options)
    assert target.constant(result) is constant


def test_no_labels_name_the_task():
    target = TargetFit("t", TypeAdapter(AnyTask).validate_python({"type": "binary"}))
    assert "task 't' column t: expected at least one label" in str(target.problem())
