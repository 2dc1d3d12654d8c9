"""`mtlkeras score`: how words become arguments, and what it prints."""

import re
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

import mtlkeras as mtl
from mtlkeras.specs import FormulaScore

REAL = """\
name: shop
source: {format: parquet, train: rows.parquet}
split: {by: random, validation: 0.3, test: 0.2}
features:
  a: {type: number}
  b: {type: number}
tasks:
  click: {type: binary}
  buy: {type: binary}
score: {formula: click * buy, name: rank}
"""


class Found:
    """Stands for a search that has ended."""

    score = FormulaScore(formula="click ** 0.3 * purchase", name="rank")

    def __rich__(self):
        return "the table"

    def plot(self, path):
        Path(path).write_text("a picture")


@pytest.fixture
def calls(replaced):
    run = SimpleNamespace(spec="spec", preprocessing="preprocessing", model="model")
    replaced(mtl, "load_run", run)
    replaced(mtl, "load_split", "rows")
    replaced(mtl, "search_exponents", Found())
    replaced(mtl, "fit_score", FormulaScore(formula="sigmoid(click)"))
    replaced(mtl.training, "keep_score", Path("runs/shop/score.json"))
    return replaced.calls


def test_search(run, calls, tmp_path):
    picture = tmp_path / "pictures" / "exponents.png"
    result = run(
        "score", "runs/shop", "--target", "purchase", "--target", "click=0.5", "--metric", "gauc",
        "--group", "user_id", "--formula", "click ** a * purchase", "--bounds", "0", "3",
        "--plot", picture,
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    arguments, settings = calls["search_exponents"]
    assert arguments == ("model", "rows", "click ** a * purchase")
    assert settings == {
        "target": {"purchase": 1.0, "click": 0.5},
        "metric": "gauc",
        "group": "user_id",
        "bounds": (0.0, 3.0),
    }
    assert calls["load_split"] == (("spec", "validation", "preprocessing"), {"batch_size": 4096})
    assert "the table" in result.stdout
    assert "rank: click ** 0.3 * purchase" in result.stdout
    assert picture.read_text() == "a picture"
    assert "keep_score" not in calls


def test_keep(run, calls):
    result = run("score", "runs/shop", "--target", "purchase", "--keep")
    assert calls["search_exponents"][0][2] is None
    assert calls["keep_score"][0] == (Path("runs/shop"), Found.score)
    assert "mtlkeras export runs/shop exports/shop" in result.stdout


def test_learn(run, calls):
    words = ["--learn", "click", "--learn", "price", "--split", "train"]
    result = run("score", "runs/shop", "--target", "purchase", *words)
    assert result.exit_code == 0, result.output
    expected = ("model", "rows"), {"target": "purchase", "of": ["click", "price"]}
    assert calls["fit_score"] == expected
    assert calls["load_split"][0][1] == "train"
    assert "score: sigmoid(click)" in result.stdout


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["--target", "click", "--learn", "click", "--formula", "x"], "--learn fits to one"),
        (["--target", "click", "--target", "buy", "--learn", "click"], "--learn fits to one"),
        (["--target", "click=much"], "--target takes a task or TASK=SHARE"),
        ([], "target"),
        (["--target", "click", "--split", "test"], "split"),
    ],
)
def test_what_is_refused(run, calls, words, text):
    result = run("score", "runs/shop", *words)
    assert result.exit_code == 2
    assert text in result.output
    assert not calls


def test_a_formula_can_be_exported_without_being_kept(run, calls, monkeypatch):
    exported = {}
    monkeypatch.setattr(
        mtl, "export_saved_model", lambda *words, **named: exported.update(named) or words[2],
        raising=False,
    )  # fmt: skip
    run("export", "runs/shop", "exports/shop", "--score", "click * 2")
    assert exported == {"overwrite": False, "score": "click * 2"}


def test_a_real_run(run, tmp_path):
    """Trained, searched, kept, evaluated: nothing replaced."""
    rng = np.random.default_rng(0)
    rates = rng.uniform(0.1, 0.9, (800, 2))
    labels = (rng.random((800, 2)) < rates).astype(int)
    frame = pd.DataFrame({"a": rates[:, 0], "b": rates[:, 1]})
    frame.assign(click=labels[:, 0], buy=labels[:, 1]).to_parquet(tmp_path / "rows.parquet")
    (tmp_path / "shop.yaml").write_text(REAL)
    train = ["--epochs", 2, "--learning-rate", 0.02, "--batch-size", 64]
    path = tmp_path / "run"
    assert run("train", tmp_path / "shop.yaml", *train, "--output", path).exit_code == 0
    words = ["--formula", "click ** x * buy", "--target", "buy", "--target", "click", "--keep"]
    result = run("score", path, *words)
    assert result.exit_code == 0, result.output
    kept = re.search(r"rank: (click \*\* [0-9.]+ \* buy)", result.stdout)[1]
    assert "the spec's own" in result.stdout
    assert mtl.load_run(path).score.formula == kept
    shown = run("evaluate", path)
    assert "auc_click" in shown.stdout
    wrong = run("score", path, "--target", "buy", "--formula", "clik ** x * clck")
    assert wrong.exit_code == 2
    assert "did you mean 'click'?" in wrong.stderr


def test_validate_shows_the_score(run, spec):
    spec.write_text(spec.read_text() + "score: click ** 2 * price\n")
    assert "score: click ** 2 * price" in run("validate", spec).stdout
    learned = "{target: click, of: [click, price], name: rank}"
    spec.write_text(spec.read_text().replace("click ** 2 * price", learned))
    assert "rank: learned from click, of click, price" in run("validate", spec).stdout
