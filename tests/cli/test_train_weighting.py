"""`mtlkeras train --weighting`: what the command line says where tasks cannot be weighed."""

import json

import keras
import numpy as np
import pandas as pd
import pytest

from mtlkeras import balancing
from mtlkeras.balancing import LossWeighting

SPEC = """\
spec_version: 1
name: shop
source: {format: parquet, train: rows.parquet}
split: {by: random, validation: 0.2, test: 0}
features:
  price: {type: number}
tasks:
  click: {type: binary}
"""
BUY = "  buy: {type: binary}\n"


@pytest.fixture
def train(run, tmp_path):
    """Trains on a few rows; returns the result of the command."""

    def train(weighting, *words, spec=SPEC + BUY):
        rng = np.random.default_rng(0)
        price = rng.normal(size=320)
        labels = {"click": (price > 0).astype(int), "buy": rng.integers(0, 2, 320)}
        pd.DataFrame({"price": price, **labels}).to_parquet(tmp_path / "rows.parquet")
        (tmp_path / "shop.yaml").write_text(spec)
        given = ["--trunk", "shared_bottom", "--batch-size", 64, "--epochs", 1, *words]
        folder = tmp_path / "run"
        return run("train", tmp_path / "shop.yaml", "-o", folder, "--weighting", weighting, *given)

    return train


@pytest.mark.parametrize(
    ("weighting", "words", "text"),
    [
        ("pcgrat", [], "Did you mean 'pcgrad'"),
        ("cagrad", ["--weighting-option", "rescal=1"], "Did you mean 'rescale'"),
        ("mgda", ["--weighting-option", "scope=weights"], "scope must be one of 'representation'"),
        ("static", ["--weighting-option", "weights=2"], "weights must be a list of numbers of at"),
        ("static", ["--weighting-option", "weights=1,2,3"], "for each of the 2 tasks"),
        ("rotograd", ["--trunk", "mmoe"], "Take trunk='shared_bottom', or another weighting"),
    ],
)
def test_mistakes_end_with_a_text_and_not_with_a_traceback(train, weighting, words, text):
    result = train(weighting, *words)
    assert result.exit_code == 2, result.output
    assert text in " ".join(result.stderr.split())
    assert "Traceback" not in result.output


def test_one_task_alone_trains_plainly_with_a_warning(train):
    result = train("pcgrad", spec=SPEC)
    assert result.exit_code == 0, result.output
    said = " ".join(result.stderr.split())
    assert "nothing for PCGrad to weigh: the model has one task, 'click'" in said


@keras.saving.register_keras_serializable("mtlkeras_tests")
class GLS(LossWeighting):
    """Weights that break in the second epoch, of 4 steps."""

    value = np.nan

    def build(self, losses_shape):
        self.steps = self.add_weight(initializer="zeros", trainable=False, name="steps")

    def weigh(self, losses, active):
        self.steps.assign_add(1.0)
        broken = keras.ops.where(self.steps < 6, 1.0, self.value)
        return keras.ops.stack([keras.ops.ones(()), broken])


@pytest.mark.parametrize(("value", "shown"), [(np.nan, "nan"), (-2.0, "-2")])
def test_a_broken_weight_stops_with_the_last_epoch_kept(train, tmp_path, monkeypatch, value, shown):
    monkeypatch.setattr(balancing, "GLS", GLS)
    monkeypatch.setattr(GLS, "value", value)
    result = train("gls", "--epochs", 3)
    assert result.exit_code == 1, result.output
    said = " ".join(result.stderr.split())
    # Tasks come sorted.
    assert f"In step 6 of the training, task 'click' got {shown}; the losses were buy" in said
    assert "Epoch 1 is the last finished one" in said
    assert "Traceback" not in result.output
    manifest = json.loads((tmp_path / "run" / "manifest.json").read_text())
    assert (manifest["status"], manifest["epochs"]) == ("failed", 1)
    model = keras.models.load_model(tmp_path / "run" / "model.keras")
    assert all(np.isfinite(np.array(v)).all() for v in model.variables)
    assert model.tasks == ("buy", "click")
