import numpy as np
import pytest
import tensorflow as tf

from mtlkeras.data import Mixture
from mtlkeras.training import SampleByLoss, TrainingError

MONITOR = {"web": "val_click_loss", "app": "val_buy_loss"}


def mixture():
    rows = tf.data.Dataset.range(10)
    return Mixture({"web": rows, "app": rows})


def test_rates_after_an_epoch_by_hand():
    mixed = mixture()
    logs = {"val_click_loss": 0.6, "val_buy_loss": 0.3}
    callback = SampleByLoss(mixed, MONITOR, {"web": 0.4, "app": 0.3}, temperature=0.5, floor=0.2)
    callback.on_epoch_end(0, logs)
    # Lags 0.5 and 0; the epoch itself was drawn half and half.
    share = 1 / (1 + np.exp(-0.5 / 0.5))
    expected = {"web": 0.8 * share + 0.1, "app": 0.8 * (1 - share) + 0.1}
    assert mixed.rates == pytest.approx(expected)
    assert (logs["rate_web"], logs["rate_app"]) == (0.5, 0.5)


def test_without_references_what_fell_least_is_drawn_most():
    mixed = mixture()
    callback = SampleByLoss(mixed, MONITOR, floor=0.0)
    callback.on_epoch_end(0, {"val_click_loss": 2.0, "val_buy_loss": 0.5})
    assert mixed.rates == pytest.approx({"web": 0.5, "app": 0.5})
    callback.on_epoch_end(1, {"val_click_loss": 1.0, "val_buy_loss": 0.5})
    assert mixed.rates == pytest.approx(
        {"web": 1 / (1 + np.exp(0.5)), "app": 1 / (1 + np.exp(-0.5))}
    )


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        ({"monitor": {"web": "val_loss"}}, "`monitor` should have an entry for every .* 'app'"),
        ({"monitor": {**MONITOR, "ap": "x"}}, "SampleByLoss: monitor.*'ap'.*Did you mean 'app'"),
        ({"monitor": MONITOR, "references": {"app": 1.0}}, "`references` should have .* 'web'"),
        ({"monitor": MONITOR, "floor": 2}, "`floor` expects a share from 0 to 1, got 2"),
    ],
)
def test_wrong_settings_are_told(settings, text):
    with pytest.raises(ValueError, match=text):
        SampleByLoss(mixture(), **settings)


@pytest.mark.parametrize(
    ("logs", "text"),
    [
        ({"val_loss": 1.0}, "should name logged values, which are val_loss. Received 'val_click_l"),
        ({"val_click_loss": np.nan}, "Rates need finite losses. Received val_click_loss=nan"),
    ],
)
def test_missing_or_broken_losses_are_told(logs, text):
    with pytest.raises(TrainingError, match=text):
        SampleByLoss(mixture(), MONITOR).on_epoch_end(0, logs)
