"""`mtlkeras compare`: how the command line becomes arguments of `mtlkeras.compare`."""

from pathlib import Path

import pandas as pd
import pytest

import mtlkeras as mtl
from mtlkeras.cli._compare import parse_trunk_options
from mtlkeras.training import Comparison


@pytest.fixture
def compared(monkeypatch):
    """Catches the call of `mtlkeras.compare`."""
    calls = []

    def caught(spec, trunks, output, **settings):
        calls.append((spec.name, trunks, output, settings))
        output.mkdir(parents=True)
        costs = {"parameters": 9.0, "step_ms": 1.5, "train_seconds": 2.0, "error": ""}
        runs = [
            {"trunk": name, "seed": seed, "click": 0.5 + 0.1 * place + 0.01 * seed, **costs}
            for seed in (0, 1)
            for place, name in enumerate(trunks)
        ]
        found = Comparison(pd.DataFrame(runs), {"click": "auc"}, "validation", {"name": "shop"})
        found.to_json(output / "comparison.json")
        return found

    monkeypatch.setattr(mtl, "compare", caught, raising=False)
    return calls


def test_table_files_and_what_comes_next(run, spec, compared, tmp_path):
    folder = tmp_path / "compare"
    result = run("compare", spec, "--trunks", "MMoE, ple", "-o", folder)
    assert result.exit_code == 0, result.output
    assert compared == [("shop", ["mmoe", "ple"], folder, {"seeds": 3, "trunk_options": {}})]
    assert "0.6050 ± 0.0071*" in result.stdout
    assert {path.name for path in folder.iterdir()} == {
        "comparison.csv",
        "comparison.json",
        "comparison.png",
    }
    assert f"mtlkeras evaluate {folder}/runs/ple/seed-0" in result.stdout


def test_every_option_arrives(run, spec, compared, tmp_path):
    options = {
        "--seeds": 2,
        "--tower": "16,8",
        "--weighting": "cagrad",
        "--weighting-option": "c=0.5",
        "--funnel": "esmm",
        "--learning-rate": 0.01,
        "--epochs": 5,
        "--batch-size": 256,
        "--prepared": "prepared/shop",
        "--trunk-option": "mmoe.num_experts=4",
    }
    words = [word for item in options.items() for word in item]
    result = run("compare", spec, "-o", tmp_path / "c", "--overwrite", *words)
    assert result.exit_code == 0, result.output
    ((_, trunks, _, settings),) = compared
    assert trunks == ["shared_bottom", "mmoe", "ple"]
    assert settings == {
        "seeds": 2,
        "trunk_options": {"mmoe": {"num_experts": 4}},
        "tower": (16, 8),
        "weighting": "cagrad",
        "weighting_options": {"c": 0.5},
        "funnel": "esmm",
        "learning_rate": 0.01,
        "epochs": 5,
        "batch_size": 256,
        "prepared": Path("prepared/shop"),
        "overwrite": True,
    }


def test_a_bad_name_is_told_before_anything_is_read(run, spec, compared, tmp_path):
    for words, meant in ((["--trunks", "mmoe,pel"], "ple"), (["--weighting", "fomo"], "famo")):
        result = run("compare", tmp_path / "nothing.yaml", *words)
        assert result.exit_code == 2
        assert f"Did you mean '{meant}'?" in result.stderr
    assert compared == []


def test_without_matplotlib_there_is_a_table_and_a_hint(run, spec, compared, tmp_path, monkeypatch):
    def missing(*_):
        raise ImportError("Pictures need matplotlib, which is not installed.")

    monkeypatch.setattr(Comparison, "plot", missing)
    result = run("compare", spec, "-o", tmp_path / "c")
    assert result.exit_code == 0, result.output
    assert "Pictures need matplotlib" in result.stderr
    assert "comparison.png" not in result.stdout


def test_options_without_a_trunk_are_for_all():
    found = parse_trunk_options(["units=64,", "ple.num_levels=1"], ["mmoe", "ple"])
    assert found == {"mmoe": {"units": (64,)}, "ple": {"units": (64,), "num_levels": 1}}
