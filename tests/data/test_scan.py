import numpy as np
import pyarrow as pa
import pytest

from mtlkeras.data import Chunk, DataError, DataWarning
from mtlkeras.data._fit import Fit
from mtlkeras.data._raw import plan_columns
from mtlkeras.data._scan import scan_split
from mtlkeras.data._tally import Tally
from mtlkeras.specs import DataSpec

COLUMNS = {"price": pa.float64(), "stars": pa.int64()}


def spec(**policy):
    return DataSpec.from_dict(
        {
            "name": "shop",
            "features": {"price": {"type": "number", "minimum": 0}},
            "tasks": {"stars": {"type": "ordinal", "classes": [1, 2, 3]}},
            "policy": policy,
        }
    )


def chunk(path, prices, stars, first_row=1):
    batch = pa.RecordBatch.from_pydict({"price": prices, "stars": stars}, pa.schema(COLUMNS))
    return Chunk(path, first_row, batch)


def scan(chunks, **policy):
    described = spec(**policy)
    columns = plan_columns(described, pa.schema(COLUMNS))
    fit = Fit(described, columns)
    return scan_split(described, chunks, columns, Tally(described, "train"), fit=fit), fit


def test_all_problems_of_the_first_bad_file_are_named_at_once():
    chunks = [
        chunk("a.csv", [1.0, 2.0], [1, 2]),
        chunk("b.csv", [1.0, -5.0], [7, 2], first_row=11),
        chunk("b.csv", [-6.0], [1], first_row=13),
        chunk("c.csv", [-7.0], [1]),
    ]
    with pytest.raises(DataError) as caught:
        scan(chunks)
    found = {(p.path, p.row, p.column, p.value) for p in caught.value.problems}
    assert found == {
        ("b.csv", 11, "stars", 7),
        ("b.csv", 12, "price", -5.0),
        ("b.csv", 13, "price", -6.0),
    }
    assert "b.csv row 12 column price: expected a number from 0 on, got -5.0 (1 more)" in str(
        caught.value
    )


def test_reading_stops_after_the_first_bad_file():
    def chunks():
        yield chunk("a.csv", [-1.0], [1])
        yield chunk("b.csv", [1.0], [1])
        raise AssertionError("read on")

    with pytest.raises(DataError, match=r"a\.csv row 1"):
        scan(chunks())


def test_dropped_rows_are_left_out_of_fit_and_counts_and_told():
    chunks = [chunk("a.csv", [1.0, -9.0, 3.0, 5.0], [1, 1, 9, 2], first_row=5)]
    with pytest.warns(DataWarning, match=r"2 of 4 rows of the train split.*a\.csv row 6 column"):
        result, fit = scan(chunks, bad_rows="drop", max_bad_fraction=0.5)
    report = result.tally.report()
    assert (report.rows, report.dropped, report.labels) == (2, 2, {"stars": 2})
    assert len(report.problems) == 2
    assert fit.state().numbers["price"].mean == 3.0
    assert fit.task_targets()["stars"].counts == (1, 1, 0)
    # Later passes leave the same rows out, also where they come in other pieces.
    again = result.keep(chunk("a.csv", [-9.0, 3.0, 5.0], [1, 9, 2], first_row=6))
    assert again.row_numbers().tolist() == [8]
    assert result.keep(chunk("b.csv", [-9.0], [1], first_row=6)).batch.num_rows == 1


def test_a_row_with_two_problems_is_dropped_once():
    with pytest.warns(DataWarning, match="1 of 2 rows"):
        result, _ = scan(
            [chunk("a.csv", [-1.0, 1.0], [9, 1])], bad_rows="drop", max_bad_fraction=0.5
        )
    assert result.rows == 1


def test_more_bad_rows_than_allowed_are_an_error():
    with pytest.raises(DataError, match=r"at most 10\.000% bad rows in the train split, got '1 of"):
        scan([chunk("a.csv", [-1.0, 1.0], [1, 1])], bad_rows="drop", max_bad_fraction=0.1)


def test_chunks_without_rows_are_fine():
    empty = chunk("a.csv", [], [])
    result, _ = scan([empty, chunk("a.csv", [1.0], [1]), empty])
    assert result.rows == 1


def test_a_task_without_labels_and_one_that_is_constant_are_named():
    _, fit = scan([chunk("a.csv", [1.0, 2.0], [None, None])])
    with pytest.raises(DataError, match="task 'stars' column stars: expected at least one label"):
        fit.task_targets()
    _, fit = scan([chunk("a.csv", [1.0, 2.0], [3, 3])])
    with pytest.warns(DataWarning, match="task 'stars': all 2 training labels are the same"):
        fit.task_targets()


def test_the_report_counts_missing_values():
    result, _ = scan([chunk("a.csv", [None, 2.0, None, 1.0], [1, None, 2, 3])])
    report = result.tally.report()
    assert report.missing == {"price": 0.5}
    assert report.labels == {"stars": 3}


def test_the_sample_for_leakage_is_of_every_batch():
    size = 3_000
    chunks = [chunk("a.csv", np.full(size, float(i)), np.full(size, 1 + i)) for i in range(3)]
    result, _ = scan(chunks)
    cleaned, table = result.tally.sample()
    assert set(cleaned["price"].to_pylist()) == {0.0, 1.0, 2.0}
    np.testing.assert_array_equal(cleaned["price"].to_numpy() + 1, table["stars"].to_numpy())
