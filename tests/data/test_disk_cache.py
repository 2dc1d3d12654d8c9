import json
import os
import warnings

import numpy as np
import pandas as pd
import pytest

from mtlkeras.data import DataWarning, _disk_cache, load_data
from mtlkeras.specs import DataSpec


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("MTLKERAS_CACHE", str(tmp_path / "cache"))
    return tmp_path


def write(folder, name="rows.csv", shift=0.0):
    random = np.random.default_rng(0)
    frame = pd.DataFrame(
        {
            "price": random.normal(size=200) + shift,
            "history": ["|".join("abc"[: k % 4]) for k in range(200)],
            "click": random.integers(0, 2, 200),
        }
    )
    frame.to_csv(folder / name, index=False)


def spec(folder, **price):
    return DataSpec.from_dict(
        {
            "name": "shop",
            "source": {"format": "csv", "train": "rows.csv"},
            "features": {
                "price": {"type": "number", **price},
                "history": {"type": "sequence", "separator": "|"},
            },
            "tasks": {"click": {"type": "binary"}},
        },
        folder=folder,
    )


def content(data):
    return np.concatenate([f["price"].numpy() for f, _, _ in data.test]).ravel()


def preparations(monkeypatch):
    calls = []
    real = _disk_cache.prepared_blocks

    def counted(*args):
        calls.append(args)
        return real(*args)

    monkeypatch.setattr(_disk_cache, "prepared_blocks", counted)
    return calls


def test_prepared_rows_are_reused_and_mapped(folder, monkeypatch):
    write(folder)
    calls = preparations(monkeypatch)
    first = content(load_data(spec(folder), cache="disk"))
    assert len(calls) == 3
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        again = content(load_data(spec(folder), cache="disk"))
    assert len(calls) == 3
    np.testing.assert_array_equal(first, again)


@pytest.mark.parametrize("change", ["file", "spec", "time"])
def test_what_changed_is_prepared_anew_with_a_warning(folder, change):
    write(folder)
    first = content(load_data(spec(folder), cache="disk"))
    changed = spec(folder, standardize=False) if change == "spec" else spec(folder)
    if change == "file":
        write(folder, shift=5.0)
    if change == "time":
        os.utime(folder / "rows.csv", (1, 1))
    with pytest.warns(DataWarning, match="disk cache .* was prepared from another spec or other"):
        again = content(load_data(changed, cache="disk"))
    np.testing.assert_allclose(again, content(load_data(changed)), 1e-6)
    assert np.allclose(first, again) == (change in ("file", "time"))  # Standardised, it is equal.


def test_a_frame_is_recognised_by_its_values(folder, monkeypatch):
    described = DataSpec.from_dict(
        {
            "name": "shop",
            "features": {"price": {"type": "number"}, "tags": {"type": "sequence"}},
            "tasks": {"click": {"type": "binary"}},
        }
    )
    calls = preparations(monkeypatch)
    frame = pd.DataFrame(
        {"price": np.arange(100.0), "tags": [["a"], []] * 50, "click": [0, 1, 1, 0] * 25}
    )
    load_data(described, frame, cache="disk")
    load_data(described, frame.copy(), cache="disk")
    assert len(calls) == 3
    with pytest.warns(DataWarning, match="prepared anew"):
        load_data(described, frame.assign(tags=[["b"], []] * 50), cache="disk")


def test_damaged_or_interrupted_caches_are_prepared_anew(folder, monkeypatch):
    write(folder)
    load_data(spec(folder), cache="disk")
    (train,) = (folder / "cache").glob("shop-*/train")
    (train / "manifest.json").write_text("{")
    with pytest.warns(DataWarning, match="prepared anew"):
        load_data(spec(folder), cache="disk")
    assert json.loads((train / "manifest.json").read_text())["format"] == 1

    def interrupted(*args):
        raise KeyboardInterrupt

    monkeypatch.setattr(_disk_cache, "prepared_blocks", interrupted)
    write(folder, shift=1.0)
    before = (train / "manifest.json").read_text()
    with pytest.raises(KeyboardInterrupt), pytest.warns(DataWarning):
        load_data(spec(folder), cache="disk")
    # The old one is still whole, and nothing half-made lies beside it.
    assert (train / "manifest.json").read_text() == before
    assert not list(train.parent.glob(".*"))
