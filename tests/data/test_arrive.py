"""Columns of several files in one schema."""

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mtlkeras.data._arrive import arriving_chunks, arriving_schema
from mtlkeras.data._csv import CsvFile
from mtlkeras.data._errors import DataError
from mtlkeras.data._parquet import ParquetFile
from mtlkeras.data._tfrecord import TFRecordFile


@pytest.fixture
def parquet(tmp_path):
    def write(**columns):
        path = tmp_path / f"{len(list(tmp_path.iterdir()))}.parquet"
        pq.write_table(pa.table(columns), path)
        return ParquetFile(str(path))

    return write


def read(parts, names, uses=None):
    schema = arriving_schema(parts, names, uses or {})
    chunks = [c for part in parts for c in arriving_chunks(part, schema, ["NA"], 100)]
    return pa.Table.from_batches([c.batch for c in chunks]).to_pydict()


def test_integers_with_gaps_in_one_file_are_integers_in_all(parquet):
    parts = [parquet(x=[1, 2]), parquet(x=[3.0, np.nan]), parquet(x=pa.nulls(1))]
    assert read(parts, ["x"]) == {"x": [1, 2, 3, None, None]}
    assert read(parts[::-1], ["x"]) == {"x": [None, 3, None, 1, 2]}


def test_dictionaries_and_plain_strings(parquet):
    parts = [parquet(x=pa.array(["a", "NA"]).dictionary_encode()), parquet(x=["b"])]
    assert read(parts, ["x"]) == {"x": ["a", None, "b"]}


def test_types_that_differ_name_both_files(parquet):
    first, second = parquet(x=[1], y=[1.5]), parquet(x=["a"], y=["b"])
    with pytest.raises(DataError) as caught:
        arriving_schema([first, second], ["x", "y"], {})
    assert str(caught.value).splitlines() == [
        f"{second.path} column x: expected int64 as in {first.path}, got 'string'. "
        "Write the column with one type in all files.",
        f"{second.path} column y: expected double as in {first.path}, got 'string'. "
        "Write the column with one type in all files.",
    ]


def test_numbers_may_be_written_in_many_ways(parquet):
    parts = [parquet(x=[1]), parquet(x=["2.5"]), parquet(x=[True])]
    assert read(parts, ["x"], {"x": "number"}) == {"x": [1.0, 2.5, 1.0]}


def test_columns_that_cannot_be_read_are_told_at_once(parquet):
    part = parquet(x=[{"a": 1}], y=pa.array([0], pa.timestamp("us")), z=[1])
    with pytest.raises(DataError) as caught:
        arriving_schema([part], ["x", "y", "z"], {"y": "number"})
    first, second = str(caught.value).splitlines()
    assert "column x: expected numbers, strings" in first
    assert "column y: expected numbers, got 'timestamp[us]'" in second


def test_a_missing_feature_of_tfrecords_says_where_it_was_looked_for():
    part = TFRecordFile("a.tfrecord", {"x": pa.int64()})
    with pytest.raises(DataError, match=r"column price.*None of the first 1000 records has it"):
        arriving_schema([part], ["price"], {})


def test_bad_rows_are_dropped_once_and_told_for_every_column(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(b"x,y,s\n1,2,a\n,b,c\nd,e,f\n3,4,g,h\n5, NA ,\xff\n6, 7 , z \n")
    part = CsvFile(str(path))
    names = ["x", "y", "s"]
    schema = arriving_schema([part], names, {"x": "number", "y": "number"})
    (chunk,) = arriving_chunks(part, schema, ["", "NA"], 100)
    assert chunk.batch.to_pydict() == {"x": [1.0, 6.0], "y": [2.0, 7.0], "s": ["a", "z"]}
    assert chunk.row_numbers().tolist() == [1, 6]
    found = sorted((p.row, p.column, p.value) for p in chunk.dropped if p.column)
    assert found == [(2, "y", "b"), (3, "x", "d"), (3, "y", "e"), (5, "s", b"\xff")]
    hint = next(p.hint for p in chunk.dropped if p.column == "s")
    assert f"at offset {path.read_bytes().index(255)};" in hint
