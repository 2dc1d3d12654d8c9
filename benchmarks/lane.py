"""One contestant's part of a race."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from .contestants import Entry
from .process import ContestantError
from .seat import Seat
from .statistics import spread
from .workload import Workload


@dataclass(frozen=True)
class Pace:
    """How long to measure.

    Args:
        rounds: How often each contestant is measured.
        seconds: About how long each time.
        steps: The least number of steps of a measurement.
    """

    rounds: int = 5
    seconds: float = 1.5
    steps: int = 2


class Lane(Seat):
    """A contestant in a race: its process, and what was measured.

    Args:
        entry: Who.
        work: The work.
        pace: How long to measure.
        say: Told what happens.
        python: The interpreter.
        stays: Whether it stays alive between rounds.
    """

    def __init__(
        self,
        entry: Entry,
        work: Workload,
        pace: Pace,
        say: Callable[[str], None],
        python: Path | str,
        stays: bool,
    ) -> None:
        super().__init__(entry.module, {"workload": work.as_dict(), **entry.options}, python)
        self.entry, self.pace, self.say, self.stays = entry, pace, say, stays
        self.steps, self.peak = 0, 0
        self.speeds: list[float] = []

    def get_ready(self) -> None:
        """Starts and warms up."""
        try:
            self.say(f"{self.entry.label}, building")
            self.start()
            self.facts = self.process.ready()
            self.process.ask(steps=1)  # traces, allocates
        except ContestantError as error:
            self.fail(error)

    def calibrate(self) -> None:
        """Finds how many steps fill a measurement, once; nobody else may be busy meanwhile."""
        if self.failed or self.steps:
            return
        try:
            self.say(f"{self.entry.label}, calibrating")
            self.steps = self._enough(self.pace.steps)
        except ContestantError as error:
            self.fail(error)

    def _enough(self, steps: int) -> int:
        """Steps that fill a measurement; a short call is mostly overhead, so it grows to that."""
        seconds = self.pace.seconds
        for _ in range(6):
            took = self.process.ask(steps=steps)["seconds"]
            if took > 0.6 * seconds:
                break
            steps = steps_for(seconds, steps, max(took, seconds / 8))
        return max(self.pace.steps, steps_for(seconds, steps, took))

    def measure(self) -> None:
        """Measures once more."""
        if self.failed:
            return
        if self.process is None:
            self.get_ready()
        self.calibrate()
        if self.failed:
            return
        try:
            answer = self.process.ask(steps=self.steps)
        except ContestantError as error:
            self.fail(error)
            return
        self.speeds.append(answer["rows"] / answer["seconds"])
        self.peak = max(self.peak, answer["peak_bytes"])
        if not self.stays:
            self.stop()

    def measured(self) -> dict:
        return {
            "steps": self.steps,
            "alive_throughout": self.stays,
            "rows_per_second": spread(self.speeds),
            "peak_bytes": self.peak,
        }


def steps_for(seconds: float, steps: int, took: float) -> int:
    """How many steps take so long, judging by some that took `took`.

    Example:
        >>> steps_for(2.0, steps=10, took=0.5)
        40
    """
    return max(1, round(steps * seconds / max(took, 1e-6)))
