import math

import numpy as np
import pytest

from mtlkeras.data import lag_rates, size_rates

SIZES = {"a": 1000, "b": 100, "c": 10}


def test_temperature_1_is_proportional_and_infinity_uniform():
    assert size_rates(SIZES) == pytest.approx({"a": 1000 / 1110, "b": 100 / 1110, "c": 10 / 1110})
    assert size_rates(SIZES, math.inf) == pytest.approx(dict.fromkeys(SIZES, 1 / 3))
    assert size_rates(SIZES, 1e9) == pytest.approx(dict.fromkeys(SIZES, 1 / 3), rel=1e-6)


def test_t5_by_hand():
    # min(1000 * 2, 400) = 400, min(100 * 2, 400) = 200, 20; square roots 20, 14.1421, 4.4721.
    roots = np.sqrt([400, 200, 20])
    expected = dict(zip(SIZES, roots / roots.sum(), strict=True))
    assert size_rates(SIZES, 2.0, maximum=400, scale=2.0) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("temperature", "maximum", "expected"),
    [
        (1.0, None, [0.99000099000099, 0.0099000099000099, 9.9000099000099e-05]),
        (1.0, 2e5, [0.9519276534983341, 0.047596382674916705, 0.00047596382674916705]),
        (2.0, None, [0.9009009009009009, 0.09009009009009009, 0.009009009009009009]),
        (2.0, 2e5, [0.8025891670835797, 0.1794643935603821, 0.017946439356038207]),
        (5.0, None, [0.6424272485213793, 0.2557548941953148, 0.10181785728330581]),
        (5.0, 2e5, [0.5656259964810817, 0.31068720100116065, 0.12368680251775772]),
    ],
)
def test_t5_by_its_authors_code(temperature, maximum, expected):
    """Of `rate_num_examples` in t5/data/utils.py, in numpy."""
    rates = size_rates({"a": 1e6, "b": 1e4, "c": 100.0}, temperature, maximum)
    np.testing.assert_allclose(list(rates.values()), expected, rtol=1e-12)


def test_the_cap_alone():
    expected = {"a": 50 / 110, "b": 50 / 110, "c": 10 / 110}
    assert size_rates(SIZES, maximum=50) == pytest.approx(expected)


@pytest.mark.parametrize("temperature", [0.01, 0.5, 1, 3, 100])
def test_rates_sum_to_1_and_keep_the_order_of_sizes(temperature):
    rates = size_rates({"a": 1e300, "b": 5, "c": 5, "d": 1e-300}, temperature)
    assert sum(rates.values()) == pytest.approx(1)
    assert rates["a"] >= rates["b"] == rates["c"] >= rates["d"]


def test_only_the_ratio_of_sizes_matters_without_a_cap():
    assert size_rates(SIZES, 3.0, scale=7.0) == pytest.approx(size_rates(SIZES, 3.0))


def test_lags_by_hand():
    losses, references = {"a": 0.9, "b": 0.2}, {"a": 0.6, "b": 0.2}
    share = 1 / (1 + np.exp(-(0.5 - 0.0) / 0.25))
    assert lag_rates(losses, references, 0.25)["a"] == pytest.approx(share)
    with_floor = lag_rates(losses, references, 0.25, floor=0.4)
    assert with_floor == pytest.approx({"a": 0.6 * share + 0.2, "b": 0.6 * (1 - share) + 0.2})


def test_the_scale_of_losses_does_not_matter_to_lags():
    losses, references = {"a": 0.9, "b": 0.2}, {"a": 0.6, "b": 0.2}
    scaled = {"a": 900.0, "b": 0.2}, {"a": 600.0, "b": 0.2}
    assert lag_rates(*scaled) == pytest.approx(lag_rates(losses, references))


def test_lags_far_apart_stay_finite():
    rates = lag_rates({"a": 1e6, "b": 0.0}, {"a": 1.0, "b": 1.0}, temperature=1e-3, floor=0.1)
    assert rates == pytest.approx({"a": 0.95, "b": 0.05})


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (({},), "`sizes` expects a dict of one source or more"),
        (({"a": 0},), "`sizes` expects a size above 0 of 'a', got 0"),
        (({"a": 1}, 0.0), "`temperature` expects a number above 0, got 0.0"),
        (({"a": 1}, 1.0, 0), "`maximum` expects a number above 0 or None, got 0"),
        (({"a": 1}, 1.0, None, -1.0), "`scale` expects a number above 0, got -1.0"),
    ],
)
def test_wrong_sizes_are_told(arguments, text):
    with pytest.raises(ValueError, match=text):
        size_rates(*arguments)


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (({"a": -1.0}, {"a": 1.0}), "`losses` expects a loss of at least 0 of 'a', got -1.0"),
        (({"a": 1.0}, {"a": 0.0}), "`references` expects a loss above 0 of 'a', got 0.0"),
        (({"a": 1.0}, {"b": 1.0}), r"`references` expects one for every .* none for \['a'\]"),
        (({"a": 1.0}, {"a": 1.0}, 0.0), "`temperature` expects a number above 0, got 0.0"),
        (({"a": 1.0}, {"a": 1.0}, 1.0, 1.5), "`floor` expects a share from 0 to 1, got 1.5"),
    ],
)
def test_wrong_losses_are_told(arguments, text):
    with pytest.raises(ValueError, match=text):
        lag_rates(*arguments)
