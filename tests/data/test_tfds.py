"""tensorflow-datasets data sets, prepared from nothing but this file."""

import io

import numpy as np
import pyarrow as pa
import pytest
import tensorflow as tf
import tensorflow_datasets as tfds

from mtlkeras.data._errors import DataError
from mtlkeras.data._tfds import TfdsSplit

ROWS = 23
PIXEL = tf.io.encode_png(np.zeros((2, 2, 3), np.uint8)).numpy()


def row(i):
    return {
        "user": f"u{i}",
        "age": i,
        "price": i / 2,
        "returning": i % 2 == 0,
        "channel": -1 if i == 5 else i % 2,
        "items": [f"i{k}" for k in range(i % 4)],
        "sizes": [float(k) for k in range(i % 3)],
        "tags": [k % 2 for k in range(i % 3)],
        "nested": {"deep": i * 10, "label": i % 2},
        "steps": [{"page": f"p{k}", "seconds": k} for k in range(i % 2)],
        "photo": io.BytesIO(PIXEL),
        "grid": np.zeros((2, 2), np.int64),
    }


class ReaderShop(tfds.core.GeneratorBasedBuilder):
    """A shop of a few rows."""

    VERSION = tfds.core.Version("1.0.0")
    MANUAL_DOWNLOAD_INSTRUCTIONS = None

    def _info(self):
        channel = tfds.features.ClassLabel(names=["app", "web"])
        return tfds.core.DatasetInfo(
            builder=self,
            features=tfds.features.FeaturesDict(
                {
                    "user": tfds.features.Text(),
                    "age": np.int32,
                    "price": np.float64,
                    "returning": np.bool_,
                    "channel": channel,
                    "items": tfds.features.Sequence(tfds.features.Text()),
                    "sizes": tfds.features.Sequence(np.float32),
                    "tags": tfds.features.Sequence(channel),
                    "nested": {"deep": np.int64, "label": channel},
                    "steps": tfds.features.Sequence(
                        {"page": tfds.features.Text(), "seconds": np.int64}
                    ),
                    "photo": tfds.features.Image(shape=(None, None, 3)),
                    "grid": tfds.features.Tensor(shape=(2, 2), dtype=np.int64),
                }
            ),
        )

    def _split_generators(self, dl_manager):
        return {"train": self._generate_examples(0, 20), "test": self._generate_examples(20, ROWS)}

    def _generate_examples(self, start, stop):
        for i in range(start, stop):
            yield i, row(i)


class ReaderBroken(ReaderShop):
    """A data set that cannot be prepared."""

    def _generate_examples(self, start, stop):
        raise RuntimeError("the shop is closed")
        yield


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory):
    return str(tmp_path_factory.mktemp("tfds"))


NAMES = ["age", "user", "price", "returning", "channel", "items", "sizes", "tags"]


def expected(i):
    channels = ["app", "web"]
    return {
        "age": i,
        "user": f"u{i}".encode(),
        "price": i / 2,
        "returning": i % 2 == 0,
        "channel": None if i == 5 else channels[i % 2],
        "items": [f"i{k}".encode() for k in range(i % 4)] or None,
        "sizes": [float(k) for k in range(i % 3)] or None,
        "tags": [channels[k % 2] for k in range(i % 3)] or None,
    }


def read(split, names, batch_rows=7):
    rows = []
    for chunk in split.chunks(names, batch_rows):
        assert chunk.batch.num_rows <= batch_rows
        assert chunk.first_row == len(rows) + 1
        rows += chunk.batch.to_pylist()
    return rows


@pytest.mark.parametrize("batch_rows", [1, 7, 1000])
def test_rows_of_all_kinds(data_dir, batch_rows):
    split = TfdsSplit("reader_shop", "train", data_dir)
    rows = read(split, NAMES, batch_rows)
    assert sorted(rows, key=lambda r: r["age"]) == [expected(i) for i in range(20)]
    assert split.rows() == 20


def test_types(data_dir):
    schema = TfdsSplit("reader_shop", "train", data_dir).schema([*NAMES, "photo", "grid"])
    assert schema.types[:-1] == [
        pa.int64(),
        pa.binary(),
        pa.float32(),
        pa.bool_(),
        pa.string(),
        pa.list_(pa.binary()),
        pa.list_(pa.float32()),
        pa.list_(pa.string()),
        pa.binary(),
    ]
    assert pa.types.is_struct(schema.types[-1])


def test_nested_features_are_columns_with_a_slash(data_dir):
    split = TfdsSplit("reader_shop", "train", data_dir)
    assert {"nested/deep", "nested/label", "steps/page", "steps/seconds"} < set(split.names())
    rows = read(split, ["age", "nested/deep", "nested/label", "steps/page", "steps/seconds"])
    for found in rows:
        i = found["age"]
        assert found["nested/deep"] == i * 10
        assert found["nested/label"] == ["app", "web"][i % 2]
        assert found["steps/page"] == ([b"p0"] if i % 2 else None)
        assert found["steps/seconds"] == ([0] if i % 2 else None)


def test_images_arrive_encoded(data_dir):
    rows = read(TfdsSplit("reader_shop", "test", data_dir), ["photo"])
    assert [found["photo"] for found in rows] == [PIXEL] * 3


def test_class_labels_arrive_as_numbers_where_asked(data_dir):
    split = TfdsSplit("reader_shop", "train", data_dir, frozenset(["channel"]))
    assert split.schema(["channel"]).types == [pa.int64()]
    for found in read(split, ["age", "channel"]):
        assert found["channel"] == (-1 if found["age"] == 5 else found["age"] % 2)


def test_slices_of_splits(data_dir):
    whole = read(TfdsSplit("reader_shop", "train", data_dir), ["age"])
    assert read(TfdsSplit("reader_shop", "train[3:8]", data_dir), ["age"], 2) == whole[3:8]
    joined = TfdsSplit("reader_shop", "train+test", data_dir)
    assert sorted(r["age"] for r in read(joined, ["age"])) == list(range(ROWS))
    assert joined.rows() == ROWS


def test_other_file_formats_are_refused(tmp_path):
    builder = tfds.builder("reader_shop", data_dir=str(tmp_path), file_format="array_record")
    builder.download_and_prepare()
    with pytest.raises(
        DataError, match=r"stored as tfrecord, got 'array_record'.*Prepare it again"
    ):
        TfdsSplit("reader_shop", "train", str(tmp_path)).names()


def test_an_unknown_name_is_told_with_the_nearest(data_dir):
    message = (
        "expected the name of a tensorflow-datasets.*'reader_shopp'.*Did you mean 'reader_shop'"
    )
    with pytest.raises(DataError, match=message):
        TfdsSplit("reader_shopp", "train", data_dir).names()
    with pytest.raises(DataError, match="Import the module that defines it"):
        TfdsSplit("zzzzzzzz", "train", data_dir).names()


def test_an_unknown_config_is_told(data_dir):
    with pytest.raises(DataError, match="reader_shop/tiny/train: expected the name of"):
        TfdsSplit("reader_shop/tiny", "train", data_dir).names()


def test_an_unknown_split_is_told_with_those_there_are(data_dir):
    message = r"tfds:reader_shop/tests: expected one of the splits train, test.*Did you mean 'test'"
    with pytest.raises(DataError, match=message):
        list(TfdsSplit("reader_shop", "tests", data_dir).chunks(["age"], 10))


def test_what_goes_wrong_while_preparing_is_told(data_dir):
    with pytest.raises(DataError, match=r"can be prepared.*the shop is closed.*Prepare it by hand"):
        TfdsSplit("reader_broken", "train", data_dir).names()
