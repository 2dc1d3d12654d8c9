import numpy as np
import pytest
import tensorflow as tf

from mtlkeras.balancing import GradDrop

JACOBIAN = np.array([[4.0, 1.0, 1.0], [-6.0, 1.0, 1.0]])


def updates(draws, **options):
    """Each element has a draw of its own."""
    many = np.tile(JACOBIAN, (1, draws))
    return GradDrop(**options)(np.ones(2), many).numpy().reshape(draws, 3)


def test_every_element_is_of_one_sign_as_often_as_its_purity():
    found = updates(1200)
    # P = (1 + (4 - 6) / 10) / 2 = 0.4.
    assert set(found[:, 0]) == {4.0, -6.0}
    np.testing.assert_allclose((found[:, 0] > 0).mean(), 0.4, atol=0.05)
    np.testing.assert_allclose(found[:, 0].mean(), 0.4 * 4 + 0.6 * -6, atol=0.5)
    np.testing.assert_array_equal(found[:, 1:], 2.0)


def test_a_leak_lets_a_share_of_the_dropped_through():
    assert set(updates(50, leak=0.25)[:, 0]) == {4.0 - 0.25 * 6.0, -6.0 + 0.25 * 4.0}
    np.testing.assert_array_equal(updates(3, leak=1.0), [[-2.0, 2.0, 2.0]] * 3)


def test_signs_of_a_representation_are_those_of_all_rows():
    """One choice for each element of a row; rows whose value is negative count the other way."""
    z = np.array([[1.0, 2.0], [-3.0, 1.0]], "float32")
    first = [[1.0, 1.0], [-2.0, 0.0]]
    second = [[-1.0, 1.0], [1.0, 3.0]]
    # Times the signs of z and summed: (3, 1) and (-2, 4): purities 0.6 and 1.
    z, jacobian = tf.constant(np.tile(z, (1, 500))), np.tile([first, second], (1, 1, 500))
    active = tf.constant([True, True])
    (found,) = GradDrop().aggregate_rows(
        tf.ones(2), [tf.constant(jacobian, "float32")], [z], active
    )
    found = found.numpy().reshape(2, 500, 2).transpose(1, 0, 2)
    np.testing.assert_array_equal(found[:, :, 1], [[2.0, 3.0]] * 500)
    of_first = found[:, 0, 0] == 1.0
    np.testing.assert_array_equal(found[of_first][:, :, 0], [[1.0, -2.0]] * of_first.sum())
    np.testing.assert_array_equal(found[~of_first][:, :, 0], [[-1.0, 1.0]] * (~of_first).sum())
    np.testing.assert_allclose(of_first.mean(), 0.6, atol=0.08)


def test_tasks_may_have_leaks_of_their_own():
    found = updates(50, leak=[1.0, 0.25])
    # The first is spared, the second loses three quarters where the first's sign is drawn.
    assert set(found[:, 0]) == {4.0 - 0.25 * 6.0, 4.0 - 6.0}
    with pytest.raises(ValueError, match=r"GradDrop: leak must have one item for each of the 2 t"):
        GradDrop(leak=[0.0, 1.0, 0.5])(np.ones(2), JACOBIAN)


def test_nothing_is_dropped_where_a_representation_has_no_sign():
    """Else what begins at 0 would never leave it."""
    jacobian = tf.constant([[[1.0], [-2.0]], [[-1.0], [1.0]]])
    active = tf.constant([True, True])
    (update,) = GradDrop().aggregate_rows(tf.ones(2), [jacobian], [tf.zeros((2, 1))], active)
    np.testing.assert_array_equal(update, [[0.0], [-1.0]])


def test_draws_follow_the_seed():
    np.testing.assert_array_equal(updates(20, seed=3), updates(20, seed=3))
    assert (updates(20, seed=3) != updates(20, seed=4)).any()


def test_refuses_wrong_options():
    text = "GradDrop: leak must be a number of at least 0 and at most 1. Received: leak=2"
    with pytest.raises(ValueError, match=text):
        GradDrop(leak=2)
