import numpy as np
import pytest

from mtlkeras.balancing import DTP


def test_hard_tasks_get_more_weight_the_larger_gamma():
    losses = np.array([0.1, 2.0])
    shares = [DTP(gamma)(losses).numpy() for gamma in (0.0, 1.0, 3.0)]
    easy = [weights[0] / weights.sum() for weights in shares]
    assert easy[0] > easy[1] > easy[2] > 0


def test_tasks_may_have_a_gamma_of_their_own():
    losses = np.array([0.5, 0.5])
    ours = DTP(gamma=[0.0, 3.0])(losses).numpy()
    np.testing.assert_allclose(ours, [DTP(0.0)(losses)[0], DTP(3.0)(losses)[1]])
    with pytest.raises(ValueError, match=r"DTP: gamma must have one item for each of the 2 tasks"):
        DTP(gamma=[1.0])(losses)


def test_measures_are_averaged():
    weighting = DTP(gamma=0.0, momentum=0.75)
    weighting(-np.log([0.8, 0.4]))
    weights = weighting(-np.log([0.4, 0.8]))
    np.testing.assert_allclose(weights, -np.log([0.7, 0.5]), rtol=1e-6)
    # A task without labels keeps its average.
    weighting(np.zeros(2), active=np.array([False, False]))
    np.testing.assert_allclose(weighting.measures, [0.7, 0.5], rtol=1e-6)


def test_what_is_observed_stands_for_the_loss():
    weighting = DTP(gamma=0.0)
    weighting.observe([0.5, 0.0], active=np.array([True, False]))
    weights = weighting(np.array([5.0, -np.log(0.25)]))
    np.testing.assert_allclose(weights, -np.log([0.5, 0.25]), rtol=1e-6)


def test_weights_stay_finite_and_above_0():
    for losses in ([0.0, 1e6], [-3.0, np.float64(80.0)]):
        weights = DTP()(np.array(losses)).numpy()
        assert np.isfinite(weights).all()
        assert (weights > 0).all()


def test_refuses_wrong_options():
    with pytest.raises(ValueError, match=r"DTP: gamma must be a number of at least 0. Received"):
        DTP(gamma=-1.0)
    with pytest.raises(ValueError, match=r"DTP: momentum must be a number of at least 0 and at mo"):
        DTP(momentum=1.5)
