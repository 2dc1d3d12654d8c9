import numpy as np
import pytest

from mtlkeras.balancing import MGDA, SDMGrad


def test_is_the_mean_where_pulled_strongly(update, matrices):
    jacobian = matrices["conflict3"]
    np.testing.assert_allclose(
        update(SDMGrad(pull=1e9), jacobian), jacobian.mean(axis=0), rtol=1e-7
    )


def test_nears_the_shortest_update_without_pull(update, matrices):
    jacobian = matrices["conflict3"]
    ours = update(SDMGrad(pull=0.0, learning_rate=0.1, steps=200), jacobian)
    np.testing.assert_allclose(ours, update(MGDA(), jacobian), atol=1e-9)


def test_goes_on_from_the_shares_before(update, matrices):
    jacobian = matrices["conflict3"]
    options = {"learning_rate": 0.1, "momentum": 0.0, "dtype": "float64"}
    often, once = SDMGrad(steps=5, **options), SDMGrad(steps=15, **options)
    for _ in range(3):
        several = update(often, jacobian)
    np.testing.assert_allclose(several, update(once, jacobian), rtol=1e-12)


def test_products_of_two_batches_need_not_be_symmetric():
    # One step from equal shares: w - eta A (1 + pull) / K, projected onto the simplex.
    products = np.array([[1.0, 0.2], [-0.4, 1.0]])
    weighting = SDMGrad(pull=0.5, learning_rate=0.1, steps=1, dtype="float64")
    weights = weighting(np.ones(2), products).numpy()
    moved = 0.5 - 0.1 * products @ np.full(2, 0.75)
    shares = moved + (1 - moved.sum()) / 2
    np.testing.assert_allclose(weighting.shares, shares, rtol=1e-12)
    np.testing.assert_allclose(weights, (shares + 0.25) / 1.5, rtol=1e-12)


def test_scale_of_the_gradients_does_not_change_the_weights(matrices):
    gramian = matrices["mixed4"] @ matrices["mixed4"].T
    weights = SDMGrad()(np.ones(4), gramian)
    np.testing.assert_allclose(SDMGrad()(np.ones(4), 1e-12 * gramian), weights, rtol=1e-9)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"pull": -1.0}, "SDMGrad: pull must be a number of at least 0. Received: pull=-1.0"),
        ({"learning_rate": 0.0}, "SDMGrad: learning_rate must be a number above 0. Received"),
        ({"momentum": 2}, "SDMGrad: momentum must be a number of at least 0 and at most 1."),
        ({"steps": 0}, "SDMGrad: steps must be a whole number of at least 1. Received: steps=0"),
        ({"steps": 2.5}, "SDMGrad: steps must be a whole number of at least 1. Received"),
    ],
)
def test_refuses_wrong_options(options, message):
    with pytest.raises(ValueError, match=message):
        SDMGrad(**options)
