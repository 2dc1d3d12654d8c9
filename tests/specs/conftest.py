"""Fixtures for specs."""

from pathlib import Path

import pytest

from mtlkeras.specs import DataSpec, SpecError


@pytest.fixture
def fixtures():
    """Folder of the example specs."""
    return Path(__file__).parent / "fixtures"


@pytest.fixture
def plain():
    """A small valid spec as plain data, new for each test."""
    return {
        "name": "shop",
        "features": {
            "channel": {"type": "category", "vocabulary": ["app", "web"]},
            "price": {"type": "number"},
        },
        "tasks": {
            "click": {"type": "binary", "column": "clk"},
            "rating": {"type": "ordinal", "classes": [1, 2, 3]},
        },
    }


@pytest.fixture
def problems(plain):
    """Function from changes of the small spec to the texts of its problems."""

    def texts(features=None, tasks=None, **top):
        changed = {
            **plain,
            "features": {**plain["features"], **(features or {})},
            "tasks": {**plain["tasks"], **(tasks or {})},
            **top,
        }
        try:
            DataSpec.from_dict(changed)
        except SpecError as error:
            return [str(problem) for problem in error.problems]
        return []

    return texts
