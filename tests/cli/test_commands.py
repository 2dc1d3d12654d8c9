"""`mtlkeras evaluate`, `export` and `predict`: how words become arguments."""

import json
from pathlib import Path
from types import SimpleNamespace

import pytest

import mtlkeras as mtl


class FakeEvaluation:
    """Stands for an evaluation: a table that can be printed and written."""

    def __rich__(self):
        return "the table"

    def to_json(self, path):
        Path(path).write_text(json.dumps({"auc": 0.5}))


@pytest.fixture
def calls(replaced):
    """Replaces what the commands call; `calls[name]` are the arguments."""
    run = SimpleNamespace(spec="spec", preprocessing="preprocessing", model="model")
    replaced(mtl, "load_run", run)
    replaced(mtl, "load_split", "rows")
    replaced(mtl, "evaluate", FakeEvaluation())
    replaced(mtl, "export_saved_model", lambda model, preprocessing, path: path)
    replaced(mtl, "predict", 12_345)
    return replaced.calls


def test_evaluate(run, calls, tmp_path):
    table = tmp_path / "tables" / "metrics.json"
    result = run("evaluate", "runs/shop", "--split", "validation", "--json", table)
    assert result.exit_code == 0, result.output
    assert calls["load_run"][0] == (Path("runs/shop"),)
    assert calls["load_split"] == (("spec", "validation", "preprocessing"), {"batch_size": 4096})
    assert calls["evaluate"][0] == ("model", "rows", "preprocessing")
    assert "the table" in result.stdout
    assert json.loads(table.read_text()) == {"auc": 0.5}
    assert f"Written to {table}." in result.stdout
    assert "mtlkeras export runs/shop exports/shop" in result.stdout


def test_evaluate_takes_the_test_rows_unless_told(run, calls):
    run("evaluate", "runs/shop")
    assert calls["load_split"][0][1] == "test"
    assert run("evaluate", "runs/shop", "--split", "tset").exit_code == 2


def test_evaluate_finds_data_that_was_moved(run, calls, monkeypatch, tmp_path):
    spec = mtl.DataSpec.from_dict(
        {
            "name": "shop",
            "source": {"format": "csv", "train": "rows.csv"},
            "features": {"price": {"type": "number"}},
            "tasks": {"click": {"type": "binary"}},
        },
        folder="/was/here",
    )
    loaded = SimpleNamespace(spec=spec, preprocessing="preprocessing", model="model")
    monkeypatch.setattr(mtl, "load_run", lambda path: loaded, raising=False)
    result = run("evaluate", "runs/shop", "--data", tmp_path)
    assert result.exit_code == 0, result.output
    moved = calls["load_split"][0][0]
    assert moved == spec
    assert moved.folder == tmp_path


def test_export(run, calls):
    result = run("export", "runs/shop", "exports/my shop")
    assert result.exit_code == 0, result.output
    assert calls["export_saved_model"] == (
        ("model", "preprocessing", Path("exports/my shop")),
        {"overwrite": False},
    )
    assert "Exported to exports/my shop." in result.stdout
    command = "mtlkeras predict 'exports/my shop' new.parquet --output scored.parquet"
    assert command in result.stdout


def test_export_of_a_version_goes_to_a_numbered_folder(run, calls):
    result = run("export", "runs/shop", "exports/shop", "--version", "3", "--overwrite")
    (_, _, path), settings = calls["export_saved_model"]
    assert path == Path("exports/shop/3")
    assert settings == {"overwrite": True}
    assert "Exported to exports/shop/3." in result.stdout
    assert "mtlkeras predict exports/shop " in result.stdout


def test_predict(run, calls):
    words = ["--keep", "user", "--keep", "day", "--batch-size", "64", "--overwrite"]
    result = run("predict", "exports/shop", "a.csv", "b/*.csv", "-o", "scored.parquet", *words)
    assert result.exit_code == 0, result.output
    assert calls["predict"] == (
        (Path("exports/shop"), ["a.csv", "b/*.csv"], Path("scored.parquet")),
        {"batch_size": 64, "keep": ["user", "day"], "overwrite": True},
    )
    assert "12,345 rows answered in scored.parquet." in result.stdout


def test_predict_keeps_the_key_unless_told(run, calls):
    run("predict", "exports/shop", "a.csv", "-o", "scored.parquet")
    assert calls["predict"][1] == {"batch_size": 4096, "keep": None, "overwrite": False}
