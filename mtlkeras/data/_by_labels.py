"""Rows apart by which labels they have."""

from collections.abc import Mapping, Sequence

import tensorflow as tf

from mtlkeras._spelling import check_names


def rows_by_labels(
    dataset: tf.data.Dataset, groups: Mapping[str, Sequence[str]]
) -> dict[str, tf.data.Dataset]:
    """Parts the rows of a data set by which labels they have, to be mixed at other rates.

    A row goes into the first group of whose tasks it has a label (a weight above 0); a row of no
    group is left out, unless the last group names no tasks, which takes all that is left. Rows
    are read once for each group.

    Args:
        dataset: `(features, labels, sample_weight)` batches, such as `data.train`.
        groups: Name of a group to the tasks of which it needs one.

    Returns:
        Name of a group to its rows, one by one. Mix them with `Mixture` and batch them with
        `padded_batch`, which fills sequences up with 0 as they were.

    Raises:
        ValueError: If a name is no task.

    Example:

    >>> batch = {"x": [[1.0], [2.0], [3.0]]}, {"buy": [1, 0, 0]}, {"buy": [1.0, 0.0, 1.0]}
    >>> rows = rows_by_labels(tf.data.Dataset.from_tensors(batch), {"buy": ["buy"], "rest": []})
    >>> {group: len(list(found)) for group, found in rows.items()}
    {'buy': 2, 'rest': 1}
    """
    _, _, weights = dataset.element_spec
    for name, tasks in groups.items():
        check_names(f"group {name!r}", tasks, weights, "tasks of the data")
        if not tasks and name != next(reversed(groups)):
            raise ValueError(
                f"Group {name!r} should name a task, or come last and take what is left. Received "
                f"groups={dict(groups)!r}."
            )
    rows, found = dataset.unbatch(), {}
    before: list[str] = []
    for name, tasks in groups.items():
        found[name] = rows.filter(_having(list(tasks), list(before), bool(tasks)))
        before += tasks
    return found


def _having(tasks: list[str], before: list[str], needs_one: bool):
    def keep(features, labels, weights):
        def has(names: list[str]) -> tf.Tensor:
            return tf.reduce_any([weights[name] > 0 for name in names] or [False])

        return ~has(before) & (has(tasks) if needs_one else True)

    return keep
