"""What gradient weightings promise, over random gradients."""

import numpy as np
import pytest

from mtlkeras import balancing

# Exponent of a common factor of the gradients in the update.
DEGREES = {
    "AlignedMTL": 1.0,
    "CAGrad": 1.0,
    "ConFIG": 1.0,
    "DualProj": 1.0,
    "FairGrad": -1.0 / 3.0,
    "GradVac": 1.0,
    "IMTL": 1.0,
    "IMTLG": 1.0,
    "MGDA": 1.0,
    "NashMTL": 0.0,
    "PCGrad": 1.0,
    "UPGrad": 1.0,
}
# Results do not depend on the order of the tasks: those that meet in an order are left out.
SYMMETRIC = sorted(set(DEGREES) - {"GradVac", "PCGrad"})
EDGES = {
    "zero row": [[1.0, -1.0, 0.0], [0.0, 0.0, 0.0], [-2.0, 1.0, 1.0]],
    "identical": np.ones((4, 3)),
    "two the same": [[1.0, 0.0, 2.0], [-1.0, 3.0, 0.5], [1.0, 0.0, 2.0]],
    "opposite": [[1.0, 2.0, 0.0], [-1.0, -2.0, 0.0], [0.5, 0.0, 3.0]],
    "parallel": [[1.0, 2.0], [100.0, 200.0], [1e-3, 2e-3]],
    "far apart in length": np.diag([1e-8, 1.0, 1e8]) @ np.random.default_rng(2).normal(size=(3, 5)),
}
NEVER_WORSE = {
    "DualProj": {},
    "MGDA": {},
    "UPGrad": {},
    "CAGrad": {"c": 1.0},
    "FairGrad": {},
    "NashMTL": {},
}


def made(name, **options):
    if name in ("GradVac", "PCGrad"):
        options["shuffle"] = False
    return getattr(balancing, name)(**options)


def possible(jacobian):
    """Whether some update serves every task, by some margin."""
    weights = balancing.MGDA()(np.ones(len(jacobian)), jacobian @ jacobian.T).numpy()
    shortest = np.linalg.norm(weights @ jacobian)
    return shortest > 1e-3 * np.linalg.norm(jacobian, axis=1).min()


@pytest.mark.parametrize("name", SYMMETRIC)
def test_order_of_the_tasks_does_not_matter(name, update, jacobians):
    for jacobian in jacobians:
        if name in ("FairGrad", "NashMTL") and not possible(jacobian):
            continue  # there is nothing definite to find
        order = np.random.default_rng(1).permutation(len(jacobian))
        ours = update(made(name), jacobian)
        shuffled = update(made(name), jacobian[order])
        size = np.linalg.norm(jacobian, axis=1).max() if DEGREES[name] == 1 else 1.0
        np.testing.assert_allclose(shuffled / size, ours / size, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("name", SYMMETRIC)
@pytest.mark.parametrize("edge", EDGES)
def test_order_does_not_matter_either_where_gradients_are_special(name, edge, update):
    jacobian = np.array(EDGES[edge])
    if name in ("FairGrad", "NashMTL") and not possible(jacobian):
        return  # there is nothing definite to find
    ours = update(made(name), jacobian)
    size = np.linalg.norm(jacobian, axis=1).max() if DEGREES[name] == 1 else 1.0
    for order in ([1, 2, 0, 3], [2, 1, 0, 3]):
        shuffled = update(made(name), jacobian[[i for i in order if i < len(jacobian)]])
        np.testing.assert_allclose(shuffled / size, ours / size, rtol=1e-5, atol=1e-8)


@pytest.mark.parametrize("name", NEVER_WORSE)
@pytest.mark.parametrize("edge", EDGES)
def test_no_task_is_made_worse_where_gradients_are_special(name, edge, update):
    jacobian = np.array(EDGES[edge])
    if name in ("FairGrad", "NashMTL") and not possible(jacobian):
        return
    d = update(made(name, **NEVER_WORSE[name]), jacobian)
    norms = np.linalg.norm(jacobian, axis=1)
    length = max(np.linalg.norm(d), 1e-3 * norms[norms > 0].min())
    gains = jacobian @ d / np.where(norms > 0, norms, 1.0) / length
    assert gains.min() > -1e-5, gains


@pytest.mark.parametrize("name", ["ConFIG", "IMTLG"])
def test_unit_gradients_gain_alike(name, update, jacobians):
    for jacobian in jacobians:
        if np.linalg.matrix_rank(jacobian) < len(jacobian):
            continue
        norms = np.linalg.norm(jacobian, axis=1)
        gains = jacobian @ update(made(name), jacobian) / norms
        np.testing.assert_allclose(gains, gains[0], rtol=1e-6)
        assert name == "IMTLG" or gains[0] > 0


@pytest.mark.parametrize(("name", "options"), [("MoCo", {"gamma": 0.05}), ("SDMGrad", {})])
def test_shares_that_are_followed_stay_on_the_simplex(name, options):
    rng, weighting = np.random.default_rng(3), made(name, **options)
    for step in range(8):
        jacobian = 10.0 ** (step - 4) * rng.normal(size=(5, 6))
        active = rng.uniform(size=5) < 0.8
        active[0] = True
        jacobian[~active] = 0.0
        weighting(np.ones(5), jacobian @ jacobian.T, active=active)
        shares = np.array(weighting.shares)
        assert shares.min() >= 0
        np.testing.assert_allclose(shares.sum(), 1.0, rtol=1e-5)


@pytest.mark.parametrize("name", ["FAMO", "GLS", "ScaleInvariant"])
def test_the_unit_of_a_loss_does_not_matter(name):
    losses, units = np.array([0.2, 3.0, 0.7, 11.0]), np.array([1e-3, 1.0, 40.0, 1e4])
    shares = []
    for each in (losses, units * losses):
        weighed = getattr(balancing, name)()(each).numpy() * each
        shares.append(weighed / weighed.sum())
    # FAMO adds 1e-8 to losses, as its authors do.
    np.testing.assert_allclose(shares[1], shares[0], rtol=1e-4)


@pytest.mark.parametrize("name", ["DWA", "GradNorm"])
def test_the_unit_of_a_loss_does_not_matter_to_what_is_learned_of_its_fall(name):
    units = np.array([1e-2, 1.0, 40.0])
    found = []
    for unit in (np.ones(3), units):
        weighting = getattr(balancing, name)(**({"steps": 1} if name == "DWA" else {}))
        for losses in ([1.0, 2.0, 0.5], [0.9, 1.0, 0.5], [0.8, 0.4, 0.1], [0.7, 0.4, 0.1]):
            gramian = () if name == "DWA" else (np.diag([1.0, 4.0, 9.0]),)
            weights = weighting(unit * losses, *gramian).numpy()
        found.append(weights)
    assert np.abs(found[0] - 1).max() > 0.01
    np.testing.assert_allclose(found[1], found[0], rtol=1e-5)


@pytest.mark.parametrize("name", DEGREES)
@pytest.mark.parametrize("factor", [1e-9, 1e9])
def test_scale_of_the_gradients(name, factor, update, jacobians):
    for jacobian in jacobians[1:6:2]:
        if name in ("FairGrad", "NashMTL") and not possible(jacobian):
            continue
        ours = update(made(name), factor * jacobian) / factor ** DEGREES[name]
        np.testing.assert_allclose(ours, update(made(name), jacobian), rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize("name", NEVER_WORSE)
def test_no_task_is_made_worse(name, update, jacobians):
    for jacobian in jacobians:
        d = update(made(name, **NEVER_WORSE[name]), jacobian)
        if name in ("FairGrad", "NashMTL") and not possible(jacobian):
            continue
        gains = jacobian @ d / np.linalg.norm(jacobian, axis=1) / max(np.linalg.norm(d), 1e-3)
        assert gains.min() > -1e-6, (len(jacobian), gains)


@pytest.mark.parametrize("name", sorted(set(DEGREES) - {"ConFIG", "IMTL", "IMTLG"}))
def test_orthogonal_gradients_of_one_length_are_treated_alike(name, update):
    d = update(made(name), np.eye(4))
    assert d[0] > 0
    np.testing.assert_allclose(d, d[0], rtol=1e-9)


@pytest.mark.parametrize("name", [*DEGREES, "GradNorm", "MoCo", "RGW", "SDMGrad"])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_gradients_of_0_give_0_and_one_task_its_direction(name, dtype, update):
    np.testing.assert_array_equal(update(made(name), np.zeros((3, 4), dtype)), 0.0)
    gradient = np.array([[3.0, -4.0]], dtype)
    d = update(made(name), gradient)
    assert d @ gradient[0] > 0
    np.testing.assert_allclose(d[0] * gradient[0, 1], d[1] * gradient[0, 0], rtol=1e-6)


@pytest.mark.parametrize("name", SYMMETRIC)
def test_float32_agrees_with_float64(name, update, jacobians):
    # Cosines near 1 and directions that are missing are beyond the digits of float32.
    for jacobian in jacobians[:7]:
        if name in ("FairGrad", "NashMTL") and not possible(jacobian):
            continue
        exact = update(made(name), jacobian)
        ours = update(made(name), jacobian.astype("float32"))
        np.testing.assert_allclose(ours, exact, atol=2e-4 * np.abs(exact).max())
