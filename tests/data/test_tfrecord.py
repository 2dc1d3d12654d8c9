"""TFRecord files."""

import gzip

import pyarrow as pa
import pytest
import tensorflow as tf

from mtlkeras.data._errors import DataError
from mtlkeras.data._tfrecord import TFRecordFile, record_batches, tfrecord_types


def example(number):
    features = {"n": tf.train.Feature(int64_list=tf.train.Int64List(value=[number]))}
    return tf.train.Example(features=tf.train.Features(feature=features)).SerializeToString()


def write(path, records, compression=""):
    with tf.io.TFRecordWriter(str(path), compression) as writer:
        for record in records:
            writer.write(record)
    return str(path)


@pytest.fixture(params=["", "GZIP"])
def path(request, tmp_path):
    name = "a.tfrecord.gz" if request.param else "a.tfrecord"
    return write(tmp_path / name, map(example, range(50)), request.param)


@pytest.mark.parametrize("batch_rows", [1, 7, 50, 1000])
def test_chunks_number_their_rows(path, batch_rows):
    file = TFRecordFile(path, tfrecord_types([path]))
    assert file.names() == ["n"]
    seen = 0
    for chunk in file.chunks(["n"], batch_rows):
        assert chunk.batch.num_rows <= batch_rows
        assert (chunk.row_numbers() - 1).tolist() == chunk.batch["n"].to_pylist()
        seen += chunk.batch.num_rows
    assert seen == 50


def test_skip_and_take(path):
    (records,) = record_batches(path, 10, skip=3, take=2)
    assert records.tolist() == [example(3), example(4)]


def test_types_come_from_the_first_file_with_records(tmp_path, path):
    empty = write(tmp_path / "empty.tfrecord", [])
    assert tfrecord_types([empty, path]) == {"n": pa.int64()}
    assert tfrecord_types([empty]) == {}


def test_bad_records_are_dropped_and_numbered(tmp_path):
    path = write(tmp_path / "a.tfrecord", [example(1), b"\xff", example(3), b"\xff"])
    first, second = TFRecordFile(path, {"n": pa.int64()}).chunks(["n"], 3)
    assert first.batch.to_pydict() == {"n": [1, 3]}
    assert first.row_numbers().tolist() == [1, 3]
    assert [p.row for p in first.dropped] == [2]
    assert second.batch.num_rows == 0
    assert [p.row for p in second.dropped] == [4]


RECORD_BYTES = 16 + len(example(0))


@pytest.mark.parametrize("inside", [0, 9, 20, RECORD_BYTES - 1])
def test_a_damaged_record_is_told_with_row_and_offset(tmp_path, inside):
    path = tmp_path / "a.tfrecord"
    write(path, map(example, range(50)))
    data = bytearray(path.read_bytes())
    assert len(data) == 50 * RECORD_BYTES
    data[20 * RECORD_BYTES + inside] ^= 0xFF
    path.write_bytes(data)
    message = (
        f"a.tfrecord row 21: expected a whole record, "
        f"got 'a damaged record at byte ({20 * RECORD_BYTES}|{20 * RECORD_BYTES + 12})'.*"
        "before it are whole"
    )
    with pytest.raises(DataError, match=message):
        list(TFRecordFile(str(path), {"n": pa.int64()}).chunks(["n"], 8))


@pytest.mark.parametrize("left", [5, 12, 20, RECORD_BYTES - 1])
def test_a_truncated_file_is_told_with_its_row(tmp_path, left):
    path = tmp_path / "a.tfrecord"
    write(path, map(example, range(50)))
    path.write_bytes(path.read_bytes()[: 20 * RECORD_BYTES + left])
    with pytest.raises(DataError, match="row 21: expected a whole record"):
        list(record_batches(str(path), 8))


@pytest.mark.parametrize("left", [0, 5, 12, 20])
def test_a_gzip_file_that_lost_records_is_told(tmp_path, left):
    path = tmp_path / "a.tfrecord"
    write(path, map(example, range(50)))
    data = gzip.compress(path.read_bytes()[: 20 * RECORD_BYTES + left])
    packed = tmp_path / "b.tfrecord.gz"
    # The size that a gzip file ends with is that of the whole.
    packed.write_bytes(data[:-4] + (50 * RECORD_BYTES).to_bytes(4, "little"))
    with pytest.raises(DataError, match=r"row 21: expected a whole record|readable TFRecord file"):
        list(record_batches(str(packed), 8))


@pytest.mark.parametrize("end", [-20, -9, -8, -5])
def test_a_truncated_gzip_file_is_told(tmp_path, end):
    path = tmp_path / "a.tfrecord.gz"
    write(path, map(example, range(50)), "GZIP")
    path.write_bytes(path.read_bytes()[:end])
    with pytest.raises(DataError, match="expected a whole record"):
        list(record_batches(str(path), 8))


def test_gzip_files_joined_to_one_are_read_whole(tmp_path):
    for name, numbers in {"0": range(3), "1": range(3, 8)}.items():
        write(tmp_path / name, map(example, numbers), "GZIP")
    path = tmp_path / "a.tfrecord.gz"
    path.write_bytes((tmp_path / "0").read_bytes() + (tmp_path / "1").read_bytes())
    (records,) = record_batches(str(path), 100)
    assert records.tolist() == list(map(example, range(8)))


def test_fewer_records_than_asked_for_are_told(path):
    with pytest.raises(DataError, match="row 51: expected a whole record, got 'the end"):
        list(record_batches(path, 8, skip=48, take=5))


def test_what_is_no_tfrecord_file(tmp_path):
    path = tmp_path / "a.tfrecord"
    path.write_bytes(b"a,b\n1,2\n" * 10)
    with pytest.raises(DataError, match=r"row 1: expected a whole record.*is no TFRecord file"):
        list(record_batches(str(path), 8))


def test_a_gzip_file_that_is_none(tmp_path):
    path = tmp_path / "a.tfrecord.gz"
    path.write_bytes(b"a,b\n1,2\n" * 10)
    with pytest.raises(DataError, match="expected a readable TFRecord file, got 'inflate"):
        list(record_batches(str(path), 8))
