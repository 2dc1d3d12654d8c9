import numpy as np
import pytest

from mtlkeras.balancing import AlignedMTL


def aligned(jacobian, scale):
    """The method on singular values of the gradients."""
    u, s, v = np.linalg.svd(jacobian, full_matrices=False)
    s = s[s > 1e-9]
    squares = np.sort(s**2)
    kept = {
        "min": squares[0],
        "median": squares[(len(squares) - 1) // 2],
        "rmse": squares.mean(),
    }[scale]
    return np.sqrt(kept) * (u[:, : len(s)] @ v[: len(s)]).mean(axis=0)


@pytest.mark.parametrize("scale", ["min", "median", "rmse"])
def test_gradients_become_orthogonal_and_equally_long(scale, update, matrices, jacobians):
    for name in ("conflict3", "mixed4", "rankdef3", "zerorow3", "opposite2"):
        ours = update(AlignedMTL(scale), matrices[name])
        np.testing.assert_allclose(ours, aligned(matrices[name], scale), atol=1e-12)
    # Of the last, the shortest gradient is beyond the digits of the Gramian.
    for jacobian in jacobians[:-1]:
        expected = aligned(jacobian, scale)
        ours = update(AlignedMTL(scale), jacobian)
        np.testing.assert_allclose(ours, expected, atol=1e-8 * np.abs(expected).max())


def test_orthogonal_gradients_of_one_length_keep_their_mean(update):
    jacobian = 3.0 * np.array([[0.6, 0.8], [-0.8, 0.6]])
    for scale in ("min", "median", "rmse"):
        np.testing.assert_allclose(update(AlignedMTL(scale), jacobian), jacobian.mean(axis=0))


def test_suggests_the_nearest_scale():
    with pytest.raises(
        ValueError,
        match=r"AlignedMTL: scale must be one of 'min', 'median', 'rmse'. Received: "
        r"scale='mean'. Did you mean",
    ):
        AlignedMTL("mean")
