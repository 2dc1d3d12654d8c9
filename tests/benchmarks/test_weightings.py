"""How weightings are compared; two are trained, as small as can be."""

import numpy as np
import pytest

import mtlkeras as mtl
from benchmarks.contestants import weightings
from benchmarks.suites.weightings import _limits, _why_not
from benchmarks.weighting_cases import (
    COURSES,
    FAMILIES,
    OVER_PARAMETERS,
    QUICK,
    entrants,
    multi_task_gain,
)

SHOP = {"num_rows": 1200, "num_users": 30, "num_items": 20}
MODEL = {"units": [4], "tower": [], "learning_rate": 1e-2}


def test_a_gain_is_the_mean_of_relative_changes():
    gain = multi_task_gain({"click": 0.72, "buy": 0.6}, {"click": 0.8, "buy": 0.5})
    assert gain == pytest.approx(100 * (-0.1 + 0.2) / 2)


def test_every_weighting_takes_part():
    found = list(entrants(quick=False))
    by_family = {
        family: [each.settings.get("weighting") for each in found if each.family == family]
        for family in FAMILIES
    }
    gradients = by_family["representation"]
    assert sorted([*by_family["losses"], *gradients]) == sorted(mtl.balancing.__all__)
    assert by_family["plain"] == [None]
    assert tuple(by_family["parameters"]) == OVER_PARAMETERS
    assert set(OVER_PARAMETERS) < set(gradients)
    for each in found:
        if each.family in ("representation", "parameters"):
            kind = getattr(mtl.balancing, each.settings["weighting"])
            assert not issubclass(kind, mtl.balancing.LossWeighting)
            assert kind(**each.settings["options"]).scope == each.family
    assert len({each.name for each in found}) == len(found)


def test_a_quick_form_has_some_of_them():
    assert {each.name for each in entrants(quick=True)} == set(QUICK)


def test_data_that_is_not_there_is_left_out(tmp_path):
    shop, real = COURSES
    assert _why_not(shop, None) is None
    assert "name the folder that holds kuairand_pure/" in _why_not(real, None)
    assert "kuairand_pure lacks log_standard_val.csv.gz, " in _why_not(real, tmp_path)


def test_one_method_that_failed_leaves_the_others_room():
    def gains(*means):
        return [{"mean": mean, "low": mean - 0.1, "high": mean + 0.1} for mean in means]

    low, high = _limits(gains(-40.0, *np.linspace(-1.0, 1.0, 11)))
    assert -10 < low < -1.1
    assert 1.1 < high < 2
    assert _limits([]) == pytest.approx((-0.005, 0.005))


def test_a_seed_starts_all_methods_alike_and_can_be_repeated():
    tasks = ["click", "cart"]
    contestant = weightings.build(tasks, MODEL, 128, 1, shop=SHOP)
    course = contestant.run.__self__
    assert contestant.facts["rows"]["train"] == pytest.approx(960, abs=20)
    plain, rotated = (
        [v.numpy() for v in weightings._weights(course.at_start(0, tasks, name, {}))]
        for name in (None, "RotoGrad")
    )
    for a, b in zip(plain, rotated, strict=True):
        np.testing.assert_array_equal(a, b)
    found = [contestant.run(seed, weighting="GradNorm") for seed in (0, 1, 0)]
    assert found[0]["auc_cart"] == pytest.approx(found[2]["auc_cart"], abs=1e-6)
    assert found[0]["auc_cart"] != pytest.approx(found[1]["auc_cart"], abs=1e-6)
    assert {"auc", "auc_click", "step_ms", "seconds", "parameters"} <= set(found[0])
    # What was learned about the tasks is forgotten too.
    course.at_start(0, tasks, "GradNorm", {})
    assert course.model.weighting.shares.numpy().tolist() == [1.0, 1.0]
    assert not course.model.weighting.seen.numpy().any()
    alone = contestant.run(0, tasks=["cart"])
    assert "auc_cart" in alone
    assert "auc_click" not in alone
    # exp(1000) is no weight.
    broken = contestant.run(0, weighting="Uncertainty", options={"initial": -1000.0})
    assert list(broken) == ["missing"]
