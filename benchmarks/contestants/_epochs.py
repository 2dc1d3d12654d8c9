"""How every contestant on real data is trained and judged: epoch by epoch, alike for all."""

from collections.abc import Callable, Sequence

import numpy as np

from ._auc import auc, gini


def best_epoch(
    epochs: int,
    epoch: Callable[[], float],
    judge: Callable[[str], tuple[dict, dict]],
    steps: int,
    amounts: Sequence[str] = (),
) -> dict:
    """Trains all epochs, and tells the test AUC of the one that is best on validation rows.

    Args:
        epochs: How many.
        epoch: Trains one and returns its seconds.
        judge: Split to labels and scores, both by task.
        steps: Steps of an epoch.
        amounts: Tasks that are no AUC but a normalized Gini coefficient, and choose no epoch.

    Returns:
        AUC a task and their mean, the seconds of training, the milliseconds of a step in the
        last epoch (the first one builds graphs), and which epoch was best, from 1 on.
    """
    seconds, best = [], None
    for number in range(1, epochs + 1):
        seconds.append(epoch())
        valid = np.mean(list(_areas(judge("validation"), amounts).values()))
        if best is None or valid > best[0]:
            tested = judge("test")
            best = (valid, number, _areas(tested, amounts), tested)
    _, number, areas, (labels, scores) = best
    return {
        **{f"auc_{task}": area for task, area in areas.items()},
        "auc": float(np.mean(list(areas.values()))),
        **{f"gini_{task}": gini(labels[task], scores[task]) for task in amounts},
        "best_epoch": number,
        "seconds": sum(seconds),
        "step_ms": 1000 * seconds[-1] / steps,
    }


def _areas(judged: tuple[dict, dict], amounts: Sequence[str]) -> dict[str, float]:
    labels, scores = judged
    return {task: auc(labels[task], scores[task]) for task in labels if task not in amounts}
