import numpy as np
import pytest

from mtlkeras.evaluation import reliability


def test_bins_hold_equal_weight_and_the_right_means():
    p = np.arange(100) / 100
    y = (p > 0.495).astype(float)
    table = reliability(y, p, bins=4)
    assert table["rows"].tolist() == [25, 25, 25, 25]
    assert table["prediction"].tolist() == pytest.approx([0.12, 0.37, 0.62, 0.87])
    assert table["label"].tolist() == [0, 0, 1, 1]


def test_weights_make_the_bins():
    table = reliability([0, 0, 0, 1], [0.1, 0.2, 0.3, 0.4], [1, 1, 1, 3], bins=2)
    assert table["weight"].tolist() == [3, 3]
    assert table["label"].tolist() == [0, 1]


def test_equal_predictions_are_never_split():
    table = reliability([0, 1, 0, 1], [0.5] * 4, bins=3)
    assert table["rows"].tolist() == [4]
    assert table["label"].tolist() == [0.5]


def test_no_rows_make_no_bins():
    assert len(reliability([], [])) == 0


def test_there_is_at_least_one_bin():
    with pytest.raises(ValueError, match=r"at least 1. Received 0"):
        reliability([0], [0.5], bins=0)
