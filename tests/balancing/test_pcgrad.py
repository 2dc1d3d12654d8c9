import numpy as np
import pytest

from mtlkeras.balancing import PCGrad

# TorchJD 0.18.0, `torchjd.aggregation.PCGrad` with the natural order: Jacobian, update.
REFERENCE = {
    "conflict2": (
        [[-4.0, 1.0, 1.0], [6.0, 1.0, 1.0]],
        [0.5847953216374266, 3.801169590643275, 3.801169590643275],
    ),
    "orthogonal2": ([[3.0, 0.0, 0.0], [0.0, 4.0, 0.0]], [3.0, 4.0, 0.0]),
    "aligned3": (
        [[1.0, 2.0, 0.5, 0.0], [2.0, 1.0, 1.0, 0.5], [1.0, 1.0, 2.0, 1.0]],
        [4.0, 4.0, 3.5, 1.5],
    ),
    "conflict3": (
        [[1.0, 0.0, 2.0, -1.0], [-2.0, 1.0, 0.5, 1.0], [0.5, -3.0, 1.0, 2.0]],
        [-1.2398830409356727, -1.7207017543859648, 4.540233918128655, 2.413801169590643],
    ),
    "zero_row3": (
        [[1.0, -1.0, 2.0, 0.0], [0.0, 0.0, 0.0, 0.0], [-2.0, 1.0, 1.0, 1.0]],
        [-1.1190476190476188, -0.023809523809523947, 3.4761904761904763, 1.1428571428571428],
    ),
    "rank_deficient3": (
        [[1.0, -2.0, 0.0, 1.0, 0.5], [-0.5, 1.0, 2.0, -1.0, 1.0], [0.5, -1.0, 2.0, 0.0, 1.5]],
        [
            1.273103448275862,
            -2.546206896551724,
            4.827586206896552,
            0.06620689655172418,
            3.653793103448276,
        ],
    ),
    "opposite2": ([[1.0, 2.0, -1.0], [-2.0, -4.0, 2.0]], [0.0, 0.0, 0.0]),
    "mixed4": (
        [
            [0.9, -1.2, 0.3, 2.1, -0.4, 0.7],
            [-1.1, 0.8, 1.5, -0.6, 0.2, -0.9],
            [0.4, 0.5, -2.0, 1.0, 1.3, 0.1],
            [-0.3, -0.7, 0.6, -1.4, 0.8, 1.9],
        ],
        [
            -0.9243032879136005,
            -0.22578974583887693,
            1.2533639538875183,
            1.5549718902126108,
            3.689432476677202,
            2.3433326740981753,
        ],
    ),
}


def update(weighting, jacobian):
    jacobian = np.asarray(jacobian)
    losses = np.ones(len(jacobian), jacobian.dtype)
    return weighting(losses, jacobian @ jacobian.T).numpy() @ jacobian


def project(jacobian, orders):
    """The method as the paper states it, on gradients instead of the Gramian."""
    projected = jacobian.copy()
    for i, order in enumerate(orders):
        for j in order:
            product = projected[i] @ jacobian[j]
            if i != j and product < 0:
                projected[i] -= product / (jacobian[j] @ jacobian[j]) * jacobian[j]
    return projected.sum(axis=0)


@pytest.mark.parametrize("name", REFERENCE)
@pytest.mark.parametrize(("dtype", "atol"), [("float64", 1e-12), ("float32", 2e-6)])
def test_agrees_with_the_reference(name, dtype, atol):
    jacobian, expected = REFERENCE[name]
    ours = update(PCGrad(shuffle=False), np.array(jacobian, dtype))
    np.testing.assert_allclose(ours, expected, rtol=atol, atol=atol)


@pytest.mark.parametrize("seed", range(3))
def test_random_order_is_the_method_of_the_paper(seed):
    jacobian = np.random.default_rng(seed).normal(size=(5, 4))
    orders = PCGrad(seed=seed).order(5).numpy()
    np.testing.assert_array_equal(np.sort(orders, axis=1), np.tile(np.arange(5), (5, 1)))
    ours = update(PCGrad(seed=seed), jacobian)
    np.testing.assert_allclose(ours, project(jacobian, orders), rtol=1e-10)


def test_order_is_drawn_anew_and_repeats_with_the_seed():
    one, two = PCGrad(seed=7), PCGrad(seed=7)
    first, second = one.order(6).numpy(), one.order(6).numpy()
    assert (first != second).any()
    np.testing.assert_array_equal(two.order(6), first)
    np.testing.assert_array_equal(two.order(6), second)
    assert (PCGrad(seed=8).order(6).numpy() != first).any()


def test_result_depends_on_the_order():
    jacobian = np.array(REFERENCE["conflict3"][0])
    weighting = PCGrad(seed=1)
    results = {tuple(np.round(update(weighting, jacobian), 6)) for _ in range(20)}
    assert len(results) > 1


def test_does_not_conflict_with_two_tasks():
    for seed in range(20):
        jacobian = np.random.default_rng(seed).normal(size=(2, 3))
        d = update(PCGrad(), jacobian)
        assert (jacobian @ d >= -1e-12).all()
        # With two tasks every gradient is projected off the other, or none is.
        if jacobian[0] @ jacobian[1] >= 0:
            np.testing.assert_allclose(d, jacobian.sum(axis=0))
