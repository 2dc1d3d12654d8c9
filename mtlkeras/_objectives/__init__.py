"""What a `MultiTaskModel` minimises: losses of its tasks, gradients weighed anew, and how."""

from ._epoch_ends import with_epoch_ends
from ._functions import batches_function, build_state, checked_function, steps_function
from ._lookahead import Lookahead
from ._loss_objects import Loss, task_losses
from ._observe import Observation, observe
from ._one_graph import Ahead
from ._pace import Pace
from ._recording import current_recording
from ._task_losses import TaskLosses
from ._weighted_step import WeightedStep
from ._weighting import Weighting, check_weighting, spare_from_decay

__all__ = [
    "Ahead",
    "Lookahead",
    "Loss",
    "Observation",
    "Pace",
    "TaskLosses",
    "WeightedStep",
    "Weighting",
    "batches_function",
    "build_state",
    "check_weighting",
    "checked_function",
    "current_recording",
    "observe",
    "spare_from_decay",
    "steps_function",
    "task_losses",
    "with_epoch_ends",
]
