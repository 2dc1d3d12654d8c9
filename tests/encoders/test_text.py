import numpy as np

from mtlkeras.encoders import EmbeddingTable, Text

IDS = np.array([[1, 2, 3, 0], [3, 0, 0, 0]])


def test_pools_states_by_mean_and_maximum():
    table = EmbeddingTable(rows=4, dim=2)
    encoder = Text(table)
    h = encoder(IDS).numpy()
    tokens = Text(table, return_tokens=True)
    tokens(IDS)
    tokens.set_weights(encoder.get_weights())
    states = tokens(IDS)[0].numpy()
    np.testing.assert_allclose(h[0, :2], states[0, :3].mean(0), rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(h[0, 2:], states[0, :3].max(0), rtol=1e-6)
    np.testing.assert_allclose(h[1], np.tile(states[1, 0], 2), rtol=1e-6)


def test_without_layers_is_vectors_with_their_position():
    encoder = Text(EmbeddingTable(rows=4, dim=2), num_layers=0, max_length=2, return_tokens=True)
    states = encoder(IDS)[0].numpy()
    positions = encoder.contextual.positions.positions.numpy()
    x = encoder.table.rows()[[1, 2, 3]] + positions[[0, 1, 1]]
    expected = (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + 1e-6)
    np.testing.assert_allclose(states[0, :3], expected, rtol=1e-3, atol=1e-5)


def test_drops_out_vectors_in_training():
    table = EmbeddingTable(rows=4, dim=50, initializer="ones")
    encoder = Text(table, num_layers=0, dropout=0.5, return_tokens=True)
    encoder.build((None, None))
    encoder.contextual.positions.positions.assign(np.zeros((128, 50)))
    # Vectors of ones normalise to zeros unless some were dropped.
    assert not np.any(np.round(encoder(IDS)[0], 3))
    assert np.all(np.any(np.round(encoder(IDS, training=True)[0][0, :3], 3), axis=-1))
