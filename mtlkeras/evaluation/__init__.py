"""Exact metrics of a trained model, a task and a scenario at a time.

`binary`, `multiclass`, `multilabel`, `ordinal`, `regression`, `count` and `amount` hold the
metrics of one kind of task as functions of `(y, prediction, weight)`.
"""

from . import amount, binary, count, multiclass, multilabel, ordinal, regression
from ._evaluate import evaluate
from ._evaluation import Evaluation
from ._plots import plot_calibration, plot_history
from ._reliability import reliability

__all__ = [
    "Evaluation",
    "amount",
    "binary",
    "count",
    "evaluate",
    "multiclass",
    "multilabel",
    "ordinal",
    "plot_calibration",
    "plot_history",
    "regression",
    "reliability",
]
