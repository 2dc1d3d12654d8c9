"""What is exported answers as the trained model does, and needs TensorFlow alone."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pyarrow as pa
import pytest
import tensorflow as tf
from tensorflow.core.protobuf import saved_model_pb2

import mtlkeras as mtl

ROOT = Path(mtl.__file__).parent.parent
# Reads raw columns, answers them with both signatures, writes the answers.
ALONE = """
import sys

# TensorFlow imports Keras where it finds it; here neither it nor the loading may need it.
sys.modules["keras"] = sys.modules["mtlkeras"] = None
import numpy as np
import tensorflow as tf

export, given, answers = sys.argv[1:]
raw = {name: tf.constant(values) for name, values in np.load(given).items()}
joined, ends = raw.pop("joined examples").numpy().tobytes(), raw.pop("ends of examples").numpy()
examples = tf.constant([joined[a:b] for a, b in zip([0, *ends], ends)])
signatures = tf.saved_model.load(export).signatures
columns = signatures["serving_default"](**raw)
parsed = signatures["serving_examples"](examples=examples)
arrays = {f"columns {name}": value.numpy() for name, value in columns.items()}
arrays |= {f"examples {name}": value.numpy() for name, value in parsed.items()}
np.savez(answers, **{n: a.astype(bytes) if a.dtype == object else a for n, a in arrays.items()})
"""


def fixed(array):
    """Returns strings as fixed-width bytes, which npz holds without pickle."""
    return array.astype(bytes) if array.dtype == object else array


def example(raw, row):
    """Returns a row as a serialized tf.Example in which missing values are left out."""
    features = {}
    for name, values in raw.items():
        values = np.atleast_1d(values[row])
        if values.dtype.kind in "SO":
            kept = tf.train.BytesList(value=[bytes(v) for v in values if v])
            features[name] = tf.train.Feature(bytes_list=kept)
        elif values.dtype == np.int64:
            kept = tf.train.Int64List(value=values[values != np.iinfo(np.int64).min])
            features[name] = tf.train.Feature(int64_list=kept)
        else:
            kept = tf.train.FloatList(value=values[~np.isnan(values)])
            features[name] = tf.train.Feature(float_list=kept)
    return tf.train.Example(features=tf.train.Features(feature=features)).SerializeToString()


def raw_columns(shop, frame):
    batch = pa.RecordBatch.from_pandas(frame, preserve_index=False)
    return shop.preprocessing.to_raw(batch)


def signature_def(export):
    content = (export / "saved_model.pb").read_bytes()
    return saved_model_pb2.SavedModel.FromString(content).meta_graphs[0].signature_def


def description(export):
    return json.loads((export / "assets.extra" / "mtlkeras.json").read_text(encoding="utf-8"))


@pytest.mark.slow
def test_reloads_with_tensorflow_alone_and_answers_alike(shop, make_frame, tmp_path):
    frame = make_frame(10_000, 7)
    raw = raw_columns(shop, frame)
    # Joined, because fixed-width bytes lose the zeros that a record may end with.
    records = [example(raw, row) for row in range(len(frame))]
    given = {name: fixed(array) for name, array in raw.items()}
    given["joined examples"] = np.frombuffer(b"".join(records), np.uint8)
    given["ends of examples"] = np.cumsum([len(record) for record in records])
    np.savez(tmp_path / "given.npz", **given)
    script = tmp_path / "alone.py"
    script.write_text(ALONE)
    moved = tmp_path / "moved"
    shutil.copytree(shop.export, moved)
    answers = tmp_path / "answers.npz"
    subprocess.run(
        [sys.executable, "-I", script, moved, tmp_path / "given.npz", answers],
        check=True,
        cwd=tmp_path,
        env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"},
    )
    answers = np.load(answers)
    expected = shop.expected(frame)
    assert {name.partition(" ")[2] for name in answers} == set(expected)
    for name, value in expected.items():
        for signature in ("columns", "examples"):
            answer = answers[f"{signature} {name}"]
            assert answer.shape == value.shape
            if value.dtype == object:
                np.testing.assert_array_equal(answer, value.astype(bytes))
            else:
                scale = max(1.0, np.abs(value).max())
                # An amount's median leaps where its probability crosses one half, and there
                # magnifies the last bit, which depends on the size of the batch.
                close = 1e-4 if name == "spend_median" else 1e-6
                np.testing.assert_allclose(answer / scale, value / scale, rtol=0, atol=close)


def test_signatures_name_columns_and_tasks(shop):
    signatures = signature_def(shop.export)
    assert set(signatures["serving_default"].inputs) == set(shop.preprocessing.raw_signature())
    assert "Review Text" in signatures["serving_default"].inputs
    assert list(signatures["serving_examples"].inputs) == ["examples"]
    for name in ("serving_default", "serving_examples"):
        assert set(shop.preprocessing.spec.tasks) <= set(signatures[name].outputs)
        for tensor in [*signatures[name].inputs.values(), *signatures[name].outputs.values()]:
            assert tensor.tensor_shape.dim[0].size == -1


@pytest.mark.slow
def test_saved_model_cli_shows_the_columns(shop):
    tool = Path(sys.executable).with_name("saved_model_cli")
    command = [tool, "show", "--dir", shop.export, "--tag_set", "serve"]
    shown = subprocess.run(
        [*command, "--signature_def", "serving_default"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    assert "inputs['Review Text'] tensor_info:\n      dtype: DT_STRING\n      shape: (-1)" in shown
    assert "inputs['items'] tensor_info:\n      dtype: DT_STRING\n      shape: (-1, -1)" in shown
    assert "outputs['click'] tensor_info:\n      dtype: DT_FLOAT" in shown


@pytest.mark.parametrize("rows", [0, 1])
def test_batches_of_none_and_of_one(shop, make_frame, rows):
    frame = make_frame(5, 3)
    served = tf.saved_model.load(shop.export).signatures["serving_default"]
    raw = raw_columns(shop, frame.head(rows)) if rows else raw_columns(shop, frame)
    answers = served(**{name: tf.constant(array[:rows]) for name, array in raw.items()})
    expected = shop.expected(frame)
    for name, value in expected.items():
        assert answers[name].shape == (rows, *value.shape[1:])
        if rows and value.dtype != object:
            np.testing.assert_allclose(answers[name], value[:rows], rtol=1e-5, atol=1e-6)


def test_a_record_without_columns_is_a_row_of_missing_values(shop):
    signatures = tf.saved_model.load(shop.export).signatures
    values = {tf.float32: np.nan, tf.int64: tf.int64.min, tf.string: ""}
    missing = {
        name: tf.constant(values[spec.dtype], spec.dtype, [1, 0] if spec.shape.rank == 2 else [1])
        for name, spec in shop.preprocessing.raw_signature().items()
    }
    parsed = signatures["serving_examples"](examples=tf.constant([b""]))
    for name, value in signatures["serving_default"](**missing).items():
        np.testing.assert_array_equal(parsed[name], value)


def test_description_tells_columns_outputs_and_classes(shop):
    told = description(shop.export)
    assert told["name"] == "tiny_shop"
    assert told["key"] == ["order"]
    review = {"dtype": "string", "list": False, "missing": "", "features": ["review"]}
    assert told["columns"]["Review Text"] == review
    assert told["columns"]["price"]["missing"] == "NaN"
    assert told["columns"]["visits"] == {
        "dtype": "float32", "list": True, "missing": "NaN", "features": ["visits"],
    }  # fmt: skip
    assert told["outputs"]["kind"]["classes"] == ["a", "b", "c"]
    assert told["outputs"]["stars"]["classes"] == [1, 2, 3, 4, 5]
    assert told["outputs"]["click"]["kind"] == "binary"
    assert told["outputs"]["click"]["classes"] is None
    assert told["versions"]["tensorflow"] == tf.__version__


def test_nothing_in_it_knows_where_it_was_made(shop):
    places = [str(ROOT), str(shop.export.parent), str(Path.home())]
    for file in shop.export.rglob("*"):
        if file.is_file():
            content = file.read_bytes()
            found = [place for place in places if place.encode() in content]
            assert not found, f"{file} holds {found}"


def test_existing_path_is_refused_and_kept(shop, tmp_path):
    path = tmp_path / "shop"
    shutil.copytree(shop.export, path)
    before = (path / "fingerprint.pb").read_bytes()
    with pytest.raises(FileExistsError, match=r"exists already\. Choose another path"):
        mtl.export_saved_model(shop.model, shop.preprocessing, path)
    assert (path / "fingerprint.pb").read_bytes() == before


def test_overwrite_replaces_an_export_but_nothing_else(shop, tmp_path):
    path = tmp_path / "shop"
    shutil.copytree(shop.export, path)
    (path / "left over").write_text("x")
    mtl.export_saved_model(shop.model, shop.preprocessing, path, overwrite=True)
    assert not (path / "left over").exists()
    assert (path / "saved_model.pb").exists()

    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter1").write_text("x")
    with pytest.raises(FileExistsError, match="is not an exported model"):
        mtl.export_saved_model(shop.model, shop.preprocessing, tmp_path / "thesis", overwrite=True)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["shop", "thesis"]


def test_a_failed_export_leaves_nothing(shop, tmp_path, monkeypatch):
    def fail(self, folder):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(mtl.Preprocessing, "save", fail)
    with pytest.raises(OSError, match="No space left"):
        mtl.export_saved_model(shop.model, shop.preprocessing, tmp_path / "shop")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_is_one_model_or_versions_of_it(shop, tmp_path):
    shutil.copytree(shop.export, tmp_path / "one")
    with pytest.raises(FileExistsError, match=r"version 2 cannot be put inside it"):
        mtl.export_saved_model(shop.model, shop.preprocessing, tmp_path / "one" / "2")
    shutil.copytree(shop.export, tmp_path / "many" / "9")
    shutil.copytree(shop.export, tmp_path / "many" / "10")
    with pytest.raises(FileExistsError, match=r"newest: 10.*--version 11"):
        mtl.export_saved_model(shop.model, shop.preprocessing, tmp_path / "many", overwrite=True)


def test_model_that_does_not_fit_is_refused(shop, tmp_path):
    x = keras.Input((1,), name="x")
    plain = keras.Model(x, keras.layers.Dense(1)(x))
    with pytest.raises(ValueError, match="dict of features as input and a dict of tasks"):
        mtl.export_saved_model(plain, shop.preprocessing, tmp_path / "shop")
    other = keras.Model({"x": x}, {"click": keras.layers.Dense(1)(x)})
    with pytest.raises(ValueError, match=r"inputs that are no features.*\['x'\]"):
        mtl.export_saved_model(other, shop.preprocessing, tmp_path / "shop")


def test_heads_of_plain_keras_serve_their_output(shop, tmp_path):
    price = keras.Input((2,), name="price")
    outputs = {"click": keras.layers.Dense(1, name="click")(price)}
    model = keras.Model({"price": price}, outputs)
    mtl.export_saved_model(model, shop.preprocessing, tmp_path / "shop")
    assert list(description(tmp_path / "shop")["outputs"]) == ["click"]


def test_two_outputs_of_one_name_are_refused(shop, tmp_path):
    features = keras.Input((2,), name="price")
    kind = mtl.heads.Multiclass(classes=("a", "b"), name="kind")(features)
    clash = keras.layers.Dense(1, name="kind_class")(features)
    model = keras.Model({"price": features}, {"kind": kind, "kind_class": clash})
    with pytest.raises(ValueError, match=r"Two tasks answer as 'kind_class'"):
        mtl.export_saved_model(model, shop.preprocessing, tmp_path / "shop")
