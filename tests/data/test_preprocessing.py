import subprocess
import sys
import textwrap

import numpy as np
import pyarrow as pa
import pytest
import tensorflow as tf

from mtlkeras.data import DataError

FLOATS = {"rtol": 1e-6, "atol": 1e-6}


@pytest.fixture(scope="module")
def preprocessing(shop_data):
    return shop_data.preprocessing


@pytest.fixture(scope="module")
def batch(shop_frame):
    return pa.RecordBatch.from_pandas(shop_frame, preserve_index=False)


def same(first, second):
    assert first.keys() == second.keys()
    for name, values in first.items():
        np.testing.assert_allclose(values, second[name], **FLOATS, err_msg=name)


def test_tensors_are_as_described(preprocessing, batch):
    outputs = preprocessing.features(preprocessing.to_raw(batch))
    assert list(outputs) == list(preprocessing.inputs)
    for name, described in preprocessing.inputs.items():
        values = outputs[name].numpy()
        assert values.dtype == described.dtype, name
        assert values.shape[0] == batch.num_rows
        for size, expected in zip(values.shape[1:], described.shape, strict=True):
            assert expected in (None, size), name
        sizes = described.sizes or (described.size,)
        if sizes[0] is not None:
            assert values.min() >= 0
            assert (
                values.reshape(len(values), -1).max(0) < (sizes if described.sizes else sizes[0])
            ).all()


def test_features_of_one_table_have_one_vocabulary(preprocessing):
    item, bought = preprocessing.inputs["item"], preprocessing.inputs["bought"]
    assert (item.table, item.size) == (bought.table, bought.size)
    assert preprocessing.vocabulary("item") == preprocessing.vocabulary("bought")
    # "z" occurs only in sequences, the ids count in both.
    assert "z" in preprocessing.vocabulary("item")


def test_vocabularies_name_ids(preprocessing, batch, shop_frame):
    outputs = preprocessing.features(preprocessing.to_raw(batch))
    names = np.array(preprocessing.vocabulary("channel"))
    assert names.tolist() == ["<padding>", "<unseen>", "<missing>", "app", "web"]
    expected = shop_frame["channel"].fillna("<missing>").replace("fax", "<unseen>")
    assert names[outputs["channel"].numpy()].tolist() == expected.tolist()
    assert len(preprocessing.vocabulary("price_bin")) == preprocessing.inputs["price_bin"].size
    with pytest.raises(ValueError, match=r"expected a feature with ids, one of \['user'.*'price'"):
        preprocessing.vocabulary("price")


def test_a_row_does_not_depend_on_the_rows_beside_it(preprocessing, batch):
    together = preprocessing.features(preprocessing.to_raw(batch))
    for start in (0, 7, 399):
        alone = preprocessing.features(preprocessing.to_raw(batch.slice(start, 1)))
        for name, values in alone.items():
            one, row = values.numpy()[0], together[name].numpy()[start]
            if preprocessing.inputs[name].shape[:1] == (None,):
                assert not row[len(one) :].any(), name
                row = row[: len(one)]
            np.testing.assert_allclose(one, row, **FLOATS, err_msg=name)


def test_times_agree_in_both_forms(preprocessing, batch, shop_frame):
    outputs = preprocessing.features(preprocessing.to_raw(batch))
    days = shop_frame["seen_text"].str[8:10].astype(int)
    np.testing.assert_array_equal(outputs["seen_text"][:, 0], days + 2)


def test_an_empty_batch_is_fine(preprocessing, batch):
    outputs = preprocessing.features(preprocessing.to_raw(batch.slice(0, 0)))
    assert {values.shape[0] for values in outputs.values()} == {0}


def test_all_missing_rows_are_fine(preprocessing):
    signature = preprocessing.raw_signature()
    missing = {"float32": np.nan, "int64": np.iinfo(np.int64).min, "string": ""}
    raw = {n: tf.fill([2, 1][: s.shape.rank], missing[s.dtype.name]) for n, s in signature.items()}
    raw = {n: tf.cast(v, signature[n].dtype) for n, v in raw.items()}
    outputs = {n: v.numpy() for n, v in preprocessing.features(raw).items()}
    for name in ("user", "item", "channel", "price_bin"):
        assert outputs[name].tolist() == [2, 2], name
    for name in ("bought", "viewed"):
        assert outputs[name].tolist() == [[0], [0]], name
    assert outputs["title"].tolist() == [[2], [2]]
    assert outputs["seen"].tolist() == [[2, 2, 2]] * 2
    assert outputs["price"][:, 1].tolist() == [1, 1]
    assert np.isfinite(outputs["price"]).all()
    assert not outputs["photo"].any()
    assert not outputs["paid"].any()


def test_raw_columns_fit_the_signature(preprocessing, batch):
    raw = preprocessing.to_raw(batch)
    for name, spec in preprocessing.raw_signature().items():
        assert spec.is_compatible_with(tf.constant(raw[name])), name
    assert "Review Title" in raw
    assert not [name for name in preprocessing.to_raw(batch) if name.startswith("label")]


def test_other_arrow_types_of_the_same_values_give_the_same(preprocessing, batch, shop_frame):
    changed = shop_frame.assign(
        user=shop_frame["user"].astype(str),
        price=shop_frame["price"].map(lambda v: None if np.isnan(v) else repr(v)),
        seen=shop_frame["seen"].astype("datetime64[s]"),
        item=shop_frame["item"].astype("category"),
    )
    other = preprocessing.to_raw(pa.RecordBatch.from_pandas(changed, preserve_index=False))
    same(preprocessing.features(preprocessing.to_raw(batch)), preprocessing.features(other))


def test_missing_columns_and_bad_values_are_named(preprocessing, batch):
    with pytest.raises(DataError, match="column item: expected a column of this name"):
        preprocessing.to_raw(batch.drop_columns(["item"]))
    prices = pa.array(["1.0", "cheap"] * 200)
    index = batch.schema.names.index("price")
    changed = batch.set_column(index, "price", prices)
    match = r"row 2 column price: expected a value of type float32, got 'cheap' \(199 more\)"
    with pytest.raises(DataError, match=match):
        preprocessing.to_raw(changed)


def test_tf_data_gives_what_the_function_gives(shop_data, batch):
    preprocessing = shop_data.preprocessing
    raw = preprocessing.to_raw(batch, labels=True)
    dataset = tf.data.Dataset.from_tensors({k: tf.constant(v) for k, v in raw.items()})
    features, labels = next(
        iter(dataset.map(lambda r: (preprocessing.features(r), preprocessing.labels(r))))
    )
    same({k: v.numpy() for k, v in preprocessing.features(raw).items()}, features)
    for ours, theirs in zip(labels, preprocessing.labels(raw), strict=True):
        same({k: v.numpy() for k, v in ours.items()}, theirs)


SERVE = """
import sys
import numpy as np
import tensorflow as tf

served = tf.saved_model.load(sys.argv[1])
with np.load(sys.argv[2]) as raw:
    columns = {name: tf.constant(raw[name]) for name in raw.files}
outputs = served.apply(columns)
np.savez(sys.argv[3], **{name: values.numpy() for name, values in outputs.items()})
assert not [name for name in sys.modules if name.startswith("mtlkeras")]
"""


def test_a_saved_module_gives_the_same_in_a_process_with_tensorflow_alone(
    preprocessing, batch, tmp_path
):
    module = tf.Module()
    module.preprocessing = preprocessing.module
    module.apply = tf.function(preprocessing.features, [preprocessing.raw_signature()])
    tf.saved_model.save(module, str(tmp_path / "model"))
    raw = preprocessing.to_raw(batch)
    # Bytes as fixed-width strings: an npz of objects would be a pickle. Images end in no zero.
    np.savez(tmp_path / "raw.npz", **{
        name: values.astype("S") if values.dtype == object else values
        for name, values in raw.items()
    })  # fmt: skip
    (tmp_path / "serve.py").write_text(textwrap.dedent(SERVE))
    arguments = [
        tmp_path / "serve.py",
        tmp_path / "model",
        tmp_path / "raw.npz",
        tmp_path / "out.npz",
    ]
    subprocess.run([sys.executable, *map(str, arguments)], check=True, cwd=tmp_path)
    with np.load(tmp_path / "out.npz") as served:
        same({name: served[name] for name in preprocessing.inputs}, preprocessing.features(raw))
