"""The simulator and its spec fit the readers: what training is fed is what was simulated."""

import numpy as np

from mtlkeras.data import load_data
from mtlkeras.datasets import simulated_shop


def gathered(dataset, part):
    batches = [{name: value.numpy() for name, value in batch[part].items()} for batch in dataset]
    return {name: np.concatenate([batch[name] for batch in batches]) for name in batches[0]}


def test_load_data_reads_labels_and_weights_of_every_task():
    shop = simulated_shop(6_000, seed=3)
    data = load_data(shop.spec(), shop.frame, batch_size=512)
    labels, weights = gathered(data.test, 1), gathered(data.test, 2)
    rows = shop.frame[shop.frame["time"] >= shop.spec().split.test_from]
    for task in ("click", "cart", "purchase", "quantity", "spend"):
        np.testing.assert_allclose(labels[task], rows[task])
        assert (weights[task] == 1).all()
    rated = rows["rating"].notna().to_numpy()
    np.testing.assert_array_equal(weights["rating"], rated)
    np.testing.assert_array_equal(labels["rating"][rated], rows["rating"][rated] - 1)
    np.testing.assert_array_equal(labels["sentiment"][rated], rows["sentiment"].cat.codes[rated])
    np.testing.assert_array_equal(weights["returned"], rows["purchase"])


def test_load_data_reads_reviews():
    shop = simulated_shop(6_000, seed=3)
    data = load_data(shop.spec(review=True), shop.frame, batch_size=512)
    vocabulary = data.preprocessing.vocabulary("review")
    assert {"love", "broken", "okay", "the"} <= set(vocabulary)
    rows = shop.frame[shop.frame["time"] >= data.preprocessing.spec.split.test_from]
    features, _, _ = next(iter(data.test))
    tokens = features["review"].numpy()
    for text, ids in zip(rows["review"], tokens, strict=False):
        assert [vocabulary[k] for k in ids if k > 2] == text.split()
