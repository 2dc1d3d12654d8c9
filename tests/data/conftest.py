"""A small shop with a feature and a task of every kind."""

import numpy as np
import pandas as pd
import pytest
import tensorflow as tf

from mtlkeras.data import load_data
from mtlkeras.specs import DataSpec

ROWS = 400
FEATURES = {
    "user": {"type": "category", "hash": 50},
    "item": {"type": "category", "table": "items", "min_count": 2},
    "channel": {"type": "category", "vocabulary": ["app", "web"]},
    "bought": {"type": "sequence", "separator": "|", "table": "items", "max_length": 4},
    "viewed": {"type": "sequence", "table": "viewed", "truncate": "right", "max_length": 3},
    "paid": {"type": "sequence", "of": "number", "transform": "log1p"},
    "sizes": {"type": "sequence", "of": "number", "separator": " "},
    "price": {"type": "number", "transform": "log1p", "clip": [0.01, 0.99], "indicator": True},
    "price_bin": {"type": "number", "column": "price", "bins": 7, "indicator": True, "dim": 4},
    "title": {"type": "text", "column": "Review Title", "min_count": 1, "max_length": 5},
    "photo": {"type": "image", "content": "bytes", "height": 4, "width": 5, "channels": 1},
    "seen": {"type": "timestamp", "parts": ["hour", "week", "is_weekend"]},
    "seen_text": {"type": "timestamp", "parts": ["day"]},
}
TASKS = {
    "click": {"type": "binary", "column": "clk", "class_weights": "balanced"},
    "buy": {"type": "binary", "positive": ["yes"], "parent": "click"},
    "kind": {"type": "multiclass"},
    "tags": {"type": "multilabel", "separator": ","},
    "stars": {"type": "ordinal", "classes": [1, 2, 3, 4, 5]},
    "dwell": {"type": "regression", "transform": "log1p"},
    "quantity": {"type": "count", "clip": 3},
    "spend": {"type": "amount", "observed": "buy"},
}


def make_frame(rows: int = ROWS, seed: int = 0) -> pd.DataFrame:
    """Rows with missing values in every column where they are allowed."""
    random = np.random.default_rng(seed)
    pictures = [tf.io.encode_png(np.full((3, 3, 1), v, np.uint8)).numpy() for v in (10, 200)]
    words = ["Red shoes!", "don't buy", "Größe 38", "", None]
    seconds = random.integers(-(10**9), 2 * 10**9, rows)
    frame = pd.DataFrame(
        {
            "user": random.integers(0, 1000, rows),
            "item": random.choice(list("abcdefgh"), rows),
            "channel": random.choice(["app", "web", "fax", None], rows),
            "bought": ["|".join(random.choice(list("abcz"), k)) for k in _counts(random, rows, 7)],
            "viewed": [random.integers(0, 9, k).tolist() for k in _counts(random, rows, 6)],
            "paid": [random.lognormal(size=k).tolist() for k in _counts(random, rows, 4)],
            "sizes": [" ".join(map(str, range(k))) for k in _counts(random, rows, 5)],
            "price": np.where(random.random(rows) < 0.1, np.nan, random.lognormal(size=rows)),
            "Review Title": random.choice(np.array(words, object), rows),
            "photo": random.choice(np.array([*pictures, None], object), rows),
            "seen": seconds,
            "seen_text": pd.to_datetime(seconds, unit="s").strftime("%Y-%m-%dT%H:%M:%S"),
            "clk": random.choice([0, 1, np.nan], rows),
            "buy": random.choice(["yes", "no", None], rows),
            "kind": random.choice(["x", "y", "z", None], rows),
            "tags": random.choice(["p", "p,q", "", None], rows),
            "stars": random.choice([1, 2, 3, 4, 5, np.nan], rows),
            "dwell": random.lognormal(size=rows),
            "quantity": random.poisson(1.5, rows),
            "spend": np.where(random.random(rows) < 0.3, 0, random.lognormal(size=rows)),
            "w": random.uniform(0.5, 2, rows),
        }
    )
    return frame


def make_spec(**changes) -> DataSpec:
    """The spec of `make_frame`."""
    return DataSpec.from_dict(
        {
            "name": "shop",
            "scenario": "channel",
            "sample_weight": {"column": "w"},
            "features": FEATURES,
            "tasks": TASKS,
            "policy": {"unseen_warning": 1.0},
            **changes,
        }
    )


def _counts(random: np.random.Generator, rows: int, most: int) -> np.ndarray:
    return random.integers(0, most, rows)


@pytest.fixture(scope="session")
def shop_spec() -> DataSpec:
    return make_spec()


@pytest.fixture(scope="session")
def shop_frame() -> pd.DataFrame:
    return make_frame()


@pytest.fixture(scope="session")
def shop_data(shop_spec, shop_frame):
    return load_data(shop_spec, shop_frame, batch_size=64)
