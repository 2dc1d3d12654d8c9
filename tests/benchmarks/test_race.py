"""Contestants in turn, with processes that only note what they are asked."""

from types import SimpleNamespace

import pytest

from benchmarks import race as race_module
from benchmarks import seat as seat_module
from benchmarks.contestants import Entry
from benchmarks.lane import Pace, steps_for
from benchmarks.machine import GIB
from benchmarks.peers import Peers
from benchmarks.process import ContestantError
from benchmarks.race import Race, fitting, memory_of
from benchmarks.turns import Turn, take_turns
from benchmarks.workload import Workload

WORK = Workload(sizes=(10,), rows=100, batch_size=10)


@pytest.mark.parametrize(
    ("needs", "budget", "stay"),
    [
        ({"a": 1, "b": 2, "c": 3}, 6, {"a", "b", "c"}),
        ({"a": 1, "b": 2, "c": 3}, 5.5, {"a"}),  # 1 + 2 + 3 do not fit, 1 beside 3 does
        ({"a": 3, "b": 3}, 4, set()),
        ({}, 4, set()),
    ],
)
def test_who_stays_leaves_room_for_the_largest_other(needs, budget, stay):
    assert fitting(needs, budget) == stay


def test_steps_fill_the_time():
    assert steps_for(2.0, steps=4, took=0.1) == 80
    assert steps_for(2.0, steps=1, took=60.0) == 1


def test_memory_grows_with_the_tables():
    entry = Entry("a", "A", "a", tables=3.0)
    grown = memory_of(entry, Workload(sizes=(1_000_000,), dim=16)) - memory_of(entry, WORK)
    assert grown == pytest.approx(3 * 64_000_000, rel=1e-3)


@pytest.fixture
def notes(monkeypatch):
    """What was asked of whom, in order; a step of `module` takes so many seconds."""
    noted = []

    class FakeProcess:
        def __init__(self, module, settings, python=None):
            self.name = module.rsplit(".", 1)[-1]
            noted.append(("start", self.name))

        def ready(self):
            return {"does": self.name, "seconds": 9.0, "peak_bytes": 1}

        def ask(self, steps):
            if self.name == "broken":
                raise ContestantError("ended with code 1: it broke")
            noted.append((steps, self.name))
            second = {"fast": 0.01, "slow": 0.5}[self.name]
            return {"rows": 10 * steps, "seconds": second * steps, "peak_bytes": 100 + steps}

        def close(self):
            noted.append(("stop", self.name))

    monkeypatch.setattr(seat_module, "Process", FakeProcess)
    return noted


FAST, SLOW = Entry("quick", "Q", "fast"), Entry("lame", "L", "slow")


def test_contestants_are_measured_in_turn(notes, monkeypatch):
    monkeypatch.setattr(race_module, "available_memory", lambda: 100 * GIB)
    found = Race(Pace(rounds=3, seconds=1.0, steps=2), None).run(WORK, [FAST, SLOW])
    turns = [(steps, name) for steps, name in notes if steps in (100, 2) and steps != "start"]
    # After warm-up and probing: 100 fast and 2 slow steps make a second.
    assert turns[-6:] == [(100, "fast"), (2, "slow")] * 3
    assert found["quick"]["rows_per_second"]["values"] == [1000.0] * 3
    assert found["lame"]["rows_per_second"]["median"] == 20.0
    assert found["quick"]["peak_bytes"] == 200
    assert notes.count(("start", "fast")) == notes.count(("stop", "fast")) == 1


def test_who_does_not_fit_is_started_anew_each_round(notes, monkeypatch):
    monkeypatch.setattr(race_module, "available_memory", lambda: 1.0 * GIB)
    found = Race(Pace(rounds=2, seconds=1.0, steps=2), None).run(WORK, [FAST, SLOW])
    assert [note for note in notes if note[0] == "start"] == [
        ("start", "fast"),
        ("start", "slow"),
    ] * 2
    assert not found["lame"]["alive_throughout"]
    assert len(found["lame"]["rows_per_second"]["values"]) == 2


def test_who_is_missing_is_told_with_the_reason(notes, monkeypatch):
    monkeypatch.setattr(race_module, "available_memory", lambda: 20 * GIB)
    entries = [
        FAST,
        Entry("broken", "B", "broken"),
        Entry("peer", "P", "slow", peer="some-peer"),
        Entry("huge", "H", "slow", tables=1e9),
    ]
    peers = Peers(python="python", missing={"some-peer": "no wheel"})
    found = Race(Pace(1, 1.0, 2), peers).run(WORK, entries)
    assert list(found) == ["quick", "broken", "peer", "huge"]
    assert found["broken"]["missing"] == "ended with code 1: it broke"
    assert found["peer"]["missing"] == "no wheel"
    assert found["huge"]["missing"].startswith("needs some 597 GiB")
    assert "rows_per_second" in found["quick"]


def test_those_that_take_turns_tell_what_they_did_or_why_they_are_missing(notes):
    bench = SimpleNamespace(pace=Pace(rounds=2, seconds=1.0), say=lambda text: None)
    turns = [
        Turn("quick", "Q", "fast", {}),
        Turn("anew", "A", "slow", {}, fresh=True),
        Turn("broken", "B", "broken", {}),
    ]
    found = take_turns(bench, turns)
    assert found["quick"]["does"] == "fast"
    assert found["quick"]["steps"] == 100
    assert found["quick"]["rows_per_second"]["values"] == [1000.0] * 2
    assert found["anew"]["seconds"]["values"] == [0.5] * 2
    assert found["broken"] == {"missing": "ended with code 1: it broke"}
    starts = [name for what, name in notes if what == "start"]
    assert sorted(starts) == ["broken", "fast", "slow", "slow"]
    assert sorted(name for what, name in notes if what == "stop") == sorted(starts)
