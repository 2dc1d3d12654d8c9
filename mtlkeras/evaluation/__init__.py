"""Exact metrics of a trained model, a task and a scenario at a time.

`binary`, `multiclass`, `multilabel`, `ordinal`, `regression`, `count` and `amount` hold the
metrics of one kind of task as functions of `(y, prediction, weight)`; `ranking` holds those of a
score within groups, functions of `(y, score, group, weight)`.
"""

from . import amount, binary, count, multiclass, multilabel, ordinal, ranking, regression
from ._affinity import evaluate_affinity
from ._evaluate import evaluate
from ._evaluation import Evaluation
from ._plots import plot_calibration, plot_history
from ._reliability import reliability
from ._score import comparable as comparable
from ._score_rows import ScoreRows, score_rows
from ._task_affinity import TaskAffinity

__all__ = [
    "Evaluation",
    "ScoreRows",
    "TaskAffinity",
    "amount",
    "binary",
    "count",
    "evaluate",
    "evaluate_affinity",
    "multiclass",
    "multilabel",
    "ordinal",
    "plot_calibration",
    "plot_history",
    "ranking",
    "regression",
    "reliability",
    "score_rows",
]
