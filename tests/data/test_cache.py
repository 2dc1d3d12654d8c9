import numpy as np
import pandas as pd
import pytest

from mtlkeras.data import load_data
from mtlkeras.specs import DataSpec

N = 500


@pytest.fixture(scope="module")
def frame():
    random = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "row": np.arange(N),
            "price": random.lognormal(size=N),
            "day": random.integers(0, 20_000, N),
            "history": ["|".join(random.choice(list("abc"), k)) for k in random.integers(0, 9, N)],
            "clicks": [list(random.normal(size=k)) for k in random.integers(0, 5, N)],
            "title": random.choice(["red shoes", "blue", ""], N),
            "buy": random.choice([0, 1, np.nan], N),
            "kind": random.choice(["x", "y", None], N),
            "tags": random.choice(["p,q", "q", "r", None], N),
            "spend": random.lognormal(size=N),
            "w": random.uniform(size=N),
        }
    )


@pytest.fixture(scope="module")
def spec():
    return DataSpec.from_dict(
        {
            "name": "cached",
            "sample_weight": {"column": "w"},
            "features": {
                "row": {"type": "category"},
                "price": {"type": "number", "indicator": True},
                "price_bin": {"type": "number", "column": "price", "bins": 5},
                "day": {"type": "timestamp", "unit": "D"},
                "history": {"type": "sequence", "separator": "|", "max_length": 6},
                "clicks": {"type": "sequence", "of": "number"},
                "title": {"type": "text"},
            },
            "tasks": {
                "buy": {"type": "binary", "class_weights": "balanced"},
                "kind": {"type": "multiclass"},
                "tags": {"type": "multilabel", "separator": ","},
                "spend": {"type": "amount", "observed": "buy"},
            },
            "policy": {"unseen_warning": 1.0},
        }
    )


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("MTLKERAS_CACHE", str(tmp_path))


def by_row(dataset):
    """Rows by id; sequences without their padding, which depends on the batch."""
    rows = {}
    for features, labels, weights in dataset:
        named = {("f", k): v.numpy() for k, v in features.items()}
        named |= {("l", k): v.numpy() for k, v in labels.items()}
        named |= {("w", k): v.numpy() for k, v in weights.items()}
        for index, row in enumerate(named[("f", "row")].tolist()):
            values = {name: value[index] for name, value in named.items()}
            values["f", "history"] = np.trim_zeros(values["f", "history"], "b")
            values["f", "title"] = np.trim_zeros(values["f", "title"], "b")
            clicks = values["f", "clicks"]
            values["f", "clicks"] = clicks[clicks[:, 1] == 1]
            rows[row] = values
    return rows


@pytest.mark.parametrize("cache", ["memory", "disk"])
def test_a_cache_holds_what_streaming_gives(spec, frame, cache):
    streamed = load_data(spec, frame, batch_size=64)
    cached = load_data(spec, frame, batch_size=64, cache=cache)
    assert cached.train.element_spec == streamed.train.element_spec
    for split in ("train", "validation", "test"):
        first, second = by_row(getattr(streamed, split)), by_row(getattr(cached, split))
        assert first.keys() == second.keys()
        for row, values in first.items():
            for name, value in values.items():
                # The last digit of a float depends on how TensorFlow cuts the batch up.
                np.testing.assert_allclose(value, second[row][name], 1e-6, 1e-6, err_msg=str(name))


@pytest.mark.parametrize("cache", [None, "memory", "disk"])
def test_batches_cover_the_split_once_an_epoch_in_an_order_of_seed_and_epoch(spec, frame, cache):
    def orders(seed):
        data = load_data(spec, frame, batch_size=64, cache=cache, seed=seed)
        epochs = []
        for _ in range(2):
            batches = [features["row"].numpy() for features, _, _ in data.train]
            assert (
                len(batches)
                == data.train.cardinality()
                == -(-data.report.splits["train"].rows // 64)
            )
            assert [len(b) for b in batches[:-1]] == [64] * (len(batches) - 1)
            epochs.append(tuple(np.concatenate(batches).tolist()))
        return epochs

    first, again, other = orders(0), orders(0), orders(1)
    assert first == again
    assert len({*first, *other}) == 4
    assert {tuple(sorted(order)) for order in (*first, *other)} == {tuple(sorted(first[0]))}


@pytest.mark.parametrize("cache", [None, "memory", "disk"])
def test_validation_and_test_keep_the_order_of_the_source(spec, frame, cache):
    data = load_data(spec, frame, batch_size=16, cache=cache)
    numbers = {str(name): i for i, name in enumerate(data.preprocessing.vocabulary("row"))}
    assert numbers["0"] == 3 or "0" not in numbers
    prices = np.concatenate([f["price"][:, 0] for f, _, _ in data.test])
    state = data.preprocessing.state.numbers["price"]
    known = (frame["price"].to_numpy() - state.mean) / state.std
    positions = [int(np.abs(known - price).argmin()) for price in prices]
    assert positions == sorted(positions)
    assert len(positions) == data.report.splits["test"].rows


@pytest.mark.parametrize("cache", ["memory", "disk"])
def test_sequences_are_cut_to_the_longest_of_the_batch(spec, frame, cache):
    data = load_data(spec, frame, batch_size=4, cache=cache)
    lengths = set()
    for features, _, _ in data.train:
        history = features["history"].numpy()
        longest = max(1, (history != 0).sum(axis=1).max())
        assert history.shape[1] == longest
        lengths.add(longest)
    assert len(lengths) > 1


def test_an_epoch_can_be_begun_anywhere(spec, frame):
    data = load_data(spec, frame, cache="memory")
    epochs = [[f["row"].numpy().tolist() for f, _, _ in data.train] for _ in range(3)]
    data = load_data(spec, frame, cache="memory")
    data.epochs.next = 2
    assert [f["row"].numpy().tolist() for f, _, _ in data.train] == epochs[2]


def test_unknown_caches_and_batch_sizes_are_refused(spec, frame):
    with pytest.raises(ValueError, match="`cache` expects None, 'memory' or 'disk', got 'ram'"):
        load_data(spec, frame, cache="ram")
    with pytest.raises(ValueError, match="`batch_size` expects a whole number from 1 on, got 0"):
        load_data(spec, frame, batch_size=0)
