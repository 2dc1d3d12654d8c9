import numpy as np

from mtlkeras.encoders import AttentionPooling, EmbeddingTable


def pooling():
    table = EmbeddingTable(rows=4, dim=2)
    encoder = AttentionPooling(table)
    table.embeddings.assign([[0.0, 0.0], [1.0, 10.0], [3.0, 20.0], [5.0, 60.0]])
    encoder.build((None, None))
    return encoder


def test_weights_by_hand():
    encoder = pooling()
    # tanh(W e + b) is tanh(e_1) on the first axis and 0 on the second.
    encoder.hidden.set_weights([np.array([[1.0, 0.0], [0.0, 0.0]]), np.zeros(2)])
    scale = np.log(3) / (np.tanh(3.0) - np.tanh(1.0))
    encoder.query.set_weights([np.array([[scale], [7.0]])])
    # The score of id 2 is log 3 above that of id 1: weights 1/4 and 3/4.
    ids = np.array([[1, 2, 0], [3, 0, 0], [0, 0, 0]])
    np.testing.assert_allclose(encoder(ids), [[2.5, 17.5], [5.0, 60.0], [0.0, 0.0]], rtol=1e-4)


def test_a_query_of_zeros_gives_the_mean():
    encoder = pooling()
    encoder.query.set_weights([np.zeros((2, 1))])
    np.testing.assert_allclose(encoder(np.array([[1, 2, 3, 0]])), [[3.0, 30.0]], rtol=1e-6)


def test_tokens_need_no_query():
    encoder = AttentionPooling(EmbeddingTable(rows=4, dim=2), return_tokens=True)
    encoder(np.array([[1, 2]]))
    assert [v.path for v in encoder.trainable_variables] == [encoder.table.embeddings.path]
