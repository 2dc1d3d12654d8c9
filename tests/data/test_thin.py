import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom

from mtlkeras.data import load_data
from mtlkeras.specs import DataSpec

ROWS = 2000
SPEC = {
    "name": "shop",
    "split": {"by": "random", "validation": 0.2, "test": 0},
    "features": {"price": {"type": "number", "standardize": False}},
    "tasks": {
        "buy": {"type": "binary", "keep_negatives": 0.25},
        "click": {"type": "binary"},
    },
}


def frame():
    random = np.random.default_rng(0)
    buy = np.where(random.random(ROWS) < 0.1, np.nan, random.random(ROWS) < 0.1)
    return pd.DataFrame({"price": np.arange(ROWS), "buy": buy, "click": np.arange(ROWS) % 2})


def columns(dataset):
    """Price, label and weights of the rows of a pass."""
    parts = [(x["price"][:, 0], y["buy"], w["buy"], w["click"]) for x, y, w in dataset]
    return [np.concatenate(column) for column in zip(*parts, strict=True)]


@pytest.fixture(scope="module", params=[None, "memory"])
def data(request):
    return load_data(DataSpec.from_dict(SPEC), frame(), batch_size=64, seed=5, cache=request.param)


def test_a_share_of_negatives_counts_and_all_else_as_before(data):
    price, label, weight, other = columns(data.train)
    present = ~np.isnan(frame()["buy"].to_numpy()[price.astype(int)])
    assert (weight[label == 1] == 1).all()
    assert (weight[~present] == 0).all()
    assert (other == 1).all()
    negatives = present & (label == 0)
    low, high = binom.ppf([1e-9, 1 - 1e-9], negatives.sum(), 0.25)
    assert low <= weight[negatives].sum() <= high
    assert set(np.unique(weight)) == {0.0, 1.0}


def test_epochs_keep_others_and_can_be_entered_anywhere(data):
    whole = [columns(data.train_from(epoch)) for epoch in (1, 2)]
    kept = [set(price[weight > 0]) for price, _, weight, _ in whole]
    assert kept[0] != kept[1]
    later = columns(data.train_from(1, step=7))
    for column, full in zip(later, whole[0], strict=True):
        np.testing.assert_array_equal(column, full[7 * 64 :])


def test_validation_keeps_all(data):
    price, _, weight, _ = columns(data.validation)
    present = ~np.isnan(frame()["buy"].to_numpy()[price.astype(int)])
    np.testing.assert_array_equal(weight, present.astype("float32"))
