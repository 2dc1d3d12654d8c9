import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from mtlkeras.datasets import simulated_shop
from mtlkeras.datasets._shop._shop_data import BINARY
from mtlkeras.datasets._shop._tastes import TASKS, draw_tastes, task_utilities
from mtlkeras.datasets._shop._texts import FILLER, SENTIMENTS, WORDS, joined, recent_items, reviews

ROWS = 60_000


@pytest.fixture(scope="module")
def shop():
    return simulated_shop(ROWS, seed=1)


def within_chance(happened, probability, variance=None):
    """Asserts that a sum lies within 4.5 standard deviations of its expectation."""
    variance = probability * (1 - probability) if variance is None else variance
    bound = 4.5 * np.sqrt(variance.sum())
    assert abs(happened.sum() - probability.sum()) <= bound


def test_same_seed_same_rows_and_another_seed_others():
    one, two, other = (simulated_shop(2_000, seed=seed) for seed in (5, 5, 6))
    pd.testing.assert_frame_equal(one.frame, two.frame)
    pd.testing.assert_frame_equal(one.probabilities, two.probabilities)
    assert not one.frame["click"].equals(other.frame["click"])
    assert not one.utilities.equals(other.utilities)


@pytest.mark.parametrize("name", list(BINARY))
def test_binary_truth_matches_what_happened(shop, name):
    label, condition = BINARY[name]
    rows = np.ones(ROWS, bool) if condition is None else (shop.frame[condition] == 1).to_numpy()
    happened = shop.frame.loc[rows, label].to_numpy()
    probability = shop.probabilities.loc[rows, name].to_numpy()
    # In each tenth of the rows by probability, so that the truth holds at every level.
    for part in np.array_split(np.argsort(probability), 10):
        within_chance(happened[part], probability[part])


@pytest.mark.parametrize("scenario", ["app", "web", "mini"])
def test_truth_holds_in_every_scenario(shop, scenario):
    rows = (shop.frame["scenario"] == scenario).to_numpy()
    for name in ("click", "cart", "purchase"):
        within_chance(shop.frame.loc[rows, name], shop.probabilities.loc[rows, name])


def test_the_funnel_multiplies(shop):
    truth = shop.probabilities
    np.testing.assert_allclose(truth["cart"], truth["click"] * truth["cart_given_click"])
    np.testing.assert_allclose(truth["purchase"], truth["cart"] * truth["purchase_given_cart"])
    np.testing.assert_allclose(
        truth["purchase_given_click"], truth["cart_given_click"] * truth["purchase_given_cart"]
    )


def test_quantity_and_spend_match_their_expectations(shop):
    rows = (shop.frame["purchase"] == 1).to_numpy()
    frame, truth = shop.frame[rows], shop.probabilities[rows]
    quantity = truth["quantity_given_purchase"]
    within_chance(frame["quantity"], quantity, variance=quantity - 1)  # 1 plus Poisson
    # Spend is quantity * price * noise; noise of mean 1 and variance exp(0.3 ** 2) - 1.
    square = (quantity - 1) + quantity**2
    variance = frame["price"] ** 2 * (square * np.exp(0.09) - quantity**2)
    within_chance(frame["spend"], truth["spend_given_purchase"], variance=variance)
    assert frame["quantity"].min() == 1


def test_rating_and_sentiment_match_their_probabilities(shop):
    rows = shop.frame["rating"].notna().to_numpy()
    frame, truth = shop.frame[rows], shop.probabilities[rows]
    ratings = [truth[f"rating_{stars}_given_purchase"] for stars in range(1, 6)]
    np.testing.assert_allclose(sum(ratings), 1)
    for stars, probability in enumerate(ratings, 1):
        within_chance(frame["rating"] == stars, probability)
    for name in SENTIMENTS:
        within_chance(frame["sentiment"] == name, truth[f"{name}_given_purchase"])
    liked = shop.utilities.loc[rows, "rating"]
    assert liked[frame["rating"] == 5].mean() > liked[frame["rating"] == 1].mean() + 1


def test_labels_are_missing_exactly_where_nothing_could_be_seen(shop):
    frame = shop.frame
    bought = frame["purchase"] == 1
    assert frame[["click", "cart", "purchase", "quantity", "spend"]].notna().all(axis=None)
    assert (frame.loc[frame["click"] == 0, "cart"] == 0).all()
    assert (frame.loc[frame["cart"] == 0, "purchase"] == 0).all()
    assert (frame.loc[~bought, ["quantity", "spend"]] == 0).all(axis=None)
    assert (frame["returned"].notna() == bought).all()
    rated = frame["rating"].notna()
    assert not rated[~bought].any()
    assert abs(rated[bought].mean() - 0.7) < 0.03
    assert (frame["sentiment"].notna() == rated).all()
    assert ((frame["review"] != "") == rated).all()


@pytest.mark.parametrize("correlation", [0.0, 0.5, 0.9])
def test_utilities_of_two_tasks_correlate_as_asked(correlation):
    shop = simulated_shop(50_000, num_users=20_000, num_items=20_000, task_correlation=correlation)
    found = shop.utilities.corr().to_numpy()
    np.testing.assert_allclose(found[np.triu_indices(len(TASKS), 1)], correlation, atol=0.05)
    np.testing.assert_allclose(shop.utilities.std(), 1, atol=0.05)


def test_full_correlation_is_one_utility():
    utilities = simulated_shop(1_000, task_correlation=1.0).utilities
    for task in TASKS:
        np.testing.assert_allclose(utilities[task], utilities["click"], rtol=1e-5)


@pytest.mark.parametrize("shift", [0.0, 0.3, 1.0])
def test_utilities_of_two_scenarios_correlate_by_one_minus_the_shift(shift):
    rng = np.random.default_rng(0)
    tastes = draw_tastes(20_000, 20_000, rng)
    user, item = rng.integers(0, 20_000, (2, 50_000))
    app, web = (
        task_utilities(tastes, user, item, np.full(50_000, scenario), 0.5, shift)
        for scenario in (0, 1)
    )
    for task in TASKS:
        if shift == 0:
            np.testing.assert_array_equal(app[task], web[task])
        else:
            assert abs(np.corrcoef(app[task], web[task])[0, 1] - (1 - shift)) < 0.05


def test_clicked_rows_are_a_biased_sample_only_where_tasks_correlate():
    def bias(correlation):
        shop = simulated_shop(50_000, num_items=5_000, task_correlation=correlation)
        truth = shop.probabilities["cart_given_click"]
        return truth[shop.frame["click"] == 1].mean() - truth.mean()

    assert bias(0.9) > 0.08
    assert abs(bias(0.0)) < 0.02


@pytest.mark.parametrize("name", ["click", "purchase", "cart_given_click", "returned"])
def test_best_auc_is_the_area_under_the_curve(shop, name):
    label, condition = BINARY.get(name, ("returned", "purchase"))
    rows = np.ones(ROWS, bool) if condition is None else (shop.frame[condition] == 1).to_numpy()
    column = "returned_given_purchase" if name == "returned" else name
    expected = roc_auc_score(shop.frame.loc[rows, label], shop.probabilities.loc[rows, column])
    assert shop.best_auc(name) == pytest.approx(expected, abs=1e-12)
    last = np.arange(ROWS) >= ROWS // 2
    expected = roc_auc_score(
        shop.frame.loc[rows & last, label], shop.probabilities.loc[rows & last, column]
    )
    assert shop.best_auc(name, rows=last) == pytest.approx(expected, abs=1e-12)


def test_best_auc_explains_what_it_cannot_do(shop):
    with pytest.raises(ValueError, match=r"`name` should be one of click, cart.*'rating'"):
        shop.best_auc("rating")
    with pytest.raises(ValueError, match=r"'click' needs rows of both classes.*Simulate more rows"):
        shop.best_auc("click", rows=(shop.frame["click"] == 1).to_numpy())


def test_recent_items_are_the_last_clicks_of_the_user_before_the_row():
    rng = np.random.default_rng(2)
    user, item = rng.integers(0, 4, 60), rng.integers(0, 9, 60)
    clicked = rng.random(60) < 0.5
    names = np.array([f"i{k}" for k in range(9)], dtype=object)
    found = recent_items(user, item, clicked, names, longest=3)
    for row in range(60):
        before = [names[item[k]] for k in range(row) if user[k] == user[row] and clicked[k]]
        assert found[row] == "|".join(before[-3:])


def test_joined_leaves_empty_rows_empty():
    words = np.array(["a", "b", "c"], dtype=object)
    assert joined(words, np.array([0, 2, 0, 1]), "|").tolist() == ["", "a|b", "", "c"]


def test_words_tell_the_sentiment():
    rng = np.random.default_rng(0)
    sentiment = np.repeat([0, 1, 2], 200)
    for text, kind in zip(reviews(sentiment, rng), sentiment, strict=True):
        words = text.split()
        assert 5 <= len(words) <= 14
        assert set(words) <= {*FILLER, *WORDS[SENTIMENTS[kind]]}


def test_rows_come_in_the_order_of_time_with_names_of_users_and_items(shop):
    assert shop.frame["time"].is_monotonic_increasing
    assert shop.frame["user_id"].nunique() > 1_900
    assert shop.frame["item_id"].nunique() == 500
    assert shop.frame["user_segment"].nunique() == 8
    per_item = shop.frame.groupby("item_id", observed=True)["price"].nunique()
    assert (per_item == 1).all()


def test_spec_splits_by_time_and_names_every_task(shop):
    spec = shop.spec()
    assert spec.scenario == "scenario"
    assert list(spec.tasks) == [
        *("click", "cart", "purchase", "quantity", "spend", "returned", "rating", "sentiment")
    ]
    assert spec.tasks["rating"].observed == "purchase"
    assert "review" not in spec.features
    late = (shop.frame["time"] >= spec.split.test_from).mean()
    assert late == pytest.approx(0.1, abs=0.001)


def test_spec_with_a_review_has_only_tasks_that_come_after_the_purchase(shop):
    spec = shop.spec(review=True)
    assert list(spec.tasks) == ["returned", "rating", "sentiment"]
    assert spec.features["review"].type == "text"
    with pytest.raises(ValueError, match=r"`tasks` with a review.*\['click'\]"):
        shop.spec(tasks=["click"], review=True)
    with pytest.raises(ValueError, match=r"`tasks` should be of click.*\['buy'\]"):
        shop.spec(tasks=["buy"])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"num_rows": 0}, "`num_rows` should be a positive integer. Received: 0"),
        ({"num_users": 0}, "`num_users` should be a positive integer"),
        ({"num_items": -1}, "`num_items` should be a positive integer"),
        ({"task_correlation": 1.5}, "`task_correlation` should lie between 0 and 1. Received: 1.5"),
        ({"scenario_shift": -0.1}, "`scenario_shift` should lie between 0 and 1"),
    ],
)
def test_refuses_arguments_out_of_range(arguments, message):
    with pytest.raises(ValueError, match=message):
        simulated_shop(**arguments)
