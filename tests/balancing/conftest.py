"""What the tests of several weightings use."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest

REFERENCE = Path(__file__).parent / "reference"
# Makes `benchmarks`, which has the toy problems and is not installed, importable.
ROOT = str(Path(__file__).resolve().parents[2])
if ROOT not in sys.path:
    sys.path.insert(0, ROOT)


def combined(weighting, jacobian, losses=None, active=None):
    """The update that a weighting makes of gradients, `(size,)`."""
    jacobian = np.asarray(jacobian)
    losses = np.ones(len(jacobian)) if losses is None else np.asarray(losses)
    arguments = losses.astype(jacobian.dtype), jacobian @ jacobian.T
    return weighting(*arguments, active=active).numpy() @ jacobian


@pytest.fixture
def update():
    return combined


@pytest.fixture(scope="session")
def matrices():
    """Matrices of the reference by name, float64."""
    stored = json.loads((REFERENCE / "gradients.json").read_text())["matrices"]
    return {name: np.array(matrix) for name, matrix in stored.items()}


def randoms():
    rng = np.random.default_rng(0)
    for tasks in range(2, 9):
        yield rng.normal(size=(tasks, 10))
    # Fewer directions than tasks, and gradients that share most of theirs.
    yield rng.normal(size=(5, 3))
    yield rng.normal(size=10) + 1e-3 * rng.normal(size=(6, 10))
    yield np.geomspace(1e-4, 1e4, 4)[:, None] * rng.normal(size=(4, 10))


@pytest.fixture(scope="session")
def jacobians():
    """Random gradients of 2 to 8 tasks."""
    return list(randoms())
