"""A small shop with every type of feature and task, its model, and the model's export."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import tensorflow as tf

import mtlkeras as mtl
from mtlkeras.specs import ColumnSplit

CHANNELS = np.array(["app", "web", "mini"])
WORDS = np.array(["good", "bad", "fine", "soft", "blue", "dress", "shirt", "fits", "small"])


def frame_of(rows: int, seed: int) -> pd.DataFrame:
    """Returns rows of the shop; features hold missing and (with other seeds) unseen values."""
    rng = np.random.default_rng(seed)
    lists = [
        rng.choice(["i1", "i2", "i3", f"new{seed}"], rng.integers(0, 6)).tolist()
        for _ in range(rows)
    ]
    missing = rng.random(rows) < 0.2
    return pd.DataFrame(
        {
            "order": np.arange(rows) + 1000 * seed,
            "user": [f"u{i}" for i in rng.integers(0, 30, rows)],
            "shelf": rng.integers(0, 9, rows),
            "channel": rng.choice(CHANNELS, rows),
            "items": lists,
            "trail": ["|".join(rng.choice(WORDS, rng.integers(0, 4))) for _ in range(rows)],
            "visits": [rng.gamma(2.0, 2.0, rng.integers(0, 4)).tolist() for _ in range(rows)],
            "Review Text": [" ".join(rng.choice(WORDS, 5)) for _ in range(rows)],
            "price": np.where(missing, np.nan, rng.lognormal(2, 1, rows)),
            "at": pd.Timestamp("2026-03-01") + pd.to_timedelta(rng.integers(0, 9e6, rows), "s"),
            "clk": rng.integers(0, 2, rows),
            "kind": rng.choice(["a", "b", "c"], rows),
            "tags": ["|".join(rng.choice(["x", "y"], 2)) for _ in range(rows)],
            "stars": rng.integers(1, 6, rows),
            "score": rng.normal(50, 10, rows),
            "qty": rng.poisson(2, rows),
            "eur": np.where(rng.random(rows) < 0.5, 0.0, rng.lognormal(3, 1, rows)),
        }
    )


SPEC = {
    "name": "tiny_shop",
    "key": ["order"],
    "scenario": "channel",
    "policy": {"unseen_warning": 1},  # Rows of other seeds hold unseen items on purpose.
    "features": {
        "user": {"type": "category", "hash": 20, "dim": 4},
        "shelf": {"type": "category", "min_count": 2, "dim": 4},
        "channel": {"type": "category", "vocabulary": ["app", "web", "mini"], "dim": 4},
        "items": {"type": "sequence", "max_length": 4, "dim": 4},
        "trail": {"type": "sequence", "separator": "|", "max_length": 3, "dim": 4},
        "visits": {"type": "sequence", "of": "number", "max_length": 3},
        "review": {"type": "text", "column": "Review Text", "max_length": 6, "dim": 4},
        "price": {"type": "number", "transform": "log1p", "indicator": True},
        "at": {"type": "timestamp", "dim": 4},
    },
    "tasks": {
        "click": {"type": "binary", "column": "clk"},
        "kind": {"type": "multiclass", "classes": ["a", "b", "c"]},
        "tags": {"type": "multilabel", "classes": ["x", "y"], "separator": "|"},
        "stars": {"type": "ordinal", "classes": [1, 2, 3, 4, 5]},
        "score": {"type": "regression"},
        "qty": {"type": "count"},
        "spend": {"type": "amount", "column": "eur"},
    },
}


@dataclass
class Shop:
    """What the tests share."""

    frame: pd.DataFrame
    preprocessing: mtl.Preprocessing
    model: mtl.MultiTaskModel
    export: Path

    def expected(self, frame: pd.DataFrame) -> dict[str, np.ndarray]:
        """Returns what the training model answers to rows that come through tf.data."""
        split = ColumnSplit(by="column", column="part")
        spec = self.preprocessing.spec.model_copy(update={"split": split})
        frame = frame.assign(part="test")
        rows = mtl.load_split(spec, "test", self.preprocessing, frame=frame, batch_size=512)
        answers = {}
        for task, output in self.model.predict(rows, verbose=0).items():
            served = self.model.get_layer(task).served(tf.constant(output))
            answers |= {name: answer.numpy() for name, answer in served.items()}
        return answers


@pytest.fixture(scope="session")
def make_frame() -> Callable[[int, int], pd.DataFrame]:
    return frame_of


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    frame = frame_of(600, seed=0)
    spec = mtl.DataSpec.from_dict(SPEC)
    data = mtl.load_data(spec, frame, batch_size=64)
    model = mtl.build_model(spec, data.preprocessing, mtl.trunks.SharedBottom(units=(16,)))
    # A step, so that no weight is left at a start value that hides a mistake.
    model.fit(data.train.take(3), verbose=0)
    path = tmp_path_factory.mktemp("exports") / "shop"
    mtl.export_saved_model(model, data.preprocessing, path)
    return Shop(frame, data.preprocessing, model, path)
