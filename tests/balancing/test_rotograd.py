import numpy as np
import pytest
import tensorflow as tf

from mtlkeras.balancing import Rotations, RotoGrad

JACOBIAN = np.array([[4.0, 0.0], [0.0, 2.0]], "float32")


def test_slow_tasks_set_the_length():
    method = RotoGrad()
    method(np.ones(2), JACOBIAN)
    # Norms (4, 2) are now (2, 2): quotients (1/2, 1), length (1/2 * 2 + 1 * 2) / (3 / 2) = 2;
    # then (2, 1): quotients (1/2, 1/2), length 3 / 2.
    found = method(np.ones(2), JACOBIAN * [[0.5], [1.0]]).numpy()
    np.testing.assert_allclose(found, [2.0, 2.0], rtol=1e-6)
    np.testing.assert_allclose(method(np.ones(2), JACOBIAN / 2).numpy(), [1.5, 1.5], rtol=1e-6)


def test_first_norms_are_those_of_a_tasks_first_batch_with_labels():
    method = RotoGrad()
    active = np.array([True, False])
    found = method(np.ones(2), JACOBIAN * [[1.0], [0.0]], active=active)
    np.testing.assert_allclose(found, [4.0, 0.0], rtol=1e-6)
    method(np.ones(2), JACOBIAN / 2)
    np.testing.assert_allclose(method.first_norms, [4.0, 1.0])


def test_rows_are_aggregated_as_one_gradient():
    rng = np.random.default_rng(0)
    jacobian = tf.constant(rng.normal(size=(3, 4, 2)), "float32")
    active = tf.constant([True, True, True])
    method = RotoGrad()
    method.build((3,))
    rows = method.aggregate_rows(tf.ones(3), [jacobian], [tf.ones((4, 2))], active)
    flat = RotoGrad()(tf.ones(3), tf.reshape(jacobian, (3, 8)))
    np.testing.assert_allclose(rows[0].numpy().ravel(), flat, rtol=1e-5)


def test_rotations_learn_to_agree():
    layer, method = Rotations(["a", "b"]), RotoGrad(learning_rate=0.3)
    layer.build((None, 3))
    method.build((2,))
    method._rotations = lambda: layer
    rng = np.random.default_rng(0)
    # Gradients with respect to what each task reads, which do not agree in z.
    of_turned = rng.normal(size=(2, 5, 3)).astype("float32")
    of_turned[1] = -of_turned[0] + 0.1 * of_turned[1]

    def in_z():
        return tf.einsum("kne,ked->knd", of_turned, layer.matrices())

    def cosine():
        a, b = (g.numpy().ravel() for g in in_z())
        return a @ b / np.linalg.norm(a) / np.linalg.norm(b)

    before = cosine()
    for _ in range(200):
        method.aggregate_rows(tf.ones(2), [in_z()], [tf.ones((5, 3))], tf.constant([True, True]))
    assert before < -0.9
    # In three dimensions a rotation cannot turn all to their opposites.
    assert cosine() > before + 0.5
    matrices = layer.matrices().numpy()
    identity = np.einsum("kij,klj->kil", matrices, matrices)
    np.testing.assert_allclose(identity, [np.eye(3)] * 2, atol=1e-5)
    np.testing.assert_allclose(np.linalg.det(matrices), 1.0, rtol=1e-5)


def test_refuses_what_it_cannot_turn():
    with pytest.raises(ValueError, match=r"RotoGrad: scope must be one of 'representation'"):
        RotoGrad(scope="parameters")
    jacobian = tf.ones((2, 5, 4, 3))
    with pytest.raises(ValueError, match=r"RotoGrad turns vectors: .* Received: \(5, 4, 3\)"):
        RotoGrad().aggregate_rows(
            tf.ones(2), [jacobian], [tf.ones((5, 4, 3))], tf.constant([True, True])
        )
