"""Descent by weightings on toy problems whose Pareto points are known."""

import numpy as np

from benchmarks.descent import Descent
from benchmarks.toys import (
    SCALE,
    STARTS,
    distance_to_floor,
    front_of_quadratics,
    impartial_point,
    quadratics,
    valley,
)
from mtlkeras import balancing

from .contestant import Contestant

# Name to the weighting and its options, those of the papers on the valley.
METHODS: dict[str, tuple[str, dict] | None] = {
    "sum": None,
    "mgda": ("MGDA", {}),
    "pcgrad": ("PCGrad", {}),
    "cagrad": ("CAGrad", {"c": 0.5}),
    "imtlg": ("IMTLG", {}),
    "nashmtl": ("NashMTL", {}),
    "famo": ("FAMO", {"decay": 0.0}),
}
# Two round bowls of different depth, and where to begin.
CENTERS = np.array([[-2.0, 0.0], [2.0, 0.0]])
CURVATURES = np.eye(2) * np.array([1.0, 3.0])[:, None, None]
BOWL_STARTS = ((-1.0, 3.0), (2.5, -3.0), (-0.5, -2.0))
PLACES = 30  # that results tell of a path


def weighting_of(method: str):
    """A new weighting; `None` for the plain sum."""
    if METHODS[method] is None:
        return None
    name, options = METHODS[method]
    return getattr(balancing, name)(**options)


def run(problem: str, method: str, steps: int) -> dict:
    """Paths from all starts, and how far their ends are from where they should be.

    Args:
        problem: `"valley"` or `"bowls"`.
        method: One of `METHODS`.
        steps: How many.
    """
    return {"valley": _valley, "bowls": _bowls}[problem](method, steps)


def _valley(method: str, steps: int) -> dict:
    descent = Descent(valley, weighting_of(method), steps, 1e-3, adam=True)
    paths = [descent(start, SCALE) for start in STARTS]
    ends = np.array([path[-1] for path in paths])
    losses = np.array([valley(end, np.float64(SCALE)) for end in ends]) - [21 * SCALE, 21]
    found = {"distance": distance_to_floor(ends).tolist(), "losses": losses.tolist()}
    return {"paths": [_told(path) for path in paths], **found}


def _bowls(method: str, steps: int) -> dict:
    # The steps of Nash-MTL are all as long as the learning rate, which therefore is smaller.
    rate, decay = (50 if method == "nashmtl" else 200) / steps, 1e-4 ** (1 / steps)
    descent = Descent(quadratics, weighting_of(method), steps, rate, decay)
    paths = [descent(start, CENTERS, CURVATURES) for start in BOWL_STARTS]
    known = [
        known_point(method, np.array(start), path[-1])
        for start, path in zip(BOWL_STARTS, paths, strict=True)
    ]
    distance = [
        float(np.linalg.norm(path[-1] - point)) for path, point in zip(paths, known, strict=True)
    ]
    return {
        "paths": [_told(path) for path in paths],
        "known": np.round(known, 4).tolist(),
        "distance": distance,
    }


def known_point(method: str, start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Where descent on the bowls should end.

    Args:
        method: One of `METHODS`.
        start: `(2,)`.
        end: Where it ended, `(2,)`: of a method that may end anywhere on the front, which is the
            segment between the centers, the nearest point of that is taken.
    """
    if method in ("sum", "cagrad"):
        return front_of_quadratics(CENTERS, CURVATURES, 0.5)
    if method in ("imtlg", "nashmtl"):
        return impartial_point(CENTERS, start)
    return np.array([np.clip(end[0], CENTERS[0, 0], CENTERS[1, 0]), 0.0])


def _told(path: np.ndarray) -> list:
    """Places at even distances along a path."""
    way = np.concatenate([[0.0], np.linalg.norm(np.diff(path, axis=0), axis=1).cumsum()])
    at = np.linspace(0, way[-1], PLACES)
    return np.stack([np.interp(at, way, each) for each in path.T], axis=1).round(2).tolist()


def build() -> Contestant:
    """Nothing is built yet: `run` is told what."""
    does = (
        "valley: steps of Adam with learning rate 0.001, the first loss times 0.1, FAMO without "
        "decay, as its authors have it; bowls: steps along the update itself, of a "
        "decaying length"
    )
    return Contestant(does, ("mtlkeras", "tensorflow"), run)
