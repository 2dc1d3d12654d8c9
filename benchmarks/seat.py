"""The place of a contestant: its process, what it said of itself, and whether it failed."""

import sys
from abc import ABC, abstractmethod
from pathlib import Path

from .process import ContestantError, Process


class Seat(ABC):
    """A contestant's process, which is there between `start` and `stop`.

    Args:
        module: Its module in `benchmarks.contestants`.
        settings: Arguments of its `build`.
        python: The interpreter.
    """

    def __init__(self, module: str, settings: dict, python: Path | str = sys.executable) -> None:
        self.module, self.settings, self.python = module, settings, python
        self.process: Process | None = None
        self.facts: dict = {}
        self.failed: str | None = None

    def start(self) -> None:
        """Starts the process, which builds meanwhile."""
        if self.process is None:
            module = f"benchmarks.contestants.{self.module}"
            self.process = Process(module, self.settings, self.python)

    def stop(self) -> None:
        """Ends the process."""
        if self.process is not None:
            self.process.close()
            self.process = None

    def fail(self, error: ContestantError) -> None:
        """Keeps the reason and ends the process."""
        self.failed = str(error)
        self.stop()

    def result(self) -> dict:
        """What it does and what was measured, or why it is missing."""
        if self.failed:
            return {"missing": self.failed}
        told = {k: v for k, v in self.facts.items() if k not in ("seconds", "peak_bytes")}
        return {**told, **self.measured()}

    @abstractmethod
    def measured(self) -> dict:
        """What was measured, where it did not fail."""
