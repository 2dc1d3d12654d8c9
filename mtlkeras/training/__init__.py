"""Training into run folders, and what TensorBoard shows of it."""

from ._errors import RunError, TrainingError
from ._options import TrainOptions
from ._run import Run, load_run
from ._tensorboard import TensorBoard
from ._train import train

__all__ = [
    "Run",
    "RunError",
    "TensorBoard",
    "TrainOptions",
    "TrainingError",
    "load_run",
    "train",
]
