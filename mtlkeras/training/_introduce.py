"""Tasks that come in later, and not all at once."""

from collections.abc import Mapping
from typing import Literal

from ._executions import steps_done
from ._paced import Paced

Unit = Literal["epochs", "steps"]


def ramp(done: float, start: float, full: float) -> float:
    """Returns `(done - start) / (full - start)`, held between 0 and 1; a step where both meet.

    Args:
        done: How far training is.
        start: Where the ramp leaves 0.
        full: Where it reaches 1.

    Example:
        >>> [ramp(done, start=1, full=3) for done in (0.5, 1.5, 2, 3, 9)]
        [0.0, 0.25, 0.5, 1.0, 1.0]
    """
    if done >= full:
        return 1.0
    return max(0.0, (done - start) / (full - start)) if full > start else 0.0


class Introduce(Paced):
    """Lets tasks come in gradually: the factor of a task's loss rises linearly from 0 to 1.

    A task `(from, full)` counts nothing before epoch `from` begins, then more with every step,
    and wholly when epoch `full` begins; epochs are counted from 1. `(3, 3)` comes in at once. The
    simple tasks thus shape what is shared before the rare or noisy ones do (a curriculum over
    tasks: Bengio et al., "Curriculum Learning", 2009). Where several steps are executed at once,
    they have the factor of the first.

    Losses are multiplied by the factor as they are by `loss_weights`: a weighting that does not
    care for the scale of losses (GLS, ScaleInvariant, IMTLL) knows only 0 and not 0.

    Args:
        tasks: Task to `(from, full)`; other tasks count from the start.
        unit: What is counted, `"epochs"`, or `"steps"` from 1 over all epochs.

    Example:
        >>> Introduce({"purchase": (2, 4)}).factors(done=2.0)
        {'purchase': 0.5}
    """

    def __init__(self, tasks: Mapping[str, tuple[int, int]], unit: Unit = "epochs") -> None:
        super().__init__("introduced", tasks)
        self.tasks = {task: check_ramp(task, times) for task, times in tasks.items()}
        if unit not in ("epochs", "steps"):
            raise ValueError(f"`unit` should be one of 'epochs', 'steps'. Received {unit!r}.")
        self.unit = unit
        self.epoch = self.step = self.steps_before = 0

    def factors(self, done: float) -> dict[str, float]:
        """The factor of each task.

        Args:
            done: Epochs, or steps, that are done.
        """
        # What is done when number n begins is n - 1.
        return {task: ramp(done, start - 1, full - 1) for task, (start, full) in self.tasks.items()}

    def on_train_begin(self, logs=None):
        super().on_train_begin(logs)
        self.epoch = self.step = self.steps_before = 0
        self._apply()

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch, self.step = epoch, 0
        self._apply()

    def on_train_batch_begin(self, batch, logs=None):
        self.step = batch
        self._apply()

    def on_train_batch_end(self, batch, logs=None):
        super().on_train_batch_end(batch, logs)
        self.step = steps_done(self, batch)

    def on_epoch_end(self, epoch, logs=None):
        self.steps_before += self.step
        super().on_epoch_end(epoch, logs)

    def _apply(self) -> None:
        if self.unit == "steps":
            done = float(self.steps_before + self.step)
        else:
            # Where nobody knows how many steps an epoch has, factors rise from epoch to epoch.
            steps = self.params.get("steps")
            done = self.epoch + (self.step / steps if steps else 0.0)
        self.pace.set(self.part, self.factors(done))


def check_ramp(task: str, times: tuple[int, int]) -> tuple[int, int]:
    """Returns `(from, full)` of a task.

    Args:
        task: Its name, for the error.
        times: Two whole numbers from 1 on, the second not before the first.

    Raises:
        ValueError: If they are none.

    Example:
        >>> check_ramp("buy", [2, 4])
        (2, 4)
    """
    whole = isinstance(times, list | tuple) and len(times) == 2
    whole = whole and all(isinstance(time, int) for time in times)
    if not whole or not 1 <= times[0] <= times[1]:
        raise ValueError(
            f"Task {task!r} should be introduced at two whole numbers (from, full), from 1 on and "
            f"the second not before the first, such as (2, 4). Received {times!r}."
        )
    return tuple(times)
