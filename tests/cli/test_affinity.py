"""`mtlkeras affinity`: how words become arguments, and what it prints."""

from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

import mtlkeras as mtl


class Found:
    """Stands for affinities."""

    frame = pd.DataFrame([[0.5]], ["click"], ["click"])

    def __rich__(self):
        return "the table"

    def plot(self, path):
        Path(path).write_text("a picture")


@pytest.fixture
def calls(replaced):
    run = SimpleNamespace(spec="spec", preprocessing="preprocessing", model="model")
    replaced(mtl, "load_run", run)
    replaced(mtl, "load_split", "rows")
    replaced(mtl, "evaluate_affinity", Found())
    return replaced.calls


def test_affinity(run, calls, tmp_path):
    picture, table = tmp_path / "new" / "affinity.png", tmp_path / "tables" / "affinity.csv"
    words = ["--groups", 3, "--output", picture, "--csv", table, "--split", "validation"]
    words += ["--batches", 7, "--batch-size", 64, "--learning-rate", 0.1]
    result = run("affinity", "runs/shop", *words)
    assert result.exit_code == 0, result.output
    assert calls["load_run"][0] == (Path("runs/shop"),)
    assert calls["load_split"] == (("spec", "validation", "preprocessing"), {"batch_size": 64})
    arguments, settings = calls["evaluate_affinity"]
    assert arguments == ("model", "rows")
    assert callable(settings.pop("progress"))
    assert settings == {"groups": 3, "batches": 7, "learning_rate": 0.1}
    assert "the table" in result.stdout
    assert "mtlkeras weightings" in result.stdout
    assert f"Picture written to {picture}." in result.stdout
    assert picture.read_text() == "a picture"
    assert table.read_text().splitlines() == [",click", "click,0.5"]


def test_training_rows_and_two_groups_unless_told(run, calls):
    assert run("affinity", "runs/shop").exit_code == 0
    assert calls["load_split"] == (("spec", "train", "preprocessing"), {"batch_size": 1024})
    assert calls["evaluate_affinity"][1]["groups"] == 2


def test_without_matplotlib_the_table_is_still_there(run, calls, monkeypatch, tmp_path):
    def plot(self, path):
        raise ImportError("Plots need matplotlib, which is not installed.")

    monkeypatch.setattr(Found, "plot", plot)
    result = run("affinity", "runs/shop", "--output", tmp_path / "affinity.png")
    assert result.exit_code == 0
    assert "the table" in result.stdout
    assert "Plots need matplotlib" in result.stderr
