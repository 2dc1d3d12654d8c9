"""What is measured of weightings, on as little as can be."""

import pytest

from benchmarks.contestants import balancing, solvers
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
    plain, measured = iter([1.0, 3.0, 5.0]), iter([3.0, 8.0])
    found = balancing.in_turn(lambda: next(measured), lambda: next(plain), rounds=2)
    assert found == {"step_ms": [3.0, 8.0], "plain_ms": [2.0, 4.0], "ratio": [1.5, 2.0]}


def test_a_weighting_is_measured_in_fit():
    work = Workload(sizes=(50, 50), dim=4, batch_size=64, rows=512)
    trainer = balancing.Trainer(work)
    arguments = {"trunk": "shared_bottom", "rounds": 1, "executions": 1}
    found = trainer.run(kind="loss", method="Static", **arguments)
    (ratio,) = found["ratio"]
    assert ratio == pytest.approx(found["step_ms"][0] / found["plain_ms"][0])
    assert found["step_ms"][0] > 0
    # Without metrics, as the plain sum.
    assert trainer.plain["shared_bottom"].weighting is None


def test_a_solver_is_measured():
    found = solvers.run("MGDA", tasks=2, rounds=2, seconds=0.001)
    assert len(found["microseconds"]) == 2
    assert all(0 < each < 1e5 for each in found["microseconds"])
