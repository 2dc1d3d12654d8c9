import json

import numpy as np
import pyarrow as pa
import pytest

from mtlkeras.data import Preprocessing


@pytest.fixture
def batch(shop_frame):
    return pa.RecordBatch.from_pandas(shop_frame, preserve_index=False)


def test_saved_and_loaded_preprocessing_does_exactly_the_same(shop_data, batch, tmp_path):
    first = shop_data.preprocessing
    first.save(tmp_path / "new" / "folder")
    second = Preprocessing.load(tmp_path / "new" / "folder")
    assert second.spec == first.spec
    assert second.inputs == first.inputs
    assert second.targets == first.targets
    assert second.raw_signature() == first.raw_signature()
    for feature, described in first.inputs.items():
        if described.size is not None:
            assert second.vocabulary(feature) == first.vocabulary(feature)
    raw = first.to_raw(batch, labels=True)
    for name, values in second.to_raw(batch, labels=True).items():
        np.testing.assert_array_equal(values, raw[name])
    for name, values in first.features(raw).items():
        np.testing.assert_array_equal(second.features(raw)[name], values)
    for ours, theirs in zip(first.labels(raw, True), second.labels(raw, True), strict=True):
        for task, values in ours.items():
            np.testing.assert_array_equal(theirs[task], values)


def test_saving_twice_gives_the_same_bytes_and_leaves_nothing_behind(shop_data, tmp_path):
    shop_data.preprocessing.save(tmp_path)
    first = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    (tmp_path / "preprocessing-0123456789abcdef.npz").write_bytes(b"of an earlier save")
    Preprocessing.load(tmp_path).save(tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == first
    assert len(first) == 2


def test_nothing_in_the_files_is_pickled(shop_data, tmp_path):
    shop_data.preprocessing.save(tmp_path)
    (arrays,) = tmp_path.glob("*.npz")
    with np.load(arrays, allow_pickle=False) as archive:
        assert all(archive[name].dtype.kind in "iuf" for name in archive.files)


def test_an_interrupted_save_leaves_the_old_state(shop_data, tmp_path, monkeypatch):
    shop_data.preprocessing.save(tmp_path)

    def interrupted(path, data):
        raise OSError("disk full")

    monkeypatch.setattr("mtlkeras.data._store._replace", interrupted)
    with pytest.raises(OSError, match="disk full"):
        shop_data.preprocessing.save(tmp_path)
    assert Preprocessing.load(tmp_path).inputs == shop_data.preprocessing.inputs


def test_other_versions_are_refused(shop_data, tmp_path):
    shop_data.preprocessing.save(tmp_path)
    path = tmp_path / "preprocessing.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"format": 2, "mtlkeras": "9.9"}))
    with pytest.raises(ValueError, match=r"expected format 1, got 2, written by mtlkeras 9\.9"):
        Preprocessing.load(tmp_path)
    path.write_text("[]")
    with pytest.raises(ValueError, match="expected format 1, got None"):
        Preprocessing.load(tmp_path)


def test_damaged_and_incomplete_folders_are_named(shop_data, tmp_path):
    with pytest.raises(ValueError, match=r"expected preprocessing\.json in .*, got no such file"):
        Preprocessing.load(tmp_path)
    shop_data.preprocessing.save(tmp_path)
    (arrays,) = tmp_path.glob("*.npz")
    arrays.write_bytes(arrays.read_bytes()[:-1])
    with pytest.raises(ValueError, match=r"got other content\. Copy the whole folder again"):
        Preprocessing.load(tmp_path)
    arrays.unlink()
    with pytest.raises(ValueError, match="got no file"):
        Preprocessing.load(tmp_path)
    (tmp_path / "preprocessing.json").write_text("{")
    with pytest.raises(ValueError, match="expected JSON, got a damaged file"):
        Preprocessing.load(tmp_path)
