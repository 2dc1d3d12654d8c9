import numpy as np

from mtlkeras.encoders import EmbeddingTable, MeanPooling


def test_mean_by_hand():
    table = EmbeddingTable(rows=4, dim=2)
    table.build()
    table.embeddings.assign([[0.0, 0.0], [1.0, 10.0], [3.0, 20.0], [5.0, 60.0]])
    ids = np.array([[1, 2, 0, 0], [1, 2, 3, 1], [3, 0, 0, 0], [0, 0, 0, 0]])
    np.testing.assert_allclose(
        MeanPooling(table)(ids), [[2.0, 15.0], [2.5, 25.0], [5.0, 60.0], [0.0, 0.0]]
    )
    tokens, mask = MeanPooling(table, return_tokens=True)(ids)
    np.testing.assert_array_equal(tokens, table.rows(ids))
    np.testing.assert_array_equal(mask, ids > 0)
