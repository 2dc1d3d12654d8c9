import keras
import numpy as np
import pytest
import tensorflow as tf

from mtlkeras.balancing import IMTLL, Uncertainty

# TorchJD 0.18.0, `torchjd.scalarization`: log variances, losses, value, dL, ds.
REFERENCE = [
    (
        [-0.5, 0.09999999999999998, 0.7],
        [1.0, 2.0, 0.5],
        2.003344379333876,
        [0.8243606353500641, 0.4524187090179798, 0.24829265189570476],
        [-0.3243606353500641, -0.40483741803595963, 0.37585367405214765],
    ),
    (
        [-0.5, 0.09999999999999998, 0.7],
        [0.01, 3.0, 100.0],
        26.34476492297792,
        [0.8243606353500641, 0.4524187090179798, 0.24829265189570476],
        [0.49175639364649937, -0.8572561270539394, -24.329265189570478],
    ),
    ([0.0, 0.0], [0.7, 0.7], 0.7, [0.5, 0.5], [0.15000000000000002] * 2),
]


def value_and_gradients(weighting, losses, active=None):
    losses = tf.constant(losses)
    with tf.GradientTape() as tape:
        tape.watch(losses)
        total = tf.reduce_sum(weighting(losses, active=active) * losses)
        total += weighting.penalty(active)
    return total, tape.gradient(total, [losses, weighting.log_variances.value])


@pytest.mark.parametrize(("s", "losses", "value", "d_losses", "d_s"), REFERENCE)
def test_agrees_with_the_reference(s, losses, value, d_losses, d_s):
    weighting = Uncertainty(dtype="float64")
    weighting.build((len(s),))
    weighting.log_variances.assign(s)
    total, gradients = value_and_gradients(weighting, np.array(losses))
    np.testing.assert_allclose(total, value, rtol=1e-12)
    np.testing.assert_allclose(gradients[0], d_losses, rtol=1e-12)
    np.testing.assert_allclose(gradients[1], d_s, rtol=1e-12)


def test_best_log_variance_is_the_log_of_the_loss():
    losses = np.array([0.3, 40.0], "float32")
    weighting = Uncertainty()
    weighting.build((2,))
    weighting.log_variances.assign(np.log(losses))
    total, gradients = value_and_gradients(weighting, losses)
    np.testing.assert_allclose(total, np.sum(1 + np.log(losses)) / 2, rtol=1e-5)
    np.testing.assert_allclose(gradients[1], [0.0, 0.0], atol=1e-6)
    np.testing.assert_allclose(gradients[0] * losses, [0.5, 0.5], rtol=1e-5)


def test_a_task_without_labels_keeps_its_uncertainty():
    weighting = Uncertainty(initial=0.4)
    active = tf.constant([True, False])
    total, gradients = value_and_gradients(weighting, np.array([2.0, 0.0], "float32"), active)
    np.testing.assert_allclose(total, np.exp(-0.4) + 0.2, rtol=1e-6)
    assert float(gradients[1][1]) == 0.0
    assert float(gradients[0][1]) == 0.0


def test_training_it_finds_the_best_log_variances():
    weighting = Uncertainty()
    losses = np.array([0.05, 1.0, 20.0], "float32")
    weighting.build((3,))
    optimizer = keras.optimizers.Adam(0.1)
    for _ in range(300):
        _, gradients = value_and_gradients(weighting, losses)
        optimizer.apply(gradients[1:], weighting.trainable_variables)
    np.testing.assert_allclose(weighting.log_variances, np.log(losses), atol=0.01)


def test_form_for_classifications_has_no_half_before_the_loss():
    losses = np.array([0.3, 40.0])
    weighting = Uncertainty(forms="classification", dtype="float64")
    weighting.build((2,))
    weighting.log_variances.assign(np.log(2 * losses))
    total, gradients = value_and_gradients(weighting, losses)
    np.testing.assert_allclose(total, np.sum(0.5 + np.log(2 * losses) / 2))
    np.testing.assert_allclose(gradients[0], 0.5 / losses)
    np.testing.assert_allclose(gradients[1], [0.0, 0.0], atol=1e-14)


def test_tasks_may_have_forms_of_their_own():
    weights = Uncertainty(forms=["regression", "classification"])(np.ones(2))
    np.testing.assert_array_equal(weights, [0.5, 1.0])


def test_refuses_other_starts():
    for kind in (Uncertainty, IMTLL):
        with pytest.raises(ValueError, match=r": initial must be a number. Received: initial='a'"):
            kind(initial="a")


def test_refuses_other_forms():
    with pytest.raises(
        ValueError,
        match=r"Uncertainty: forms must be one of 'regression', 'classification'. Received: "
        "forms='clasification'. Did you mean 'classification'?",
    ):
        Uncertainty(forms=["regression", "clasification"])
    with pytest.raises(
        ValueError, match=r"Uncertainty: forms must have one item for each of the 3"
    ):
        Uncertainty(forms=["regression"])(np.ones(3))
