"""The contestant's process, seen from inside and from outside."""

import gc
import io
import json
import sys
import types

import pytest

from benchmarks.contestants.contestant import Contestant
from benchmarks.process import ContestantError, Process
from benchmarks.worker import serve

MODULE = """
import sys

from benchmarks.contestants.contestant import Contestant


def build(rows, breaks=False):
    print("a library greets on standard output")
    if breaks:
        sys.exit("no such optimizer")

    def run(steps):
        if steps > 100:
            raise ValueError("too many steps")
        block = b"x" * (steps * 1_000_000)
        return {"rows": steps * rows, "bytes": len(block)}

    return Contestant("counts", (), run, {"state_bytes": 7})
"""


@pytest.fixture
def module(tmp_path, monkeypatch):
    (tmp_path / "counting_contestant.py").write_text(MODULE)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    return "counting_contestant"


def test_requests_are_answered_line_by_line(monkeypatch):
    fake = types.ModuleType("fake_contestant")
    fake.build = lambda rows: Contestant(
        "counts", ("rich",), lambda steps: {"rows": rows * steps, "seconds": 0.5}, {"more": 1}
    )
    monkeypatch.setitem(sys.modules, "fake_contestant", fake)
    # What the tests before have left takes half a minute to look through.
    monkeypatch.setattr(gc, "collect", lambda: None)
    answers = io.StringIO()
    serve("fake_contestant", {"rows": 3}, ['{"steps": 2}', '{"steps": 5}'], answers)
    ready, *found = (json.loads(line) for line in answers.getvalue().splitlines())
    assert (ready["does"], ready["more"], set(ready["versions"])) == ("counts", 1, {"rich"})
    assert [answer["rows"] for answer in found] == [6, 15]
    assert found[0]["seconds"] == 0.5  # what the contestant timed itself
    assert found[0]["peak_bytes"] > 1_000_000


def test_a_process_answers_and_what_libraries_print_does_not_disturb(module):
    with Process(module, {"rows": 10}) as process:
        assert process.ready()["state_bytes"] == 7
        assert process.ask(steps=4)["rows"] == 40
        assert process.ask(steps=1)["seconds"] >= 0


def test_a_failing_contestant_tells_why(module):
    with (
        Process(module, {"rows": 1, "breaks": True}) as process,
        pytest.raises(ContestantError, match="ended with code 1: no such optimizer"),
    ):
        process.ready()
    with (
        Process(module, {"rows": 1}) as process,
        pytest.raises(ContestantError, match="ValueError: too many steps"),
    ):
        process.ask(steps=101)


def test_the_peak_is_that_of_the_process_alone_and_stays(module):
    ballast = b"x" * 300_000_000  # of this process, which must not count there
    with Process(module, {"rows": 1}) as process:
        before, high, after = (process.ask(steps=n)["peak_bytes"] for n in (1, 90, 1))
    assert before < len(ballast)
    assert high - before > 80_000_000
    assert after == pytest.approx(high, rel=0.05)
