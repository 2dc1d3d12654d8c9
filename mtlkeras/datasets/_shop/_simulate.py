"""`simulated_shop`: a shop's log with known ground truth."""

import numpy as np
import pandas as pd

from ._funnel import outcomes, true_probabilities
from ._shop_data import ShopData
from ._tastes import DIM, SCENARIOS, draw_tastes, task_utilities
from ._texts import SENTIMENTS, as_category, recent_items, reviews

LABELS = ("click", "cart", "purchase", "quantity", "spend", "returned", "rating")
SCENARIO_SHARES = (0.5, 0.3, 0.2)
RECENT_ITEMS = 10
DAYS = 60


def simulated_shop(
    num_rows: int = 100_000,
    *,
    num_users: int = 2_000,
    num_items: int = 500,
    task_correlation: float = 0.5,
    scenario_shift: float = 0.5,
    seed: int = 0,
) -> ShopData:
    """Simulates the log of a shop with an app, a web site and a mini-program.

    A user sees an item (an impression), may click it, put it into the cart, buy it in some
    quantity for some amount, rate and review it, and return it. What comes later is seen only
    where the earlier happened, and a correlated utility decides both: rows with a click are a
    biased sample for the cart, as in a real log.

    Every task has a latent utility of variance 1 for every user, item and scenario. Binary
    tasks are logistic in it (the return falls with it), quantity is 1 plus a Poisson number,
    spend is quantity times price times log-normal noise, the rating follows proportional odds,
    the sentiment of the review follows the rating and its words follow the sentiment.

    Args:
        num_rows: Impressions.
        num_users: Users, some more active than others.
        num_items: Items, some shown more often than others.
        task_correlation: Correlation between the utilities of any two tasks, 0 to 1.
        scenario_shift: 0 gives every scenario the same utilities; with s, the utilities of one
            task in two scenarios correlate by 1 - s. Click rates differ between scenarios
            anyway.
        seed: Same arguments and seed, same rows.

    Returns:
        Rows, true probabilities and utilities.

    Raises:
        ValueError: For an argument out of range.

    Example:
        >>> from mtlkeras.datasets import simulated_shop
        >>> shop = simulated_shop(1_000, seed=7)
        >>> shop.frame.shape, shop.probabilities.shape
        ((1000, 17), (1000, 17))
    """
    _check(num_rows, num_users, num_items, task_correlation, scenario_shift)
    rng = np.random.default_rng(seed)
    tastes = draw_tastes(num_users, num_items, rng)
    item_price = np.round(np.exp(2.7 + 0.8 * rng.standard_normal(num_items)), 2)

    # Sorted, since rows come in the order of time and their times are drawn alike.
    time = np.sort(rng.integers(0, DAYS * 86_400, num_rows)) + 1_767_225_600  # 2026-01-01
    user = _popular(num_users, 0.3, num_rows, rng)
    item = _popular(num_items, 0.6, num_rows, rng)
    scenario = rng.choice(len(SCENARIOS), num_rows, p=SCENARIO_SHARES)
    price = item_price[item]

    utilities = task_utilities(tastes, user, item, scenario, task_correlation, scenario_shift)
    truth = true_probabilities(utilities, scenario, price)
    happened = outcomes(truth, price, rng)
    rated = happened["sentiment"] >= 0
    review = np.full(num_rows, "", dtype=object)
    review[rated] = reviews(happened["sentiment"][rated], rng)

    user_names = np.array([f"u{k}" for k in range(num_users)], dtype=object)
    item_names = np.array([f"i{k}" for k in range(num_items)], dtype=object)
    frame = pd.DataFrame(
        {
            "user_id": as_category(user, user_names),
            "user_segment": as_category(_group(tastes.users)[user], [f"s{k}" for k in range(8)]),
            "item_id": as_category(item, item_names),
            "item_category": as_category(_group(tastes.items)[item], [f"c{k}" for k in range(8)]),
            "price": price.astype("float32"),
            "scenario": as_category(scenario, SCENARIOS),
            "time": time,
            "recent_items": recent_items(user, item, happened["click"], item_names, RECENT_ITEMS),
            "review": review,
            **{name: happened[name].astype("float32") for name in LABELS},
            "sentiment": as_category(happened["sentiment"], SENTIMENTS),
        }
    )
    return ShopData(frame, pd.DataFrame(truth), pd.DataFrame(utilities))


def _popular(count: int, exponent: float, rows: int, rng: np.random.Generator) -> np.ndarray:
    """Draws one of `count` a row, the k-th with a weight of `1 / k ** exponent`."""
    weight = 1 / np.arange(1, count + 1) ** exponent
    return rng.choice(count, rows, p=weight / weight.sum())


def _group(table: np.ndarray) -> np.ndarray:
    """One of eight groups by the signs of what tasks and scenarios share, `(count,)`."""
    shared = table[0, 0]
    return (shared[:, [0, 1, DIM]] > 0) @ np.array([1, 2, 4])


def _check(rows: int, users: int, items: int, correlation: float, shift: float) -> None:
    for name, count in (("num_rows", rows), ("num_users", users), ("num_items", items)):
        if count < 1:
            raise ValueError(f"`{name}` should be a positive integer. Received: {count}.")
    for name, share in (("task_correlation", correlation), ("scenario_shift", shift)):
        if not 0 <= share <= 1:
            raise ValueError(f"`{name}` should lie between 0 and 1. Received: {share}.")
