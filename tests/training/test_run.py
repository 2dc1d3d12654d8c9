import json
import shutil

import numpy as np
import pandas as pd
import pytest

from mtlkeras.specs import DataSpec
from mtlkeras.training import RunError, load_run, train


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    """A run whose spec names its data by a path relative to the spec's file."""
    home = tmp_path_factory.mktemp("project")
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"price": rng.normal(size=400), "click": rng.integers(0, 2, 400)})
    (home / "data").mkdir()
    frame.to_parquet(home / "data" / "shop.parquet")
    (home / "data" / "shop.yaml").write_text(
        "spec_version: 1\nname: shop\nsource: {format: parquet, train: shop.parquet}\n"
        "features: {price: {type: number}}\ntasks: {click: {type: binary}}\n"
    )
    train(
        home / "data" / "shop.yaml",
        home / "runs" / "shop",
        trunk="shared_bottom",
        epochs=1,
        progress=False,
    )
    return home


@pytest.fixture
def home(original, tmp_path):
    shutil.copytree(original, tmp_path / "home")
    return tmp_path / "home"


def edit(home, **changes):
    path = home / "runs" / "shop" / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def test_data_is_found_where_it_was(original, home):
    assert load_run(home / "runs" / "shop").spec.folder == original / "data"


def test_data_moved_with_the_run_is_found_beside_it(home):
    edit(home, data_folder=["/gone", "../../data"])
    spec = load_run(home / "runs" / "shop").spec
    assert spec.folder == home / "data"
    assert spec == DataSpec.from_yaml(home / "data" / "shop.yaml")


def test_missing_and_changed_files_are_named(home):
    (home / "runs" / "shop" / "model.keras").write_bytes(b"PK")
    (home / "runs" / "shop" / "options.json").unlink()
    with pytest.raises(RunError, match=r"is damaged: .*options.json is missing.*train anew") as e:
        load_run(home / "runs" / "shop")
    assert "model.keras has 2 bytes instead of" in str(e.value)


def test_one_flipped_byte_is_noticed(home):
    path = home / "runs" / "shop" / "model.keras"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(RunError, match=r"model.keras was changed \(its SHA-256 differs"):
        load_run(home / "runs" / "shop")


def test_a_run_that_goes_on_cannot_be_loaded(home):
    edit(home, status="running")
    with pytest.raises(RunError, match="holds no finished run: its training is going on, or was"):
        load_run(home / "runs" / "shop")


def test_a_model_of_unknown_layers_is_explained(home, monkeypatch):
    def fail(*args, **kwargs):
        raise TypeError("Could not locate class 'MyTrunk'")

    monkeypatch.setattr("keras.models.load_model", fail)
    text = r"cannot be read by Keras .*Pass layers of your own in `custom_objects`.*'MyTrunk'"
    with pytest.raises(RunError, match=text):
        load_run(home / "runs" / "shop")


def test_a_folder_that_is_no_run_is_named(tmp_path):
    with pytest.raises(RunError, match="is no run folder"):
        load_run(tmp_path)
    with pytest.raises(FileNotFoundError, match="There is no run folder"):
        load_run(tmp_path / "nowhere")
