import numpy as np
import pandas as pd
import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from mtlkeras.specs import DataSpec
from mtlkeras.training import load_run, train

ROWS = 1200


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """Epoch 1 without the task `buy`, of whose negatives a tenth is kept."""
    rng = np.random.default_rng(0)
    price = rng.normal(size=ROWS)
    frame = pd.DataFrame(
        {
            "price": price,
            "click": (price + rng.normal(size=ROWS) > 0).astype(int),
            "buy": (price + rng.normal(size=ROWS) > 2.0).astype(int),
        }
    )
    spec = {
        "name": "tiny",
        "split": {"by": "random", "validation": 0.3, "test": 0.0},
        "features": {"price": {"type": "number"}},
        "tasks": {"click": {"type": "binary"}, "buy": {"type": "binary", "keep_negatives": 0.1}},
    }
    return train(
        DataSpec.from_dict(spec),
        tmp_path_factory.mktemp("runs") / "tiny",
        frame=frame,
        trunk="shared_bottom",
        epochs=3,
        patience=None,
        introduce={"buy": (2, 3)},
        task_patience=5,
        learning_rate=0.01,
        batch_size=64,
    )


def test_the_pace_is_in_history_charts_and_options(run):
    assert run.history["click_pace"].tolist() == [1, 1, 1]
    first, second, third = run.history["buy_pace"]
    assert first == 0 < 0.9 < second < 1 == third
    assert run.options["introduce"] == {"buy": [2, 3]}
    charts = EventAccumulator(str(run.path / "train"), size_guidance={"tensors": 0}).Reload()
    assert {"buy/pace", "click/pace"} <= set(charts.Tags()["tensors"])


def test_the_line_of_an_epoch_names_what_does_not_count(tmp_path, capsys, run):
    printed = train(
        run.spec,
        tmp_path / "run",
        frame=pd.DataFrame({"price": range(40), "click": [0, 1] * 20, "buy": [1, 0] * 20}),
        trunk="shared_bottom",
        epochs=1,
        introduce={"buy": (1, 2)},
    )
    assert printed.history["buy_pace"].tolist() == [0]
    assert "buy counts 0.0 %" in capsys.readouterr().out


def test_answers_are_corrected_for_negatives_that_were_left_out(run):
    # Learned from ten times the odds: without the correction, 5 times as many would be expected.
    assert 0.6 < run.evaluation["validation"].value("buy", "calibration") < 1.6
    again = load_run(run.path)
    assert again.model.get_layer("buy").prior_shift == pytest.approx((np.log(10),))
    rows = {"price": np.zeros((1, 1), "float32")}
    np.testing.assert_allclose(again.model(rows)["buy"], run.model(rows)["buy"], rtol=1e-6)
