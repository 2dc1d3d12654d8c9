"""Features of a row's past: everything here comes from weeks before the row's own."""

import numpy as np
import pandas as pd

from ._purchases import Purchases

AT_RISK_WEEKS = 12
RECENT_CATEGORIES = 10


def before(grid: np.ndarray) -> np.ndarray:
    """Sums over all earlier weeks, `(rows, weeks + 1)`; the week itself is not in its sum."""
    total = np.zeros_like(grid)
    np.cumsum(grid[:, :-1], axis=1, out=total[:, 1:])
    return total


def last_weeks(grid: np.ndarray, weeks: int) -> np.ndarray:
    """Sums over the `weeks` weeks before each week, `(rows, weeks + 1)`."""
    total = before(grid)
    window = total.copy()
    window[:, weeks:] -= total[:, :-weeks]
    return window


def latest(bought: np.ndarray) -> np.ndarray:
    """The last earlier week with a purchase, 0 where there was none, `(rows, weeks + 1)`."""
    week = np.where(bought > 0, np.arange(bought.shape[1], dtype="int32"), 0)
    last = np.zeros_like(week)
    np.maximum.accumulate(week[:, :-1], axis=1, out=last[:, 1:])
    return last


def at_risk(bought: np.ndarray) -> np.ndarray:
    """Whether the category was bought in the 12 weeks before, `(pairs, weeks + 1)` bool."""
    return last_weeks(bought, AT_RISK_WEEKS) > 0


def category_history(
    purchases: Purchases, pair: np.ndarray, week: np.ndarray
) -> dict[str, np.ndarray]:
    """The household's past with the row's category.

    Args:
        purchases: Weekly grids.
        pair: Row of the grids, `(rows,)`.
        week: The week that the row is about, `(rows,)`.

    Returns:
        Column name to `(rows,)`.
    """
    grids = purchases.grids
    bought = grids["bought"]
    frequency = before(bought)[pair, week]
    last = latest(bought)[pair, week]
    spend = before(grids["spend"])[pair, week]
    return {
        "recency": week - last,
        "frequency": frequency,
        "frequency_12": last_weeks(bought, 12)[pair, week],
        "purchase_rate": frequency / (week - 1),
        "spend_so_far": spend,
        "mean_spend": spend / frequency,
        "last_spend": grids["spend"][pair, last],
        "mean_quantity": before(grids["quantity"])[pair, week] / frequency,
        "coupon_share": before(grids["coupon"])[pair, week] / frequency,
        "private_label_share": before(grids["private_label"])[pair, week] / frequency,
    }


def household_history(
    purchases: Purchases, household: np.ndarray, week: np.ndarray
) -> dict[str, np.ndarray]:
    """The household's past with the whole shop; arguments as in `category_history`."""
    sums = {
        name: _sum_by(purchases.household, grid, len(purchases.households))
        for name, grid in purchases.grids.items()
    }
    bought = before(sums["bought"])[household, week]
    return {
        "visits_4": last_weeks(purchases.baskets, 4)[household, week],
        "visits_12": last_weeks(purchases.baskets, 12)[household, week],
        "household_spend_12": last_weeks(sums["spend"], 12)[household, week],
        "household_coupon_share": before(sums["coupon"])[household, week] / bought,
        "household_private_label_share": before(sums["private_label"])[household, week] / bought,
    }


def category_rate(purchases: Purchases, category: np.ndarray, week: np.ndarray) -> np.ndarray:
    """Share of the households at risk that bought the category in the 4 weeks before."""
    bought = purchases.grids["bought"]
    risk = at_risk(bought)
    count = len(purchases.categories)
    exposed = last_weeks(_sum_by(purchases.category, risk.astype("float32"), count), 4)
    buyers = last_weeks(_sum_by(purchases.category, bought * risk, count), 4)
    return (buyers / np.maximum(exposed, 1))[category, week]


def recent_categories(
    purchases: Purchases, household: np.ndarray, week: np.ndarray
) -> pd.Categorical:
    """The last categories that the household bought, most recent last, joined by `|`.

    A category counts once a week. Rows of one household and week share one string.
    """
    events, weeks = purchases.events, purchases.weeks + 1
    event_cell = events["household"].to_numpy() * weeks + events["week"].to_numpy()
    cells, row_cell = np.unique(household * weeks + week, return_inverse=True)
    end = np.searchsorted(event_cell, cells)
    start = np.searchsorted(event_cell, cells // weeks * weeks)
    start = np.maximum(start, end - RECENT_CATEGORIES)
    names = purchases.categories[events["category"].to_numpy()].tolist()
    joined = ["|".join(names[a:b]) for a, b in zip(start, end, strict=True)]
    codes, texts = pd.factorize(np.asarray(joined, dtype=object))
    return pd.Categorical.from_codes(codes[row_cell], texts)


def _sum_by(group: np.ndarray, grid: np.ndarray, groups: int) -> np.ndarray:
    total = np.zeros((groups, grid.shape[1]), "float32")
    np.add.at(total, group, grid)
    return total
