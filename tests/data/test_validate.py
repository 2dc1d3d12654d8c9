import numpy as np
import pyarrow as pa
import pytest

from mtlkeras.data._raw import clean_batch, plan_columns
from mtlkeras.data._validate import encode_labels, feature_faults
from mtlkeras.specs import DataSpec


def spec(feature=None, **more):
    return DataSpec.from_dict(
        {
            "name": "t",
            "features": {"x": feature or {"type": "number"}},
            "tasks": {"label": {"type": "binary"}},
            **more,
        }
    )


def faults(feature, values):
    described = spec(feature)
    array = values if isinstance(values, pa.Array) else pa.array(values)
    batch = pa.RecordBatch.from_arrays([array], ["x"])
    columns = plan_columns(described, batch.schema)
    found = feature_faults(described, columns, *clean_batch(columns, batch))
    return [(np.flatnonzero(f.rows).tolist(), f.expected) for f in found]


@pytest.mark.parametrize(
    ("feature", "values", "expected"),
    [
        ({"type": "number"}, [1.0, np.inf, None, -np.inf], [([1, 3], "a finite number")]),
        ({"type": "number"}, [1.0, 1e39], [([1], "a finite number")]),
        ({"type": "number"}, ["1", "x", ""], [([1, 2], "a number")]),
        ({"type": "number", "minimum": 0}, [-1.0, None, 0.0], [([0], "a number from 0 on")]),
        ({"type": "number", "maximum": 0.1}, [0.1, 0.11], [([1], "a number up to 0.1")]),
        ({"type": "number", "missing": "error"}, [1.0, None], [([1], "a number in every row")]),
        (
            {"type": "timestamp"},
            ["2024-02-30", "2024-02-29 10:00", "12345", None, "noon"],
            [([0, 4], "an ISO 8601 time")],
        ),
        (
            {"type": "sequence", "of": "number", "separator": "|"},
            ["1|2", "1|b", None, "NA|3||"],
            [([1], "numbers")],
        ),
        (
            {"type": "sequence", "of": "number"},
            [[1.0], None, [2.0, np.inf]],
            [([2], "finite numbers")],
        ),
        ({"type": "sequence"}, [[1], [2]], []),
        ({"type": "category"}, ["a", None], []),
    ],
)
def test_rows_that_break_what_a_feature_says(feature, values, expected):
    assert faults(feature, values) == expected


def test_row_weights_are_not_negative():
    weighted = spec(sample_weight={"column": "w", "default": 2.0})
    batch = pa.RecordBatch.from_pydict({"label": [1, 0, 1], "w": [-0.5, None, 3.0]})
    encoded, (fault,) = encode_labels(weighted, batch, None)
    assert encoded["label weight"].tolist() == [-0.5, 2.0, 3.0]
    assert fault.rows.tolist() == [True, False, False]
    assert (fault.column, fault.expected) == ("w", "a weight from 0 on")


def test_while_classes_are_being_learned_only_present_or_not_is_known():
    learning = spec(tasks={"label": {"type": "multiclass"}})
    batch = pa.RecordBatch.from_pydict({"label": ["a", None]})
    encoded, found = encode_labels(learning, batch, None)
    np.testing.assert_array_equal(encoded["label label"], np.float32([0, np.nan]))
    assert not found
