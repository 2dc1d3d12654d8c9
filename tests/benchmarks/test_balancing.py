"""What is measured of weightings, on as little as can be."""

import sys
from types import SimpleNamespace

import pytest

from benchmarks.contestants import _beside, balancing, solvers
from benchmarks.workload import Workload
from mtlkeras.balancing import __all__ as every


def test_every_weighting_is_measured():
    found = balancing.methods()
    assert set(found["loss"]) | set(found["representation"]) == set(every)
    assert not set(found["loss"]) & set(found["representation"])
    # Rotations turn representations alone.
    assert set(found["representation"]) - set(found["parameters"]) == {"RotoGrad"}
    assert set(every) - set(solvers.methods()) == {"GradDrop", "RotoGrad"}


def test_each_measurement_lies_between_two_of_the_plain_sum():
    found = _beside.in_turn([1.0, 3.0, 3.0, 8.0, 5.0])
    assert found == {"step_ms": [3.0, 8.0], "plain_ms": [2.0, 4.0], "ratio": [1.5, 2.0]}


def test_a_weighting_is_measured_in_fit():
    work = Workload(sizes=(50, 50), dim=4, batch_size=64, rows=512)
    trainer = balancing.Trainer(work)
    arguments = {"trunk": "shared_bottom", "rounds": 2, "executions": 1}
    found = trainer.run(kind="loss", method="Static", **arguments)
    assert len(found["ratio"]) == 2
    for ratio, ours, plain in zip(
        *(found[k] for k in ("ratio", "step_ms", "plain_ms")), strict=True
    ):
        assert ratio == pytest.approx(ours / plain)
    # The plain sum did as many executions, and one to be traced.
    plain = trainer.plain["shared_bottom"]
    assert plain.weighting is None
    assert int(plain.optimizer.iterations) == balancing.WARM + 3


def test_looks_are_switched_off_and_on():
    board = SimpleNamespace(monitor=SimpleNamespace(interval=100))
    windows, intervals = _beside.Switched(board, first=2, window=3), []
    for batch in range(11):
        windows.on_train_batch_end(batch)
        intervals.append(board.monitor.interval)
    assert intervals == [100, *[sys.maxsize] * 3, *[100] * 3, *[sys.maxsize] * 3, 100]
    assert len(windows.took) == 3


def test_a_solver_is_measured():
    found = solvers.run("MGDA", tasks=2, rounds=2, seconds=0.001)
    assert len(found["microseconds"]) == 2
    assert all(0 < each < 1e5 for each in found["microseconds"])
