import builtins

import numpy as np
import pandas as pd
import pytest

from mtlkeras.evaluation import Evaluation, plot_calibration, plot_history, reliability


def test_history_draws_the_loss_and_each_task(tmp_path):
    history = pd.DataFrame(
        {
            "loss": [3.0, 2.0],
            "val_loss": [3.5, 2.5],
            "click_loss": [0.7, 0.6],
            "click_log_loss": [0.7, 0.6],
            "click_auc": [0.6, 0.7],
            "val_click_auc": [0.5, 0.65],
            "spend_loss": [2.0, 1.5],
        }
    )
    figure = plot_history(history, tmp_path / "history.png")
    titles = [axis.get_title() for axis in figure.axes]
    assert titles == ["loss of all tasks", "click: auc", "spend: loss"]
    training, validation = figure.axes[1].get_lines()
    assert training.get_ydata().tolist() == [0.6, 0.7]
    assert validation.get_ydata().tolist() == [0.5, 0.65]
    assert (tmp_path / "history.png").read_bytes().startswith(b"\x89PNG")


def test_history_takes_what_has_a_history():
    class Fitted:
        history = {"loss": [1.0], "val_loss": [2.0]}

    assert len(plot_history(Fitted()).axes) == 1


def test_history_without_loss_is_an_error():
    with pytest.raises(ValueError, match=r"the column 'loss'. Received the columns \['auc'\]"):
        plot_history({"auc": [1.0]})


def test_calibration_draws_bins_and_the_diagonal(tmp_path):
    bins = reliability([0, 0, 1, 1], [0.1, 0.2, 0.6, 0.9], bins=2)
    figure = plot_calibration(Evaluation(pd.DataFrame(), {"buy": bins}), tmp_path / "c.png")
    diagonal, model = figure.axes[0].get_lines()
    assert np.array_equal(diagonal.get_xdata(), diagonal.get_ydata())
    assert model.get_xdata().tolist() == pytest.approx([0.15, 0.75])
    assert model.get_ydata().tolist() == [0, 1]


def test_calibration_needs_a_task_with_a_mean():
    with pytest.raises(ValueError, match="binary, regression, count or amount task"):
        plot_calibration(Evaluation(pd.DataFrame()))


def test_a_missing_matplotlib_says_what_to_install(monkeypatch):
    real = builtins.__import__

    def without(name, *args, **kwargs):
        if name.startswith("matplotlib"):
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ImportError, match=r"need matplotlib.*pip install 'mtlkeras\[examples\]'"):
        plot_history({"loss": [1.0]})
