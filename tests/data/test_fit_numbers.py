import numpy as np
import pytest

from mtlkeras.data._fit_numbers import Moments, NumberFit, Reservoir
from mtlkeras.specs import NumberFeature, SequenceFeature


def fitted(values, **options):
    fit = NumberFit(NumberFeature(type="number", **options))
    for part in np.array_split(np.asarray(values, np.float64), 3):
        fit.update(part)
    return fit.result()


def test_moments_keep_their_digits_far_from_zero():
    values = 1e9 + np.random.default_rng(0).normal(size=30_000)
    moments = Moments()
    for part in np.array_split(values, 7):
        moments.update(part)
    assert moments.rows == 30_000
    assert moments.mean == pytest.approx(values.mean(), rel=1e-15)
    # The textbook formula E[x^2] - E[x]^2 would be off by about a hundred here.
    assert moments.std == pytest.approx(values.std(), rel=1e-6)


def test_moments_of_constant_values_have_deviation_one():
    moments = Moments()
    for part in np.array_split(np.full(10_000, 0.1), 9):
        moments.update(part)
    assert moments.std == 1.0


def test_reservoir_holds_everything_that_fits():
    reservoir = Reservoir(size=10)
    reservoir.update(np.arange(4.0))
    reservoir.update(np.arange(4.0, 10.0))
    assert sorted(reservoir.sample()) == list(range(10))


def test_reservoir_is_a_uniform_sample_and_the_same_each_time():
    samples = []
    for _ in range(2):
        reservoir = Reservoir(size=2_000)
        for part in np.array_split(np.arange(100_000.0), 17):
            reservoir.update(part)
        samples.append(reservoir.sample())
    np.testing.assert_array_equal(*samples)
    assert len(np.unique(samples[0])) == 2_000
    # Each tenth of the stream gives 200 values, standard deviation 13.
    counts = np.histogram(samples[0], bins=10, range=(0, 100_000))[0]
    assert counts.min() > 140
    assert counts.max() < 260


def test_missing_values_are_replaced_by_the_mean_and_count():
    state = fitted([1, 2, np.nan, 3, np.nan, 6])
    filled = np.array([1, 2, 3, 3, 3, 6.0])
    assert state.fill == 3.0
    assert state.mean == pytest.approx(filled.mean())
    assert state.std == pytest.approx(filled.std())


def test_median_and_given_replacements():
    assert fitted([1, 2, np.nan, 3, 100], missing="median").fill == 2.5
    state = fitted([1, 3, np.nan, np.nan], missing=-2.0)
    assert (state.fill, state.mean) == (-2.0, 0.0)


def test_log_is_taken_after_filling():
    values = np.array([0.0, np.e - 1, -(np.e**2 - 1), np.nan])
    state = fitted(values, transform="log1p", missing=np.e**3 - 1)
    expected = np.array([0, 1, -2, 3.0])
    assert state.mean == pytest.approx(expected.mean())
    assert state.std == pytest.approx(expected.std())


def test_clip_bounds_are_quantiles_and_come_before_the_statistics():
    values = np.r_[np.arange(99.0), 1e6]
    state = fitted(values, clip=(0.1, 0.9))
    assert (state.low, state.high) == (
        pytest.approx(np.quantile(values, 0.1)),
        pytest.approx(np.quantile(values, 0.9)),
    )
    clipped = np.clip(values, state.low, state.high)
    assert state.mean == pytest.approx(clipped.mean())
    assert state.std == pytest.approx(clipped.std())


def test_clip_also_holds_for_the_replacement():
    values = np.r_[np.arange(10.0), np.nan]
    state = fitted(values, clip=(0.0, 0.5), missing=1000.0)
    clipped = np.minimum(np.r_[np.arange(10.0), 1000.0], 4.5)
    assert state.fill == 1000.0
    assert state.mean == pytest.approx(clipped.mean())


def test_bins_are_quantiles_without_repetition():
    np.testing.assert_allclose(fitted(np.arange(101.0), bins=4).bounds, [25, 50, 75])
    assert fitted([0, 0, 0, 0, 0, 0, 0, 5], bins=4).bounds.tolist() == [0.0]


def test_without_standardizing_nothing_is_subtracted():
    state = fitted([5, 7, 9], standardize=False)
    assert (state.mean, state.std) == (0.0, 1.0)


def test_a_number_that_is_always_missing_is_zero():
    state = fitted([np.nan] * 5, clip=(0.1, 0.9), missing="median")
    assert (state.fill, state.mean, state.std, state.low) == (0.0, 0.0, 1.0, None)
    assert fitted([np.nan] * 5, bins=4).bounds.tolist() == []


def test_order_of_rows_changes_nothing():
    values = np.random.default_rng(1).normal(size=999)
    first, second = (fitted(v, bins=7, missing="median") for v in (values, values[::-1]))
    np.testing.assert_array_equal(first.bounds, second.bounds)
    assert first.fill == second.fill


def test_sequences_of_numbers_have_the_statistics_of_their_elements():
    fit = NumberFit(SequenceFeature(type="sequence", of="number"))
    fit.update(np.array([1.0, np.nan, 5.0]))
    assert (fit.result().mean, fit.result().std) == (3.0, 2.0)
