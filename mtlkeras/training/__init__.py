"""Training into run folders, and what TensorBoard shows of it."""

from ._comparing import Comparison, compare
from ._errors import RunError, TrainingError
from ._gradient_plot import plot_gradients
from ._introduce import Introduce
from ._options import TrainOptions
from ._run import Run, load_run
from ._sample_by_loss import SampleByLoss
from ._score import keep_score
from ._task_stopping import TaskStopping
from ._tensorboard import TensorBoard
from ._train import train

__all__ = [
    "Comparison",
    "Introduce",
    "Run",
    "RunError",
    "SampleByLoss",
    "TaskStopping",
    "TensorBoard",
    "TrainOptions",
    "TrainingError",
    "compare",
    "keep_score",
    "load_run",
    "plot_gradients",
    "train",
]
