import numpy as np
import pytest

from mtlkeras.encoders import EmbeddingTable, SequenceTransformer

IDS = np.array([[1, 2, 3, 0], [3, 0, 0, 0], [2, 2, 1, 3]])


def normalised(x):
    return (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + 1e-6)


def test_without_layers_is_the_mean_of_vectors_with_their_recency():
    encoder = SequenceTransformer(EmbeddingTable(rows=4, dim=2), num_layers=0, max_length=3)
    h = encoder(IDS)
    vectors = encoder.table.rows()
    recency = encoder.contextual.positions.positions.numpy()
    # The most recent has recency 0; the fourth of the last row shares the last vector.
    first = normalised(vectors[[1, 2, 3]] + recency[[2, 1, 0]])
    last = normalised(vectors[[2, 2, 1, 3]] + recency[[2, 2, 1, 0]])
    np.testing.assert_allclose(h[0], first.mean(0), rtol=1e-3, atol=1e-5)
    np.testing.assert_allclose(h[2], last.mean(0), rtol=1e-3, atol=1e-5)


def test_the_order_matters():
    encoder = SequenceTransformer(EmbeddingTable(rows=4, dim=8))
    h = encoder(np.array([[1, 2, 3], [3, 2, 1]])).numpy()
    assert np.abs(h[0] - h[1]).max() > 1e-3


def test_causal_states_do_not_see_what_comes_later():
    encoder = SequenceTransformer(
        EmbeddingTable(rows=9, dim=4), causal=True, max_length=1, return_tokens=True
    )  # all recencies alike, so that a later element moves no position
    states, _ = encoder(np.array([[1, 2, 3, 4]]))
    changed, _ = encoder(np.array([[1, 2, 3, 5]]))
    np.testing.assert_array_equal(states[:, :3], changed[:, :3])
    assert np.any(states[:, 3] != changed[:, 3])


def test_causal_gives_the_state_of_the_most_recent_element():
    table = EmbeddingTable(rows=4, dim=2)
    encoder = SequenceTransformer(table, causal=True)
    h = encoder(IDS)
    tokens = SequenceTransformer(table, causal=True, return_tokens=True)
    tokens(IDS)
    tokens.set_weights(encoder.get_weights())
    states, _ = tokens(IDS)
    np.testing.assert_allclose(h, states.numpy()[[0, 1, 2], [2, 0, 3]], rtol=1e-6)


def test_drops_out_in_training():
    encoder = SequenceTransformer(EmbeddingTable(rows=4, dim=2), dropout=0.5)
    assert np.any(encoder(IDS, training=True) != encoder(IDS))
    np.testing.assert_array_equal(encoder(IDS, training=False), encoder(IDS))


def test_refuses_heads_that_do_not_divide_the_width():
    with pytest.raises(ValueError, match=r"num_heads must divide.*num_heads=2.*width 3"):
        SequenceTransformer(EmbeddingTable(rows=4, dim=3), num_heads=2)(IDS)
