import numpy as np
import pytest

from mtlkeras.balancing import IMTL, IMTLG


def test_starts_as_imtlg(update, matrices):
    jacobian = matrices["conflict3"]
    np.testing.assert_allclose(update(IMTL(), jacobian), update(IMTLG(), jacobian), rtol=1e-12)


def test_is_imtlg_on_the_gradients_of_scaled_losses(update, matrices):
    jacobian, log_scales = matrices["conflict3"], np.array([0.5, -1.0, 2.0])
    weighting = IMTL(dtype="float64")
    weighting.build((3,))
    weighting.log_scales.assign(log_scales)
    scaled = np.exp(log_scales)[:, None] * jacobian
    np.testing.assert_allclose(update(weighting, jacobian), update(IMTLG(), scaled), rtol=1e-10)


def test_scales_every_loss_to_1(update):
    losses = np.array([0.2, 1.0, 3.0])
    weighting = IMTL(learning_rate=0.05)
    for _ in range(150):
        update(weighting, np.eye(3), losses)
    np.testing.assert_allclose(np.exp(weighting.log_scales) * losses, 1.0, rtol=1e-2)


def test_refuses_a_step_size_of_0():
    with pytest.raises(ValueError, match=r"IMTL: learning_rate must be a number above 0. Received"):
        IMTL(learning_rate=0.0)
