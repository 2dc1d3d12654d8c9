import numpy as np
import pandas as pd
import pytest
import tensorflow as tf

from mtlkeras.data import DataError, DataWarning, load_data, load_split
from mtlkeras.data._store import state_files
from mtlkeras.specs import DataSpec

COLUMN_SPLIT = {"by": "column", "column": "part"}
FEATURES = {"price": {"type": "number"}, "item": {"type": "category"}}
TASKS = {"click": {"type": "binary"}, "kind": {"type": "multiclass"}}


def spec(features=FEATURES, tasks=TASKS, **more):
    return DataSpec.from_dict(
        {"name": "shop", "split": COLUMN_SPLIT, "features": features, "tasks": tasks, **more}
    )


def frame(train=60, validation=20, test=20, seed=0):
    random = np.random.default_rng(seed)
    rows = train + validation + test
    return pd.DataFrame(
        {
            "part": ["train"] * train + ["validation"] * validation + ["test"] * test,
            "price": random.normal(size=rows),
            "item": random.choice(list("abcd"), rows),
            "click": random.integers(0, 2, rows),
            "kind": random.choice(["x", "y"], rows),
        }
    )


def state(data):
    p = data.preprocessing
    return state_files(p.spec, p.state, p.targets)


def column(dataset, part, name):
    return np.concatenate([batch[part][name] for batch in dataset])


def test_only_the_training_split_is_fitted():
    rows = frame()
    changed = rows.copy()
    outside = changed["part"] != "train"
    changed.loc[outside, "price"] += 1000
    changed.loc[outside, "item"] = "new"
    changed.loc[outside, "click"] = 1
    with pytest.warns(DataWarning, match="feature 'item': 100.0% of its values in the test split"):
        second = load_data(spec(), changed)
    assert state(load_data(spec(), rows)) == state(second)
    changed.loc[3, "price"] = 9.0
    with pytest.warns(DataWarning, match="out of vocabulary"):
        assert state(load_data(spec(), changed)) != state(second)


def test_the_report_tells_rows_labels_missing_and_unseen():
    rows = frame()
    rows.loc[0:5, "price"] = np.nan
    rows["click"] = rows["click"].astype(float)
    rows.loc[60:69, "click"] = np.nan
    rows.loc[80:82, "item"] = "new"
    report = load_data(spec(), rows).report
    train, validation, test = (report.splits[name] for name in ("train", "validation", "test"))
    assert (train.rows, validation.rows, test.rows) == (60, 20, 20)
    assert train.missing["price"] == 0.1
    assert train.means["click"] == pytest.approx(rows["click"][:60].mean())
    assert validation.labels == {"click": 10, "kind": 20}
    assert (train.unseen["item"], validation.unseen["item"], test.unseen["item"]) == (0, 0, 0.15)


def test_rare_training_values_are_unseen_too():
    rows = frame()
    rows.loc[0:2, "item"] = ["p", "q", "r"]
    features = FEATURES | {"item": {"type": "category", "min_count": 2}}
    assert load_data(spec(features), rows).report.splits["train"].unseen["item"] == 0.05


def test_class_weights_hold_in_training_alone_and_row_weights_everywhere():
    rows = frame().assign(w=lambda f: np.arange(len(f)) % 3 + 0.5, click=[1, 0, 0, 0] * 25)
    tasks = TASKS | {"click": {"type": "binary", "class_weights": [1.0, 10.0]}}
    data = load_data(spec(tasks=tasks, sample_weight={"column": "w"}), rows, batch_size=7)
    expected = rows["w"] * np.where(rows["click"] == 1, 10.0, 1.0)
    weights = np.sort(column(data.train, 2, "click"))
    np.testing.assert_allclose(weights, np.sort(expected[:60]), 1e-6)
    np.testing.assert_allclose(column(data.test, 2, "click"), rows["w"][80:])
    np.testing.assert_allclose(np.sort(column(data.train, 2, "kind")), np.sort(rows["w"][:60]))


def test_a_missing_label_of_one_task_changes_nothing_of_the_others():
    rows = frame()
    changed = rows.assign(kind=rows["kind"].where(rows.index % 2 == 0))
    first, second = (
        load_data(spec(), rows, cache="memory"),
        load_data(spec(), changed, cache="memory"),
    )
    for part in (1, 2):
        np.testing.assert_array_equal(
            column(first.train, part, "click"), column(second.train, part, "click")
        )
    assert column(second.train, 2, "kind").sum() == 30


def test_labels_outside_learned_classes_count_as_missing_and_are_told():
    rows = frame()
    rows.loc[[85, 90], "kind"] = "z"
    with pytest.warns(DataWarning, match="task 'kind': 2 labels of the test split are no class"):
        data = load_data(spec(), rows)
    assert column(data.test, 2, "kind").sum() == 18
    assert data.preprocessing.targets["kind"].classes == ("x", "y")
    given = TASKS | {"kind": {"type": "multiclass", "classes": ["x", "y"]}}
    with pytest.raises(DataError, match=r"row 86 column kind: expected one of .'x', 'y'.*'z'"):
        load_data(spec(tasks=given), rows)


def test_a_split_without_labels_of_a_task_is_told():
    rows = frame()
    rows["click"] = rows["click"].where(rows["part"] != "validation")
    with pytest.warns(DataWarning, match="task 'click': the validation split has no label"):
        load_data(spec(), rows)


def test_leakage_is_refused_or_told_as_the_policy_says():
    rows = frame().assign(price=lambda f: f["click"] * 1.0)
    match = "column price: expected no feature that is the label of task 'click'"
    with pytest.raises(DataError, match=match):
        load_data(spec(), rows)
    with pytest.warns(DataWarning, match="leakage: feature 'price' equals the label of task 'cl"):
        load_data(spec(policy={"leakage": "warn"}), rows)


def test_a_task_without_labels_is_refused_with_every_such_task():
    rows = frame().assign(click=None, kind=None)
    with pytest.raises(DataError, match=r"(?s)task 'click' column click.*task 'kind' column kind"):
        load_data(spec(), rows)


def test_a_fitted_preprocessing_is_used_as_it_is():
    fitted = load_data(spec(), frame()).preprocessing
    other = frame(seed=1)
    other["price"] += 50
    data = load_data(spec(), other, preprocessing=fitted)
    assert data.preprocessing is fitted
    assert column(data.train, 0, "price").mean() > 40
    with pytest.raises(ValueError, match="`preprocessing` expects the features and tasks"):
        load_data(spec({"price": {"type": "number"}}), other, preprocessing=fitted)


def test_load_split():
    rows = frame().assign(w=2.0)
    tasks = {"click": {"type": "binary", "class_weights": [1.0, 10.0]}}
    described = spec(tasks=tasks, sample_weight={"column": "w"})
    data = load_data(described, rows)
    options = {"frame": rows, "batch_size": 8}
    plain = load_split(described, "train", data.preprocessing, **options)
    shuffled = load_split(described, "train", data.preprocessing, **options, shuffle=True)
    assert plain.cardinality() == 8
    first, second = column(plain, 0, "price"), column(shuffled, 0, "price")
    expected = (rows["price"][:60] - rows["price"][:60].mean()) / rows["price"][:60].std(ddof=0)
    np.testing.assert_allclose(first[:, 0], expected, rtol=1e-4, atol=1e-6)
    assert not np.array_equal(first, second)
    np.testing.assert_array_equal(np.sort(first, 0), np.sort(second, 0))
    # No class weights: a split is evaluated as it is.
    assert set(column(plain, 2, "click").tolist()) == {2.0}
    test = load_split(described, "test", data.preprocessing, **options)
    np.testing.assert_array_equal(column(test, 0, "price"), column(data.test, 0, "price"))


def test_splits_that_are_not_there_are_none():
    described = spec(split={"by": "random", "validation": 0, "test": 0})
    data = load_data(described, frame())
    assert (data.validation, data.test) == (None, None)
    assert list(data.report.splits) == ["train"]


def test_a_split_that_chance_left_empty_is_none_and_told():
    described = spec(split={"by": "random", "validation": 0.001, "test": 0})
    with pytest.warns(DataWarning, match="The validation split has no rows"):
        assert load_data(described, frame()).validation is None


def test_keras_fits_on_it_epoch_by_epoch():
    keras = tf.keras
    data = load_data(spec(tasks={"click": {"type": "binary"}}), frame(), batch_size=16)
    price = keras.Input((1,), name="price")
    outputs = {"click": keras.layers.Dense(1, activation="sigmoid", name="click")(price)}
    item = keras.Input((), dtype="int32", name="item")
    model = keras.Model({"price": price, "item": item}, outputs)
    model.compile("sgd", {"click": "binary_crossentropy"})
    history = model.fit(data.train, validation_data=data.validation, epochs=2, verbose=0)
    assert np.isfinite(history.history["val_loss"]).all()


def image_rows(folder):
    folder = folder / "photos"
    folder.mkdir(parents=True)
    for value in (20, 250):
        pixels = np.full((4, 4, 3), value, np.uint8)
        (folder / f"{value}.png").write_bytes(tf.io.encode_png(pixels).numpy())
    return frame().assign(photo=["20.png", "250.png"] * 50)


def image_spec(folder, **policy):
    data = {
        "name": "shop",
        "split": COLUMN_SPLIT,
        "features": {"photo": {"type": "image", "root": "photos", "height": 2, "width": 2}},
        "tasks": {"click": {"type": "binary"}},
        "policy": policy,
    }
    return DataSpec.from_dict(data, folder=folder)


def test_images_that_cannot_be_decoded_are_named_or_dropped(tmp_path):
    rows = image_rows(tmp_path)
    (tmp_path / "photos" / "cut.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    rows.loc[4, "photo"] = "cut.png"
    rows.loc[5, "photo"] = "gone.png"
    described = image_spec(tmp_path)
    match = r"row 5 column photo: expected a JPEG, PNG, GIF or BMP image below .*\(1 more\)"
    with pytest.raises(DataError, match=match):
        load_data(described, rows)
    described = image_spec(tmp_path, bad_rows="drop", max_bad_fraction=0.1)
    with pytest.warns(DataWarning, match="2 of 60 rows of the train split are bad"):
        data = load_data(described, rows)
    photos = column(data.train, 0, "photo")
    assert photos.shape == (58, 2, 2, 3)
    assert sorted({int(v) for v in photos.ravel()}) == [20, 250]


def test_images_may_lie_elsewhere_when_a_run_is_evaluated(tmp_path):
    rows = image_rows(tmp_path / "here")
    fitted = load_data(image_spec(tmp_path / "here"), rows).preprocessing
    (tmp_path / "here").rename(tmp_path / "there")
    test = load_split(image_spec(tmp_path / "there"), "test", fitted, frame=rows)
    assert column(test, 0, "photo").shape == (20, 2, 2, 3)


def test_progress_is_shown_where_asked_for(capsys):
    load_data(spec(), frame(), cache="memory")
    assert "rows" not in capsys.readouterr().out
    load_data(spec(), frame(), cache="memory", progress=True)
    shown = capsys.readouterr().out
    for words in ("read train", "read test", "prepare train", "60 rows"):
        assert words in shown
