import json
import os
import shutil
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import keras
import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import log_loss, roc_auc_score
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from mtlkeras.balancing import GramianWeighting
from mtlkeras.data import DataError, load_split
from mtlkeras.evaluation import evaluate, plot_history
from mtlkeras.specs import DataSpec
from mtlkeras.training import TrainingError, TrainOptions, load_run, train

SPEC = {
    "name": "tiny",
    "scenario": "channel",
    "split": {"by": "random", "validation": 0.2, "test": 0.2},
    "features": {
        "item": {"type": "category", "dim": 4},
        "channel": {"type": "category", "vocabulary": ["app", "web"], "dim": 2},
        "price": {"type": "number"},
    },
    "tasks": {
        "click": {"type": "binary"},
        "quantity": {"type": "count"},
        "stars": {"type": "ordinal", "classes": [1, 2, 3]},
    },
}
SETTINGS = {
    "trunk_options": {"num_experts": 2, "units": (8,)},
    "tower": (4,),
    "learning_rate": 0.01,
    "batch_size": 64,
    "progress": False,
}


@pytest.fixture(scope="module")
def frame():
    rng = np.random.default_rng(0)
    price = rng.normal(size=600)
    return pd.DataFrame(
        {
            "item": rng.choice(["tea", "cup", "jar"], 600),
            "channel": rng.choice(["app", "web"], 600),
            "price": price,
            "click": (price + rng.normal(size=600) > 0).astype(int),
            "quantity": rng.poisson(np.exp(0.5 * price)),
            "stars": np.clip(np.round(2 + price + rng.normal(size=600) / 2), 1, 3).astype(int),
        }
    )


@pytest.fixture(scope="module")
def spec():
    return DataSpec.from_dict(SPEC)


@pytest.fixture(scope="module")
def run(tmp_path_factory, spec, frame):
    folder = tmp_path_factory.mktemp("runs") / "tiny"
    return train(spec, folder, frame=frame, epochs=3, histograms=True, **SETTINGS)


def test_a_run_folder_holds_all_that_a_run_is(run):
    names = {p.relative_to(run.path).as_posix() for p in run.path.rglob("*") if p.is_file()}
    assert {
        "manifest.json",
        "spec.yaml",
        "options.json",
        "preprocessing/preprocessing.json",
        "model.keras",
        "checkpoints/last.keras",
        "history.csv",
        "evaluation.json",
        "evaluation.md",
        "train/projector_config.pbtxt",
        "train/item_table.tsv",
        "train/item_table_names.tsv",
    } <= names
    assert not [name for name in names if name.split("/")[-1].startswith(".")]
    assert any("tfevents" in name and name.startswith("validation/") for name in names)
    manifest = json.loads((run.path / "manifest.json").read_text())
    assert manifest["status"] == "finished"
    assert manifest["epochs"] == 3
    listed = set(manifest["files"]) | {"manifest.json"}
    assert listed == {name for name in names if "tfevents" not in name}


def test_a_run_tells_how_long_it_waited_for_data(run):
    assert run.history["waiting_share"].between(0, 1).all()
    tags = EventAccumulator(str(run.path / "train")).Reload().Tags()
    assert "overall/waiting_share" in tags["tensors"]


def test_several_steps_at_once_train_the_same(tmp_path, run, spec, frame):
    """6 steps an epoch, 4 at once; the run of the other tests takes one at a time."""
    assert run.model.steps_per_execution == 1
    settings = SETTINGS | {"epochs": 3, "steps_per_execution": 4}
    again = train(spec, tmp_path / "run", frame=frame, histograms=True, **settings)
    assert again.model.steps_per_execution == 4
    assert again.history["epoch"].tolist() == [1, 2, 3]
    for name in ("loss", "val_loss", "click_auc", "val_click_auc", "val_stars_accuracy"):
        assert again.history[name].tolist() == pytest.approx(run.history[name].tolist(), rel=1e-5)
    assert again.manifest["best_epoch"] == run.manifest["best_epoch"]
    for a, b in zip(run.model.weights, again.model.weights, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-7)


def test_a_run_learns_and_says_so(run):
    assert run.history["loss"].iloc[-1] < run.history["loss"].iloc[0]
    assert run.evaluation["test"].value("click", "auc") > 0.7
    best = run.history["val_loss"].idxmin()
    assert run.manifest["best_epoch"] == run.history["epoch"][best]
    assert len(plot_history(run).axes) == 4


def test_the_evaluation_is_that_of_the_saved_model_on_the_test_rows(run, spec, frame):
    rows = load_split(spec, "test", run.preprocessing, frame=frame, batch_size=50)
    again = evaluate(run.model, rows, run.preprocessing)
    pd.testing.assert_frame_equal(again.frame, run.evaluation["test"].frame, atol=1e-6)
    labels, scores = [], []
    for features, y, _ in rows:
        labels.append(y["click"].numpy())
        scores.append(run.model(features)["click"].numpy()[:, 0])
    # Outside a graph, rounding may order two rows of near-equal scores the other way round.
    auc = roc_auc_score(np.concatenate(labels), np.concatenate(scores))
    assert run.evaluation["test"].value("click", "auc") == pytest.approx(auc, abs=1e-3)
    loss = log_loss(np.concatenate(labels), np.concatenate(scores))
    assert run.evaluation["test"].value("click", "log_loss") == pytest.approx(loss, abs=1e-6)
    assert set(again.frame["scenario"]) == {"all", "app", "web"}


def test_a_moved_run_loads(run, tmp_path):
    moved = tmp_path / "elsewhere" / "tiny"
    shutil.copytree(run.path, moved)
    loaded = load_run(moved)
    assert loaded.spec == run.spec
    assert loaded.options == json.loads(json.dumps(run.options))
    assert loaded.model.preprocessing is loaded.preprocessing
    pd.testing.assert_frame_equal(
        loaded.evaluation["test"].frame, run.evaluation["test"].frame, check_dtype=False
    )
    pd.testing.assert_frame_equal(loaded.history, run.history, check_dtype=False)
    features = {
        name: np.zeros((3, *(d or 1 for d in x.shape)), x.dtype)
        for name, x in run.preprocessing.inputs.items()
    }
    expected = run.model(features)
    for task, output in loaded.model(features).items():
        assert np.array_equal(output, expected[task])
    assert repr(loaded).endswith("tiny', finished, best epoch 3 of 3)")


def test_a_loaded_model_goes_on_training(run, spec, frame):
    loaded = load_run(run.path)
    rows = load_split(spec, "train", loaded.preprocessing, frame=frame, batch_size=64)
    before = loaded.model.evaluate(rows, verbose=0, return_dict=True)["loss"]
    loaded.model.fit(rows, epochs=2, verbose=0)
    assert loaded.model.evaluate(rows, verbose=0, return_dict=True)["loss"] < before


@pytest.mark.slow
def test_the_same_seed_gives_the_same_weights(run, tmp_path, spec, frame):
    again = train(spec, tmp_path / "again", frame=frame, epochs=3, **SETTINGS)
    for a, b in zip(run.model.weights, again.model.weights, strict=True):
        assert np.array_equal(a.numpy(), b.numpy()), a.path
    other = train(spec, tmp_path / "other", frame=frame, epochs=1, seed=1, **SETTINGS)
    gates = (next(w for w in r.model.weights if "gate" in w.path).numpy() for r in (run, other))
    assert not np.array_equal(*gates)


def test_the_best_epoch_is_kept(tmp_path, spec, frame):
    settings = SETTINGS | {"learning_rate": 0.3, "epochs": 6, "patience": 1}
    run = train(spec, tmp_path / "run", frame=frame, monitor="val_quantity_mae", **settings)
    best = int(run.history["val_quantity_mae"].idxmin())
    assert run.manifest["best_epoch"] == best + 1
    # Stopped one epoch after the best, or at the end.
    assert len(run.history) == min(best + 2, 6)
    assert run.evaluation["validation"].value("quantity", "mae") == pytest.approx(
        run.history["val_quantity_mae"][best], rel=1e-4
    )


def test_cosine_brings_the_learning_rate_down(tmp_path, spec, frame):
    run = train(spec, tmp_path / "run", frame=frame, epochs=2, schedule="cosine", **SETTINGS)
    assert run.history["learning_rate"].tolist() == pytest.approx([0.00505, 0.0001], rel=1e-3)


def test_without_validation_rows_the_training_loss_is_watched(tmp_path, frame):
    spec = DataSpec.from_dict(SPEC | {"split": {"by": "random", "validation": 0, "test": 0}})
    run = train(spec, tmp_path / "run", frame=frame, epochs=1, **SETTINGS)
    assert run.manifest["monitor"] == "loss"
    assert run.evaluation == {}


def test_layers_and_objects_are_options_too(tmp_path, spec, frame):
    from mtlkeras import balancing, trunks

    options = TrainOptions(
        trunk=trunks.SharedBottom((8,)),
        weighting=balancing.Uncertainty(),
        optimizer=keras.optimizers.SGD(0.02),
        epochs=1,
        progress=False,
    )
    run = train(spec, tmp_path / "run", frame=frame, options=options, seed=3)
    written = json.loads((run.path / "options.json").read_text())
    assert written["trunk"]["class_name"] == "SharedBottom"
    assert written["seed"] == 3
    assert isinstance(load_run(run.path).model.optimizer, keras.optimizers.SGD)


def test_training_says_what_it_does(tmp_path, spec, frame, capsys):
    train(spec, tmp_path / "run", frame=frame, epochs=1, **SETTINGS | {"progress": True})
    text = capsys.readouterr().out
    assert "tiny: 3 features, 3 tasks (click binary, quantity count, stars ordinal)" in text
    assert "mmoe trunk" in text
    assert "embedding tables" in text
    assert "epoch 1/1" in text
    assert "Evaluating test ..." in text
    assert "epoch 1 was the best" in text


@pytest.mark.slow
def test_an_older_run_is_replaced_on_request_only(tmp_path, spec, frame):
    folder = tmp_path / "run"
    train(spec, folder, frame=frame, epochs=1, **SETTINGS)
    (folder / "train" / "old.txt").write_text("old")
    with pytest.raises(FileExistsError, match="exists already"):
        train(spec, folder, frame=frame, epochs=1, **SETTINGS)
    # Mistakes leave the older run as it is.
    with pytest.raises(ValueError, match="`trunk` should be one of"):
        train(spec, folder, frame=frame, trunk="mmeo", overwrite=True, progress=False)
    with pytest.raises(DataError):
        train(spec, folder, frame=frame.drop(columns="price"), overwrite=True, progress=False)
    assert (folder / "train" / "old.txt").exists()
    load_run(folder)
    train(spec, folder, frame=frame, epochs=1, overwrite=True, **SETTINGS)
    assert not (folder / "train" / "old.txt").exists()


def test_mistakes_leave_nothing_behind(tmp_path, spec, frame):
    with pytest.raises(DataError):
        train(spec, tmp_path / "run", frame=frame.drop(columns="price"), progress=False)
    with pytest.raises(TypeError, match="Did you mean 'epochs'"):
        train(spec, tmp_path / "run", frame=frame, epoch=1)
    assert not (tmp_path / "run").exists()


def test_a_task_that_is_introduced_is_one_of_the_spec(tmp_path, spec):
    text = r"`introduce` must name tasks of the spec .*'clik'\. Did you mean 'click'\?"
    with pytest.raises(ValueError, match=text):
        train(spec, tmp_path / "run", introduce={"clik": (1, 2)}, **SETTINGS)
    assert not (tmp_path / "run").exists()


def test_a_broken_loss_keeps_finished_epochs(tmp_path, spec, frame):
    class Break(keras.optimizers.SGD):
        """Steps that end in NaN after the first epoch: 6 steps of 64 rows."""

        def update_step(self, gradient, variable, learning_rate):
            good = keras.ops.cast(self.iterations < 8, variable.dtype)
            variable.assign(variable + keras.ops.where(good > 0, 0.0, float("nan")))

    text = r"should be finite. It became nan in epoch 2, step \d.*Epoch 1 is the last finished one"
    with pytest.raises(TrainingError, match=text):
        train(
            spec,
            tmp_path / "run",
            frame=frame,
            epochs=3,
            optimizer=Break(0.1),
            **{k: v for k, v in SETTINGS.items() if k != "learning_rate"},
        )
    manifest = json.loads((tmp_path / "run" / "manifest.json").read_text())
    assert (manifest["status"], manifest["epochs"]) == ("failed", 1)
    assert "model.keras" in manifest["files"]


def test_a_broken_weight_keeps_finished_epochs(tmp_path, spec, frame):
    class Break(GramianWeighting):
        """Weights that turn negative after the first epoch: 6 steps of 64 rows."""

        def build(self, losses_shape):
            self.steps = self.add_weight(initializer="zeros", trainable=False)

        def weigh(self, losses, gramian, active):
            self.steps.assign_add(1.0)
            return keras.ops.ones_like(losses) * keras.ops.where(self.steps < 8, 1.0, -1.0)

    text = (
        r"Weights by Break should be finite and at least 0. In step 8 of the training, task "
        r"'click' got -1, .*Epoch 1 is the last finished one"
    )
    with pytest.raises(TrainingError, match=text):
        train(spec, tmp_path / "run", frame=frame, epochs=3, weighting=Break(), **SETTINGS)
    manifest = json.loads((tmp_path / "run" / "manifest.json").read_text())
    assert (manifest["status"], manifest["epochs"]) == ("failed", 1)
    assert "model.keras" in manifest["files"]


SCRIPT = """
import os, signal, sys
import keras, numpy as np, pandas as pd
import mtlkeras.training._fit as fit
from mtlkeras.specs import DataSpec
from mtlkeras.training import train

class Kill(fit.FitProgress):
    def on_train_batch_end(self, batch, logs=None):
        super().on_train_batch_end(batch, logs)
        if self.name.startswith(f"epoch {sys.argv[3]}/") and batch == 1:
            os.kill(os.getpid(), getattr(signal, sys.argv[2]))

fit.FitProgress = Kill
rng = np.random.default_rng(0)
frame = pd.DataFrame({"price": rng.normal(size=400), "click": rng.integers(0, 2, 400)})
spec = DataSpec.from_dict({
    "name": "tiny",
    "features": {"price": {"type": "number"}},
    "tasks": {"click": {"type": "binary"}},
})
train(spec, sys.argv[1], frame=frame, epochs=4, batch_size=64, trunk="shared_bottom")
"""


def stopped(folder: Path, name: str, epoch: int) -> subprocess.CompletedProcess:
    environment = os.environ | {"MTLKERAS_PLAIN": "1", "TF_CPP_MIN_LOG_LEVEL": "3"}
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(SCRIPT), str(folder), name, str(epoch)],
        capture_output=True,
        text=True,
        timeout=300,
        env=environment,
    )


@pytest.mark.slow
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_signals_keep_finished_epochs(tmp_path, name):
    done = stopped(tmp_path / "run", name, epoch=3)
    said = " ".join(done.stdout.split())
    assert f"Stopped by {'Ctrl-C' if name == 'SIGINT' else name}. Epoch 2 is the last" in said
    assert done.returncode == -getattr(signal, name) or "KeyboardInterrupt" in done.stderr
    run = load_run(tmp_path / "run")
    assert run.manifest["status"] == "interrupted"
    assert len(run.history) == 2
    assert run.evaluation == {}


@pytest.mark.slow
def test_a_kill_leaves_a_folder_that_can_be_trained_again(tmp_path):
    done = stopped(tmp_path / "run", "SIGKILL", epoch=2)
    assert done.returncode == -signal.SIGKILL
    manifest = json.loads((tmp_path / "run" / "manifest.json").read_text())
    assert manifest["status"] == "running"
    spec = DataSpec.from_dict(
        {
            "name": "tiny",
            "features": {"price": {"type": "number"}},
            "tasks": {"click": {"type": "binary"}},
        }
    )
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"price": rng.normal(size=400), "click": rng.integers(0, 2, 400)})
    settings = SETTINGS | {"trunk": "shared_bottom", "trunk_options": {"units": (8,)}}
    run = train(spec, tmp_path / "run", frame=frame, epochs=1, overwrite=True, **settings)
    assert run.manifest["status"] == "finished"


@pytest.mark.slow
def test_a_signal_in_the_first_epoch_leaves_no_model(tmp_path):
    done = stopped(tmp_path / "run", "SIGINT", epoch=1)
    assert "No epoch was finished, so no model was saved." in " ".join(done.stdout.split())
    with pytest.raises(ValueError, match="interrupted before its first epoch was finished"):
        load_run(tmp_path / "run")
