"""Descent on toy problems ends where theory and the papers say."""

from functools import lru_cache

import numpy as np
import pytest

from benchmarks import toys
from benchmarks.descent import Descent
from mtlkeras import balancing

# Of Liu et al. (2021) and of Liu et al. (2023) for the valley.
OPTIONS = {"CAGrad": {"c": 0.5}, "FAMO": {"decay": 0.0}}
# The steps of Nash-MTL are all as long as the learning rate, which therefore is smaller.
STEPS, RATES = 8_000, {"NashMTL": 0.006}
CENTERS = np.array([[-2.0, 0.0, 0.0], [2.0, 0.0, 0.0]])
STARTS = (np.array([-1.0, 2.0, 1.0]), np.array([1.5, 0.5, -2.0]))
IN_GORGES = ((-8.5, 7.5), (9.0, 9.0))


def weighting_of(name):
    return None if name == "sum" else getattr(balancing, name)(**OPTIONS.get(name, {}))


@lru_cache
def on_quadratics(name):
    """Descent in three dimensions, compiled once for all tests."""
    rate, decay = RATES.get(name, 0.025), 1e-4 ** (1 / STEPS)
    return Descent(toys.quadratics, weighting_of(name), STEPS, rate, decay)


def bowls(first, second):
    """Curvatures of two round bowls."""
    return np.eye(3) * np.array([first, second])[:, None, None]


def uneven():
    """Two quadratics of any shape."""
    rng = np.random.default_rng(3)
    roots = rng.normal(size=(2, 3, 3))
    return rng.normal(size=(2, 3)), roots @ roots.transpose(0, 2, 1) / 2 + np.eye(3) / 2


@pytest.mark.parametrize("name", ["MGDA", "PCGrad", "CAGrad", "IMTLG", "NashMTL"])
def test_ends_on_the_front_of_two_quadratics(name):
    centers, curvatures = uneven()
    end = on_quadratics(name)(STARTS[0], centers, curvatures)[-1]
    first, second = np.einsum("kij,kj->ki", curvatures, end - centers)
    share = second @ (second - first) / np.sum((first - second) ** 2)
    assert 0 <= share <= 1
    shortest = np.linalg.norm(share * first + (1 - share) * second)
    assert shortest < 1e-3 * np.linalg.norm(first - second)
    known = toys.front_of_quadratics(centers, curvatures, share)
    np.testing.assert_allclose(end, known, atol=1e-3)


@pytest.mark.parametrize("name", ["IMTLG", "NashMTL"])
def test_impartial_methods_keep_the_difference_of_distances(name):
    for start in STARTS:
        known = toys.impartial_point(CENTERS, start)
        # However deep the bowls are.
        for depths in ((1.0, 1.0), (1.0, 3.0)):
            end = on_quadratics(name)(start, CENTERS, bowls(*depths))[-1]
            np.testing.assert_allclose(end, known, atol=0.02)


def test_mgda_goes_straight_down_to_the_front():
    for start in STARTS:
        end = on_quadratics("MGDA")(start, CENTERS, bowls(1.0, 1.0))[-1]
        np.testing.assert_allclose(end, [start[0], 0.0, 0.0], atol=1e-6)


def test_cagrad_goes_to_the_least_mean():
    centers, curvatures = uneven()
    known = toys.front_of_quadratics(centers, curvatures, 0.5)
    for start in STARTS:
        end = on_quadratics("CAGrad")(start, centers, curvatures)[-1]
        np.testing.assert_allclose(end, known, atol=1e-3)


@lru_cache
def in_valley(name, steps):
    return Descent(toys.valley, weighting_of(name), steps, 1e-3, adam=True)


def distance(end):
    return toys.distance_to_floor(end[None])[0]


@pytest.mark.parametrize("start", IN_GORGES)
def test_where_the_sum_is_caught_cagrad_comes_through_to_the_least_mean(start):
    # As the paper has it: both losses alike, 100,000 steps.
    assert distance(in_valley("sum", 100_000)(start, 1.0)[-1]) > 5
    end = in_valley("CAGrad", 100_000)(start, 1.0)[-1]
    np.testing.assert_allclose(end, [0.0, toys.floor_of_valley(0.0)], atol=1e-3)


@pytest.mark.parametrize("name", ["MGDA", "NashMTL", "FAMO"])
def test_comes_through_the_gorge_where_one_loss_is_small(name):
    # Half the steps: CAGrad is still in the gorge then, and the sum stays there.
    end = in_valley(name, 50_000)(IN_GORGES[1], toys.SCALE)[-1]
    assert distance(end) < 0.05


@pytest.mark.parametrize("name", ["sum", "CAGrad"])
def test_the_mean_decides_for_the_larger_loss(name):
    # The least of 0.1 f_1 + f_2 is at x_1 = 7 (0.1 - 1) / (0.1 + 1), near the end of the second.
    for start in ((0.0, 0.0), (9.0, -1.0)):
        end = in_valley(name, 100_000)(start, toys.SCALE)[-1]
        assert distance(end) < 1e-3
        assert end[0] == pytest.approx(-6.3 / 1.1, abs=1e-3)


def test_famo_balances_what_the_mean_does_not():
    for start in toys.STARTS:
        end = in_valley("FAMO", 50_000)(start, toys.SCALE)[-1]
        assert distance(end) < 0.05
        assert abs(end[0]) < 3
