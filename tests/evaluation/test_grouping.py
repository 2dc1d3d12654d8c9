import numpy as np
import pytest

from mtlkeras.evaluation import _grouping
from mtlkeras.evaluation._grouping import best_partition, value


def blocks(tasks, groups, seed=0):
    """Tasks of one block help each other, those of different blocks do harm."""
    member = np.arange(tasks) % groups
    noise = 0.1 * np.random.default_rng(seed).normal(size=(tasks, tasks))
    return np.where(member[:, None] == member[None], 1.0, -1.0) + noise


def test_the_value_is_the_mean_affinity_to_each_task():
    affinity = np.array([[9.0, 2.0, 5.0], [4.0, 9.0, 7.0], [1.0, 3.0, 9.0]])
    # To 0: (4 + 1) / 2, to 1: (2 + 3) / 2, to 2: (5 + 7) / 2.
    assert value(affinity, [[0, 1, 2]]) == 11.0
    assert value(affinity, [[0, 1], [2]]) == 6.0
    assert value(affinity, [[0], [1], [2]]) == 0.0


@pytest.mark.parametrize("tasks", [6, 12])
@pytest.mark.parametrize("groups", [1, 2, 3])
def test_blocks_are_found(tasks, groups):
    found = best_partition(blocks(tasks, groups), groups)
    assert found == [list(range(k, tasks, groups)) for k in range(groups)]


def test_as_many_groups_as_are_asked_for():
    for tasks in (5, 10):
        for groups in range(1, tasks + 1):
            found = best_partition(np.ones((tasks, tasks)), groups)
            assert len(found) == groups
            assert sorted(task for group in found for task in group) == list(range(tasks))


def test_joining_and_moving_find_what_trying_all_finds(monkeypatch):
    affinities = [np.random.default_rng(seed).normal(size=(7, 7)) for seed in range(20)]
    best = [value(each, best_partition(each, 3)) for each in affinities]
    monkeypatch.setattr(_grouping, "MOST_TRIED", 0)
    found = [value(each, best_partition(each, 3)) for each in affinities]
    assert all(f <= b + 1e-12 for f, b in zip(found, best, strict=True))
    # Mostly the best, and never far from it.
    assert np.mean(np.isclose(found, best)) >= 0.5
    assert min(f / b for f, b in zip(found, best, strict=True)) > 0.7


def test_what_is_unknown_counts_nothing():
    affinity = np.array([[1.0, np.nan, -1.0], [0.2, 1.0, np.nan], [np.nan, np.nan, 1.0]])
    assert best_partition(affinity, 2) == [[0, 1], [2]]
