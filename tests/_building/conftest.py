"""Rows of a small shop, for tests that go through whole models."""

import keras
import numpy as np
import pandas as pd
import pytest

import mtlkeras as mtl
from mtlkeras.specs import DataSpec

ROWS, ITEMS = 96, np.array([f"i{n}" for n in range(6)])


@pytest.fixture(autouse=True)
def seed():
    keras.utils.set_random_seed(0)


@pytest.fixture(scope="session")
def shop():
    """Makes data of a user, an item, what was seen and a price, and of what is given beside.

    `columns` takes a generator and these columns, and returns further ones.
    """

    def make(features, tasks, columns, users=3, dim=4):
        category = {"type": "category", "min_count": 1, "dim": dim}
        spec = DataSpec.from_dict(
            {
                "name": "shop",
                "split": {"by": "random", "validation": 0.25, "test": 0},
                "features": {
                    "user": category,
                    "item": {**category, "table": "item"},
                    "seen": {
                        "type": "sequence",
                        "table": "item",
                        "separator": "|",
                        "max_length": 3,
                    },
                    "price": {"type": "number"},
                    **features,
                },
                "tasks": tasks,
            }
        )
        rng = np.random.default_rng(0)
        frame = pd.DataFrame(
            {
                "user": rng.choice([f"u{n + 1}" for n in range(users)], ROWS),
                "item": rng.choice(ITEMS, ROWS),
                "seen": ["|".join(rng.choice(ITEMS, 2)) for _ in range(ROWS)],
                "price": rng.normal(size=ROWS),
            }
        )
        frame = frame.assign(**columns(rng, frame))
        return mtl.load_data(spec, frame, batch_size=24, cache="memory")

    return make
