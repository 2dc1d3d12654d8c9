import numpy as np
import pytest
import tensorflow as tf
from scipy.stats import binom

from mtlkeras.data import Mixture

NEVER = 1e-9  # How likely a right rate fails.


def source(number, size):
    return tf.data.Dataset.range(size).map(lambda i: 1000 * number + i)


def sources(*sizes):
    return {f"s{number}": source(number, size) for number, size in enumerate(sizes)}


def drawn(mixture):
    return np.array(list(mixture.dataset.as_numpy_iterator()))


def within(count, tries, rate):
    low, high = binom.ppf([NEVER / 2, 1 - NEVER / 2], tries, rate)
    return low <= count <= high


def test_rates_are_those_of_the_sizes():
    mixture = Mixture(sources(900, 100), temperature=2.0)
    assert mixture.rates == pytest.approx({"s0": 0.75, "s1": 0.25})
    assert Mixture(sources(900, 100), maximum=300).rates == pytest.approx({"s0": 0.75, "s1": 0.25})


def test_empirical_rates_do_not_drift_when_sources_end():
    rates = {"s0": 0.6, "s1": 0.3, "s2": 0.1}
    # The first ends after some 10 elements, the second after 20.
    found = drawn(Mixture(sources(6, 6, 10_000), rates, steps=3000)) // 1000
    for part in (found, found[:1500], found[1500:]):
        for number, rate in enumerate(rates.values()):
            assert within(np.sum(part == number), len(part), rate), (number, rate)
    # Stock sampling would be left with the third one.
    assert len(found) == 3000


def test_each_source_comes_in_its_order_and_begins_anew():
    found = drawn(Mixture(sources(3, 100), {"s0": 1, "s1": 1}, steps=40))
    first, second = found[found < 1000], found[found >= 1000]
    np.testing.assert_array_equal(first, np.arange(len(first)) % 3)
    np.testing.assert_array_equal(second, 1000 + np.arange(len(second)))


def test_a_pass_may_end_with_the_first_source():
    mixture = Mixture(sources(5, 1000), {"s0": 1, "s1": 1}, stop="first", seed=3)
    found = drawn(mixture)
    # No element comes twice, and the source that ended has given all.
    assert len(set(found)) == len(found)
    assert np.sum(found < 1000) == 5
    assert len(found) < 60


def test_a_pass_has_the_rows_of_all_sources():
    mixture = Mixture(sources(7, 5))
    assert int(mixture.dataset.cardinality()) == len(drawn(mixture)) == 12


def test_the_seed_decides_and_passes_differ():
    one, same, other = (Mixture(sources(50, 50), seed=seed) for seed in (1, 1, 2))
    passes = [drawn(one), drawn(one)]
    np.testing.assert_array_equal(passes[0], drawn(same))
    np.testing.assert_array_equal(passes[1], drawn(same))
    assert (passes[0] // 1000 != passes[1] // 1000).any()
    assert (passes[0] // 1000 != drawn(other) // 1000).any()


def test_rates_may_change_between_passes():
    mixture = Mixture(sources(50, 50))
    drawn(mixture)
    mixture.rates = {"s0": 0, "s1": 3}
    assert mixture.rates == {"s0": 0.0, "s1": 1.0}
    assert (drawn(mixture) >= 1000).all()
    mixture.rates = {"s0": 0.2, "s1": 0.8}
    counts = [np.sum(drawn(mixture) >= 1000) for _ in range(3)]
    assert within(sum(counts), 300, 0.8)


def test_batches_and_dicts_are_mixed_alike():
    rows = [({"x": tf.fill([4], float(i))}, {"buy": tf.zeros([4])}) for i in range(2)]
    parts = {str(i): tf.data.Dataset.from_tensor_slices(row).batch(2) for i, row in enumerate(rows)}
    mixture = Mixture(parts, steps=10)
    assert mixture.rates == {"0": 0.5, "1": 0.5}
    for x, _ in mixture.dataset:
        assert len(set(x["x"].numpy())) == 1


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ({"sources": {}}, "`sources` expects a dict of one dataset or more"),
        ({"rates": {"s0": 1.0}}, r"`rates` expects one for every source, got none for \['s1'\]"),
        ({"rates": {"s0": 1, "s1": 1, "s": 1}}, "`rates`.*'s'"),
        ({"rates": {"s0": -1, "s1": 1}}, "`rates` expects numbers of at least 0, not all of th"),
        ({"rates": {"s0": 0, "s1": 0}}, "`rates` expects numbers of at least 0, not all of th"),
        ({"sizes": {"s0": 1, "s1": 0}}, "`sizes` expects a size above 0 of 's1', got 0"),
        ({"stop": "last"}, "`stop` expects 'never' or 'first', got 'last'"),
        ({"steps": 0}, "`steps` expects a whole number from 1 on, got 0"),
    ],
)
def test_wrong_arguments_are_told(arguments, text):
    with pytest.raises(ValueError, match=text):
        Mixture(**{"sources": sources(2, 2), **arguments})


def test_sizes_have_to_be_known():
    unknown = source(0, 4).filter(lambda i: i > 0)
    with pytest.raises(ValueError, match=r"`sizes` expects .* \['a'\] do not know theirs"):
        Mixture({"a": unknown, "b": source(1, 3)})
    assert len(drawn(Mixture({"a": unknown}, {"a": 1}, steps=5))) == 5
