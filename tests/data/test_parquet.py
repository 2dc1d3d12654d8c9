"""Parquet files."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mtlkeras.data._errors import DataError
from mtlkeras.data._parquet import ParquetFile

TABLE = pa.table(
    {
        "a": list(range(10)),
        "b": [f"v{i}" for i in range(10)],
        "c": pa.array(["x", "y"] * 5).dictionary_encode(),
        "d": [[1, 2]] * 10,
        "e": [{"f": 1}] * 10,
    }
)


@pytest.fixture
def path(tmp_path):
    path = str(tmp_path / "a.parquet")
    pq.write_table(TABLE, path, row_group_size=4)
    return path


@pytest.mark.parametrize("batch_rows", [1, 3, 4, 100])
def test_chunks_have_the_wanted_columns_and_number_their_rows(path, batch_rows):
    chunks = list(ParquetFile(path).chunks(["d", "a"], batch_rows))
    assert [chunk.batch.schema.names for chunk in chunks] == [["d", "a"]] * len(chunks)
    assert max(chunk.batch.num_rows for chunk in chunks) <= batch_rows
    for chunk in chunks:
        assert chunk.path == path
        assert [n - 1 for n in chunk.row_numbers()] == chunk.batch["a"].to_pylist()
    assert sum(chunk.batch.num_rows for chunk in chunks) == 10


def test_names_schema_and_rows(path):
    file = ParquetFile(path)
    assert file.names() == ["a", "b", "c", "d", "e"]
    assert file.schema(["d", "b"]).types == [pa.list_(pa.int64()), pa.string()]
    assert file.rows() == 10


def test_a_name_with_a_dot_is_a_column_of_its_own(tmp_path):
    path = str(tmp_path / "a.parquet")
    pq.write_table(pa.table({"a.b": [1], "a": [{"b": 2}]}), path)
    (chunk,) = ParquetFile(path).chunks(["a.b"], 10)
    assert chunk.batch.to_pydict() == {"a.b": [1]}


@pytest.mark.parametrize("data", [b"", b"PAR1", b"a,b\n1,2\n" * 9])
def test_what_is_no_parquet_file(tmp_path, data):
    path = tmp_path / "a.parquet"
    path.write_bytes(data)
    message = r"a\.parquet: expected a readable Parquet file.*another format, or was not written"
    with pytest.raises(DataError, match=message):
        ParquetFile(str(path)).names()


def test_a_file_cut_off_at_its_end(path):
    Path(path).write_bytes(Path(path).read_bytes()[:-20])
    with pytest.raises(DataError, match="expected a readable Parquet file"):
        ParquetFile(path).names()


def test_damaged_pages_are_told_with_the_rows_read_before(tmp_path):
    path = str(tmp_path / "a.parquet")
    pq.write_table(TABLE.select(["b"]), path, row_group_size=5, compression="snappy")
    start = pq.ParquetFile(path).metadata.row_group(1).column(0).dictionary_page_offset
    data = bytearray(Path(path).read_bytes())
    data[start : start + 40] = b"\xff" * 40
    Path(path).write_bytes(data)
    with pytest.raises(DataError, match=r"expected a readable Parquet file.*stopped behind row 5"):
        list(ParquetFile(path).chunks(["b"], 5))


def test_page_checksums_are_verified(tmp_path):
    path = str(tmp_path / "a.parquet")
    options = {"compression": "none", "use_dictionary": False}
    pq.write_table(TABLE.select(["a"]), path, write_page_checksum=True, **options)
    data = bytearray(Path(path).read_bytes())
    column = pq.ParquetFile(path).metadata.row_group(0).column(0)
    data[column.data_page_offset + column.total_compressed_size - 1] ^= 1  # a value's last byte
    Path(path).write_bytes(data)
    with pytest.raises(DataError, match=r"expected a readable Parquet file.*[Cc][Rr][Cc]"):
        list(ParquetFile(path).chunks(["a"], 10))
