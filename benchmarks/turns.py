"""Contestants in turn that do no training steps, each with its own kind of answer."""

from collections.abc import Sequence
from dataclasses import dataclass

from .bench import Bench
from .lane import steps_for
from .process import ContestantError
from .seat import Seat
from .statistics import spread


@dataclass(frozen=True)
class Turn:
    """A contestant.

    Args:
        name: The key in results.
        label: What it is called.
        module: Its module in `benchmarks.contestants`.
        settings: Arguments of its `build`.
        fresh: Whether each round has a process of its own, asked once and without warm-up: for
            what happens only once in a process.
    """

    name: str
    label: str
    module: str
    settings: dict
    fresh: bool = False


def take_turns(bench: Bench, turns: Sequence[Turn]) -> dict[str, dict]:
    """Name of a contestant to the spread of each figure that it answers, or why it is missing.

    Args:
        bench: The pace.
        turns: The contestants; all of them must fit into memory.
    """
    seats = [_Place(turn, bench) for turn in turns]
    # A process a round takes its time.
    fresh = any(turn.fresh for turn in turns)
    rounds = min(bench.pace.rounds, 3) if fresh else bench.pace.rounds
    try:
        for round_ in range(rounds):
            for seat in seats:
                bench.say(f"{seat.turn.label}, round {round_ + 1} of {rounds}")
                try:
                    seat.measure()
                except ContestantError as error:
                    seat.fail(error)
    finally:
        for seat in seats:
            seat.stop()
    return {seat.turn.name: seat.result() for seat in seats}


class _Place(Seat):
    def __init__(self, turn: Turn, bench: Bench) -> None:
        super().__init__(turn.module, turn.settings)
        self.turn, self.bench = turn, bench
        self.answers: list[dict] = []
        self.steps = 1

    def measure(self) -> None:
        if self.failed:
            return
        if self.process is None:
            self.start()
            self.facts = self.process.ready()
            if not self.turn.fresh:
                self.process.ask(steps=1)
                took = self.process.ask(steps=1)["seconds"]
                self.steps = steps_for(self.bench.pace.seconds, 1, took)
        self.answers.append(self.process.ask(steps=self.steps))
        if self.turn.fresh:
            self.stop()

    def measured(self) -> dict:
        figures = {
            name: spread([answer[name] for answer in self.answers])
            for name, value in self.answers[0].items()
            if isinstance(value, int | float) and name not in ("rows", "peak_bytes")
        }
        speeds = [answer["rows"] / answer["seconds"] for answer in self.answers]
        peak = max(answer["peak_bytes"] for answer in self.answers)
        more = {"steps": self.steps, "rows_per_second": spread(speeds), "peak_bytes": peak}
        return {**figures, **more}
