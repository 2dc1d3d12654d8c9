"""Which tasks to train together, so that they help each other most."""

from collections.abc import Iterator, Sequence

import numpy as np

# More tasks have too many partitions to try all of them.
MOST_TRIED = 8

Partition = list[list[int]]


def best_partition(affinity: np.ndarray, groups: int) -> Partition:
    """Returns the partition of the tasks into groups that help each other most.

    The value of a partition is the sum over tasks of the mean affinity of the others in its group
    to it; a task alone counts 0, neither helped nor harmed. Up to 8 tasks every partition is
    tried. Beyond, the two groups whose union is worth most are joined until there are `groups`,
    and then tasks are moved as long as that is worth more.

    Args:
        affinity: Of the row's task to the column's, `(tasks, tasks)`; NaN where unknown.
        groups: Number of groups.

    Returns:
        Numbers of the tasks in each group, in order.

    Example:
        >>> best_partition(np.array([[0, -1, 2], [-1, 0, -1], [2, -1, 0]]), groups=2)
        [[0, 2], [1]]
    """
    affinity = np.nan_to_num(np.asarray(affinity, np.float64))
    tasks = len(affinity)
    if tasks <= MOST_TRIED:
        found = max(_partitions(tasks, groups), key=lambda each: value(affinity, each))
    else:
        found = _moved(affinity, _joined(affinity, groups))
    return sorted(sorted(group) for group in found)


def value(affinity: np.ndarray, partition: Sequence[Sequence[int]]) -> float:
    """Returns the value of a partition.

    Args:
        affinity: `(tasks, tasks)`, without NaN.
        partition: Numbers of the tasks in each group.
    """
    return sum(_worth(affinity, group) for group in partition)


def _worth(affinity: np.ndarray, group: Sequence[int]) -> float:
    if len(group) < 2:
        return 0.0
    within = affinity[np.ix_(group, group)]
    return float((within.sum() - np.trace(within)) / (len(group) - 1))


def _partitions(tasks: int, groups: int) -> Iterator[Partition]:
    """Yields every partition of the tasks into exactly that many groups."""

    def extended(partition: Partition, task: int) -> Iterator[Partition]:
        if task == tasks:
            if len(partition) == groups:
                yield partition
            return
        # Too few tasks are left to begin all groups that are missing.
        if groups - len(partition) > tasks - task:
            return
        for i, group in enumerate(partition):
            yield from extended([*partition[:i], [*group, task], *partition[i + 1 :]], task + 1)
        if len(partition) < groups:
            yield from extended([*partition, [task]], task + 1)

    yield from extended([], 0)


def _joined(affinity: np.ndarray, groups: int) -> Partition:
    found = [[task] for task in range(len(affinity))]
    while len(found) > groups:
        pairs = [(i, j) for j in range(len(found)) for i in range(j)]

        def gain(pair: tuple[int, int], found: Partition = found) -> float:
            first, second = (found[k] for k in pair)
            apart = _worth(affinity, first) + _worth(affinity, second)
            return _worth(affinity, [*first, *second]) - apart

        i, j = max(pairs, key=gain)
        found = [g for k, g in enumerate(found) if k not in (i, j)] + [[*found[i], *found[j]]]
    return found


def _moved(affinity: np.ndarray, found: Partition) -> Partition:
    """Moves tasks one by one, no group becoming empty, as long as the value grows."""
    best = value(affinity, found)
    while True:
        tried = [
            [[*(set(group) - {task}), *([task] * (k == to))] for k, group in enumerate(found)]
            for own, group in enumerate(found)
            if len(group) > 1
            for task in group
            for to in range(len(found))
            if to != own
        ]
        values = [value(affinity, each) for each in tried]
        # Rounding must not move a task to and fro.
        if not values or max(values) <= best + 1e-12 * max(abs(best), 1e-300):
            return found
        best = max(values)
        found = tried[values.index(best)]
