"""Rows of splits, whatever the source."""

import datetime as dt
import gzip

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import tensorflow as tf
import tensorflow_datasets as tfds

from mtlkeras.data._errors import DataError
from mtlkeras.data._read import count, has_split, read_chunks, source_files, source_schema
from mtlkeras.specs import DataSpec

ROWS = 60


def shop(rows=ROWS):
    return pd.DataFrame(
        {
            "row": np.arange(rows),
            "user": [f"u{i % 7}" for i in range(rows)],
            "price": np.where(np.arange(rows) % 5 == 0, np.nan, np.arange(rows) / 4),
            "title": [None if i % 6 == 0 else f'say "{i}",\nplease' for i in range(rows)],
            "items": ["|".join(f"i{k}" for k in range(i % 4)) or None for i in range(rows)],
            "day": [str(dt.date(2026, 1, 1) + dt.timedelta(days=i)) for i in range(rows)],
            "part": [["train", "train", "validation", "test"][i % 4] for i in range(rows)],
            "click": [float(i % 2) for i in range(rows)],
            "stars": [None if i % 9 == 0 else str(i % 5 + 1) for i in range(rows)],
            "spend": np.where(np.arange(rows) % 3 == 0, np.nan, np.arange(rows) * 0.5),
        }
    )


FEATURES = {
    "user": {"type": "category"},
    "price": {"type": "number"},
    "title": {"type": "text"},
    "items": {"type": "sequence", "separator": "|"},
    "day": {"type": "timestamp", "parts": ["weekday"]},
}
TASKS = {
    "click": {"type": "regression"},
    "stars": {"type": "ordinal", "classes": ["1", "2", "3", "4", "5"]},
    "spend": {"type": "amount"},
}
COLUMNS = ["user", "price", "title", "items", "day", "click", "stars", "spend"]


def make(source=None, folder=None, **options):
    spec = {"name": "shop", "features": FEATURES, "tasks": TASKS, "key": ["row"], **options}
    if source is not None:
        spec["source"] = source
    return DataSpec.from_dict(spec, folder=folder)


def table(chunks):
    return pa.Table.from_batches([chunk.batch for chunk in chunks])


def numbers(spec, split, **options):
    """Returns the rows of a split by their own numbers, and checks those of the chunks."""
    found = []
    for chunk in read_chunks(spec, split, ["row"], **options):
        own = [int(value) for value in chunk.batch["row"].to_pylist()]
        assert [row - 1 for row in chunk.row_numbers()] == own
        found += own
    return found


class ReadShop(tfds.core.GeneratorBasedBuilder):
    """The same rows as a tensorflow-datasets data set."""

    VERSION = tfds.core.Version("1.0.0")

    def _info(self):
        kinds = {"row": np.int64, "price": np.float64, "click": np.float32, "spend": np.float32}
        texts = ["user", "title", "items", "day", "part", "stars"]
        features = {name: tfds.features.Text() for name in texts} | kinds
        return tfds.core.DatasetInfo(builder=self, features=tfds.features.FeaturesDict(features))

    def _split_generators(self, dl_manager):
        return {"train": self._generate_examples()}

    def _generate_examples(self):
        for i, row in enumerate(shop().to_dict("records")):
            yield i, {k: "" if v is None or v is np.nan else v for k, v in row.items()}


def write_tfrecord(path):
    with tf.io.TFRecordWriter(str(path)) as writer:
        for row in shop().to_dict("records"):
            features = {}
            for name, value in row.items():
                if isinstance(value, str):
                    values = tf.train.BytesList(value=[value.encode()])
                    features[name] = tf.train.Feature(bytes_list=values)
                elif isinstance(value, int):
                    values = tf.train.Int64List(value=[value])
                    features[name] = tf.train.Feature(int64_list=values)
                elif value == value and value is not None:
                    values = tf.train.FloatList(value=[value])
                    features[name] = tf.train.Feature(float_list=values)
            example = tf.train.Example(features=tf.train.Features(feature=features))
            writer.write(example.SerializeToString())


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shop")
    frame = shop()
    frame.to_csv(folder / "a.csv", index=False)
    (folder / "a.csv.gz").write_bytes(gzip.compress((folder / "a.csv").read_bytes()))
    frame.to_parquet(folder / "a.parquet", row_group_size=17)
    write_tfrecord(folder / "a.tfrecord")
    return folder


FORMATS = {
    "csv": {"format": "csv", "train": "a.csv"},
    "csv.gz": {"format": "csv", "train": "a.csv.gz"},
    "parquet": {"format": "parquet", "train": "a.parquet"},
    "tfrecord": {"format": "tfrecord", "train": "a.tfrecord"},
    "tfds": {"format": "tfds", "name": "read_shop", "data_dir": "tfds"},
    "dataframe": {"format": "dataframe"},
}


@pytest.mark.parametrize("kind", FORMATS)
def test_every_format_gives_the_same_columns(kind, folder):
    spec = make(FORMATS[kind], folder)
    frame = shop() if kind == "dataframe" else None
    found = table(read_chunks(spec, "all", [*COLUMNS, "row"], frame=frame, batch_rows=16))
    assert found.schema.names == [*COLUMNS, "row"]
    floats = {"price", "click", "spend"}
    for name in COLUMNS:
        kind_of = pa.float64() if name in floats else pa.string()
        assert found.schema.field(name).type == kind_of
    rows = sorted(found.to_pylist(), key=lambda row: int(row["row"]))
    for expected, found_row in zip(shop().to_dict("records"), rows, strict=True):
        for name in COLUMNS:
            value = expected[name]
            assert found_row[name] == (None if value is None or value != value else value)


LISTS = {
    "tags": [["a", "b"], ["c"], None, ["a", "b", "c"]],
    "prices": [[0.5], None, [1.5, 2.5], [3.5]],
    "whole": [[1, 2], [3], [4], None],
}


class ReadLists(tfds.core.GeneratorBasedBuilder):
    """Columns of lists."""

    VERSION = tfds.core.Version("1.0.0")

    def _info(self):
        kinds = {"tags": tfds.features.Text(), "prices": np.float32, "whole": np.int64}
        features = {name: tfds.features.Sequence(kind) for name, kind in kinds.items()}
        return tfds.core.DatasetInfo(
            builder=self, features=tfds.features.FeaturesDict(features | {"n": np.float32})
        )

    def _split_generators(self, dl_manager):
        return {"train": self._generate_examples()}

    def _generate_examples(self):
        for i in range(4):
            yield i, {name: LISTS[name][i] or [] for name in LISTS} | {"n": float(i)}


def write_lists(path):
    lists = {"tags": tf.train.BytesList, "prices": tf.train.FloatList, "whole": tf.train.Int64List}
    fields = {"tags": "bytes_list", "prices": "float_list", "whole": "int64_list"}
    with tf.io.TFRecordWriter(str(path)) as writer:
        for i in range(4):
            features = {"n": tf.train.Feature(float_list=tf.train.FloatList(value=[i]))}
            for name, values in LISTS.items():
                if values[i] is not None:
                    items = [v.encode() if name == "tags" else v for v in values[i]]
                    feature = tf.train.Feature(**{fields[name]: lists[name](value=items)})
                    features[name] = feature
            example = tf.train.Example(features=tf.train.Features(feature=features))
            writer.write(example.SerializeToString())


@pytest.mark.parametrize("kind", ["parquet", "tfrecord", "tfds", "dataframe"])
def test_every_format_gives_the_same_lists(kind, tmp_path):
    frame = pd.DataFrame(LISTS | {"n": np.arange(4.0)})
    frame.to_parquet(tmp_path / "a.parquet")
    write_lists(tmp_path / "a.tfrecord")
    spec = {
        "name": "lists",
        "source": FORMATS[kind] | ({"name": "read_lists"} if kind == "tfds" else {}),
        "features": {
            "tags": {"type": "sequence"},
            "whole": {"type": "sequence"},
            "prices": {"type": "sequence", "of": "number"},
        },
        "tasks": {"n": {"type": "regression"}},
    }
    spec = DataSpec.from_dict(spec, folder=tmp_path)
    names = [*LISTS, "n"]
    chunks = read_chunks(spec, "all", names, frame=frame if kind == "dataframe" else None)
    found = table(chunks)
    assert found.schema.types == [
        pa.list_(pa.string()),
        pa.list_(pa.float64()),
        pa.list_(pa.int64()),
        pa.float64(),
    ]
    assert found.sort_by("n").select(list(LISTS)).to_pydict() == LISTS


@pytest.mark.parametrize("kind", FORMATS)
def test_the_schema_tells_the_types_that_arrive(kind, folder):
    spec = make(FORMATS[kind], folder)
    frame = shop() if kind == "dataframe" else None
    schema = source_schema(spec, frame)
    assert set(schema.names) == set(shop().columns)
    wanted = [*COLUMNS, "row"]
    chunk = next(read_chunks(spec, "all", wanted, frame=frame))
    assert chunk.batch.schema.types == [schema.field(name).type for name in wanted]


SPLITS = {
    "random": {"by": "random", "validation": 0.3, "test": 0.2},
    "group": {"by": "group", "column": "user", "validation": 0.3, "test": 0.3},
    "time": {
        "by": "time",
        "column": "day",
        "validation_from": "2026-01-21",
        "test_from": "2026-02-10",
    },
    "column": {"by": "column", "column": "part"},
}


@pytest.mark.parametrize("by", SPLITS)
@pytest.mark.parametrize("batch_rows", [1, 7, 1000])
def test_every_row_is_in_one_split_whatever_the_batches(by, batch_rows, folder):
    spec = make(FORMATS["parquet"], folder, split=SPLITS[by])
    parts = {
        split: numbers(spec, split, batch_rows=batch_rows)
        for split in ("train", "validation", "test")
    }
    assert sorted(row for rows in parts.values() for row in rows) == list(range(ROWS))
    assert parts == {split: numbers(spec, split) for split in parts}
    if by == "time":
        assert parts["validation"] == list(range(20, 40))
    if by == "column":
        assert parts["test"] == list(range(3, ROWS, 4))
    assert {split: count(spec, split) for split in parts} == {k: len(v) for k, v in parts.items()}


@pytest.mark.parametrize("by", SPLITS)
@pytest.mark.parametrize("kind", ["csv", "tfrecord", "dataframe"])
def test_splits_are_the_same_in_every_format(kind, by, folder):
    spec = make(FORMATS[kind], folder, split=SPLITS[by])
    same = make(FORMATS["parquet"], folder, split=SPLITS[by])
    frame = shop() if kind == "dataframe" else None
    for split in ("train", "validation", "test"):
        assert numbers(spec, split, frame=frame) == numbers(same, split)


def test_random_splits_number_rows_through_all_files(tmp_path, folder):
    frame = shop()
    frame[:25].to_csv(tmp_path / "1.csv", index=False)
    frame[25:].to_csv(tmp_path / "2.csv", index=False)
    spec = make({"format": "csv", "train": "*.csv"}, tmp_path, split=SPLITS["random"])
    found = table(read_chunks(spec, "test", ["row"]))["row"].to_pylist()
    same = make(FORMATS["parquet"], folder, split=SPLITS["random"])
    assert [int(row) for row in found] == numbers(same, "test")


def test_groups_do_not_depend_on_the_order_of_rows():
    spec = make(split=SPLITS["group"])
    frame = shop()
    whole = table(read_chunks(spec, "train", ["user"], frame=frame))["user"].to_pylist()
    turned = table(read_chunks(spec, "train", ["user"], frame=frame[::-1]))["user"].to_pylist()
    assert turned == whole[::-1]
    assert 0 < len(whole) < ROWS


def test_splits_with_files_are_whole_and_the_rest_is_cut(tmp_path):
    frame = shop()
    frame[:40].to_csv(tmp_path / "a.csv", index=False)
    frame[40:].to_csv(tmp_path / "b.csv", index=False)
    source = {"format": "csv", "train": "a.csv", "test": "b.csv"}
    spec = make(source, tmp_path, split={"by": "random", "validation": 0.3})
    test = table(read_chunks(spec, "test", ["row"]))["row"].to_pylist()
    assert [int(row) for row in test] == list(range(40, 60))
    parts = numbers(spec, "train"), numbers(spec, "validation")
    assert sorted(parts[0] + parts[1]) == list(range(40))
    assert min(map(len, parts)) > 0
    assert [file.name for file in source_files(spec, "validation")] == ["a.csv"]
    assert count(spec, "test") == 20


def test_all_rows_of_all_files():
    assert numbers(make(split=SPLITS["time"]), "all", frame=shop()) == list(range(ROWS))


def test_the_split_column_comes_only_where_it_is_wanted():
    spec = make(split=SPLITS["column"])
    for wanted in (["row"], ["part", "row"]):
        chunk = next(read_chunks(spec, "test", wanted, frame=shop()))
        assert chunk.batch.schema.names == wanted


def test_has_split(folder):
    spec = make(split={"by": "random", "validation": 0, "test": 0.5})
    assert has_split(spec, "train")
    assert not has_split(spec, "validation")
    assert has_split(spec, "test")
    assert has_split(spec, "all")
    with pytest.raises(DataError, match=r"shop: expected a validation split.*split: random"):
        next(read_chunks(spec, "validation", ["row"], frame=shop()))
    assert source_files(spec, "train") == []


def test_files_given_by_hand_are_read_whole(folder, monkeypatch):
    monkeypatch.chdir(folder)
    spec = make({"format": "parquet", "train": "none.parquet"}, split=SPLITS["time"])
    for file in ("a.csv", folder / "a.parquet", ["a.tfrecord"]):
        chunks = list(read_chunks(spec, "test", ["row", "price"], files=file))
        assert table(chunks).num_rows == ROWS
        assert chunks[0].path in ("a.csv", "a.parquet", "a.tfrecord")
        assert chunks[0].batch.schema.field("price").type == pa.float64()


def write(folder, text, name="a.csv"):
    (folder / name).write_text(text)
    source = {"format": "csv", "train": name}
    features, tasks = {"x": {"type": "number"}}, {"y": {"type": "count"}}
    return {"name": "shop", "source": source, "features": features, "tasks": tasks}, folder


def bad(folder, text, **options):
    spec, folder = write(folder, text)
    return DataSpec.from_dict(spec | options, folder=folder)


BAD = "x,y\n1,0\nq,1\n2,1\n3\n4,z\nr,0\n5,1\n"


def test_bad_rows_are_an_error_that_counts_them(tmp_path):
    spec = bad(tmp_path, BAD, split={"by": "random", "validation": 0, "test": 0})
    with pytest.raises(DataError) as caught:
        list(read_chunks(spec, "train", ["x", "y"], batch_rows=2))
    lines = str(caught.value).splitlines()
    assert len(lines) == 3
    assert "a.csv row 2 column x: expected a number, got 'q' (1 more)." in lines[0]
    assert any("row 4: expected 2 cells, got 1." in line for line in lines)
    assert any("row 5 column y: expected a number, got 'z'." in line for line in lines)


def test_a_broken_file_is_told_with_its_bad_rows(tmp_path):
    spec = bad(tmp_path, 'x,y\nq,1\n1,"2\n')
    with pytest.raises(DataError) as caught:
        list(read_chunks(spec, "train", ["x", "y"]))
    assert [p.expected for p in caught.value.problems] == ["a number", "a closing quote"]


def test_bad_rows_are_left_out_and_reported_once(tmp_path):
    options = {"policy": {"bad_rows": "drop"}, "split": {"by": "random", "seed": 1}}
    spec = bad(tmp_path, BAD, **options)
    chunks = {
        split: list(read_chunks(spec, split, ["x", "y"], batch_rows=2))
        for split in ("train", "validation", "test", "all")
    }
    rows = {k: [r for c in v for r in c.row_numbers().tolist()] for k, v in chunks.items()}
    assert rows["all"] == [1, 3, 7]
    assert sorted(rows["train"] + rows["validation"] + rows["test"]) == [1, 3, 7]
    for split, found in chunks.items():
        dropped = sorted({p.row for c in found for p in c.dropped})
        assert dropped == ([2, 4, 5, 6] if split in ("train", "all") else [])


def test_dropped_rows_keep_their_number_in_random_splits(tmp_path):
    """Row 500 falls on the same side whether or not rows before it are bad."""
    lines = [f"{i},{i % 3}" for i in range(1, 1001)]
    split = {"split": {"by": "random", "validation": 0.4, "test": 0.2}}
    whole = bad(tmp_path, "\n".join(["x,y", *lines]), **split)
    expected = table(read_chunks(whole, "test", ["x"]))["x"].to_pylist()
    lines[10], lines[20] = "q,1", "1"
    spec = bad(tmp_path, "\n".join(["x,y", *lines]), policy={"bad_rows": "drop"}, **split)
    found = table(read_chunks(spec, "test", ["x"]))["x"].to_pylist()
    assert found == [x for x in expected if x not in (11.0, 21.0)]


def test_rows_that_belong_to_no_split(tmp_path):
    text = "x,y,s\n1,0,train\n2,1,tarin\n3,1,\n4,1,test\n"
    split = {"split": {"by": "column", "column": "s"}}
    with pytest.raises(DataError) as caught:
        list(read_chunks(bad(tmp_path, text, **split), "train", ["x"]))
    assert [(p.row, p.column, p.value) for p in caught.value.problems] == [
        (2, "s", "tarin"),
        (3, "s", None),
    ]
    spec = bad(tmp_path, text, policy={"bad_rows": "drop"}, **split)
    (chunk,) = read_chunks(spec, "train", ["x"])
    assert chunk.batch.to_pydict() == {"x": [1.0]}
    assert [p.row for p in chunk.dropped] == [2, 3]
    (chunk,) = read_chunks(spec, "test", ["x"])
    assert (chunk.batch.to_pydict(), chunk.row(0), chunk.dropped) == ({"x": [4.0]}, 4, ())


def test_missing_columns_are_told_at_once(tmp_path):
    with pytest.raises(DataError, match=r"(?s)column xx.*Did you mean 'x'\?.*column z"):
        next(read_chunks(bad(tmp_path, "x,y\n1,0\n"), "train", ["xx", "y", "z"]))


def test_no_rows_at_all(tmp_path):
    spec = bad(tmp_path, "x,y\n", split={"by": "random", "validation": 0, "test": 0})
    with pytest.raises(DataError, match=r"a\.csv: expected rows, got 'none'"):
        list(read_chunks(spec, "train", ["x"]))


def test_a_small_source_may_have_no_rows_in_a_random_split(tmp_path):
    spec = bad(tmp_path, "x,y\n1,0\n", split={"by": "random", "validation": 0.001, "test": 0})
    assert list(read_chunks(spec, "validation", ["x"])) == []
    assert table(read_chunks(spec, "train", ["x"])).num_rows == 1


def test_a_time_split_without_rows_tells_the_range():
    split = {"by": "time", "column": "day", "test_from": "2027-01-01"}
    message = (
        r"DataFrame: expected rows in the test split, got 'none'\. "
        "Column day goes from 2026-01-01 to 2026-03-01: set the boundaries"
    )
    with pytest.raises(DataError, match=message):
        list(read_chunks(make(split=split), "test", ["row"], frame=shop(), batch_rows=9))


def test_a_column_split_without_rows_tells_what_to_list():
    split = {"by": "column", "column": "part", "validation": ["dev"], "ignore": ["validation"]}
    with pytest.raises(DataError, match=r"List the values of column part .* split\.validation"):
        list(read_chunks(make(split=split), "validation", ["row"], frame=shop()))


def test_boundaries_that_cannot_be_compared(tmp_path):
    frame = shop().assign(day=np.arange(ROWS))
    split = {"by": "time", "column": "week", "test_from": "2026-01-01"}
    message = r"column week: expected a split\.test_from that compares.*int64, got '2026-01-01'"
    with pytest.raises(DataError, match=message):
        list(read_chunks(make(split=split), "test", ["row"], frame=frame.assign(week=1)))


def test_numeric_times_in_the_unit_of_the_timestamp_feature():
    days = pd.date_range("2026-01-01", periods=ROWS)
    frame = shop().assign(day=(days - pd.Timestamp("1970-01-01")) // pd.Timedelta("1s"))
    assert numbers(make(split=SPLITS["time"]), "validation", frame=frame) == list(range(20, 40))


def test_only_wanted_columns_are_read(tmp_path):
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"x": [1], "y": [2], "struct": [{"a": 1}]}), path)
    source = {"format": "parquet", "train": "a.parquet"}
    spec, _ = write(tmp_path, "")
    spec = DataSpec.from_dict(spec | {"source": source}, folder=tmp_path)
    assert table(read_chunks(spec, "all", ["x"])).to_pydict() == {"x": [1.0]}
    assert pa.types.is_struct(source_schema(spec).field("struct").type)


def test_chunks_can_be_read_inside_tf_data(folder):
    """Reading TFRecords starts a tf.data pipeline of its own within the outer one."""
    spec = make(FORMATS["tfrecord"], folder)

    def rows():
        for chunk in read_chunks(spec, "all", ["row"], batch_rows=8):
            yield chunk.batch["row"].to_numpy()

    dataset = tf.data.Dataset.from_generator(
        rows, output_signature=tf.TensorSpec((None,), tf.int64)
    ).prefetch(2)
    found = np.concatenate([batch.numpy() for batch in dataset])
    np.testing.assert_array_equal(found, np.arange(ROWS))
