"""What the shop has planned for a week: displays, mailers, campaigns, coupons.

These columns are about the row's own week and are known before it begins, since the shop
decides them. None is computed from purchases of that week or a later one.
"""

import numpy as np
import pandas as pd

NO_CAMPAIGN = "none"


def week_start(week: np.ndarray) -> np.ndarray:
    """First day of a week: week 1 is Sunday 2017-01-01 alone, then weeks begin on Monday."""
    monday = np.datetime64("2017-01-02") + (np.asarray(week) - 2) * np.timedelta64(7, "D")
    return np.maximum(monday, np.datetime64("2017-01-01"))


def category_position(
    product_id: pd.Series, products: pd.DataFrame, categories: np.ndarray
) -> np.ndarray:
    """Index of a product's category in `categories`, -1 where it is not among them."""
    names = pd.Index(categories).get_indexer(products["product_category"])
    position = pd.Index(products["product_id"]).get_indexer(product_id)
    return np.append(names, -1)[position]


def promoted_products(
    promotions: pd.DataFrame, products: pd.DataFrame, categories: np.ndarray, weeks: int
) -> dict[str, np.ndarray]:
    """Products of a category on display, and in the mailer, in an average store.

    Returns:
        `display` and `mailer`, each `(categories, weeks + 1)`.
    """
    category = category_position(promotions["product_id"], products, categories)
    week = promotions["week"].to_numpy()
    stores = promotions[["week", "store_id"]].drop_duplicates()["week"]
    stores = np.maximum(np.bincount(stores, minlength=weeks + 1)[: weeks + 1], 1)

    def per_store(column: str) -> np.ndarray:
        promoted = (promotions[column] != "0").to_numpy() & (category >= 0) & (week <= weeks)
        cell = category[promoted] * (weeks + 1) + week[promoted]
        counts = np.bincount(cell, minlength=len(categories) * (weeks + 1))
        return counts.reshape(len(categories), weeks + 1) / stores

    return {"display": per_store("display_location"), "mailer": per_store("mailer_location")}


def running_campaigns(
    campaigns: pd.DataFrame, descriptions: pd.DataFrame, households: np.ndarray, weeks: int
) -> np.ndarray:
    """Whether a household takes part in a campaign that runs on the first day of a week.

    Returns:
        `(campaigns, households, weeks + 1)` bool, campaigns in the order of `descriptions`.
    """
    day = week_start(np.arange(weeks + 1))
    begun = descriptions["start_date"].to_numpy()[:, None] <= day
    runs = begun & (descriptions["end_date"].to_numpy()[:, None] >= day)
    takes_part = np.zeros((len(descriptions), len(households)), bool)
    row = pd.Index(descriptions["campaign_id"]).get_indexer(campaigns["campaign_id"])
    column = pd.Index(households).get_indexer(campaigns["household_id"])
    known = (row >= 0) & (column >= 0)
    takes_part[row[known], column[known]] = True
    return takes_part[:, :, None] & runs[:, None, :]


def campaign_type(
    running: np.ndarray, descriptions: pd.DataFrame, household: np.ndarray, week: np.ndarray
) -> pd.Categorical:
    """Type of the running campaign that began last, `"none"` where none runs."""
    types, names = pd.factorize(descriptions["campaign_type"], sort=True)
    codes = np.zeros(running.shape[1:], "int8")
    for position in np.argsort(descriptions["start_date"].to_numpy(), kind="stable"):
        codes[running[position]] = types[position] + 1
    return pd.Categorical.from_codes(codes[household, week], [NO_CAMPAIGN, *names])


def coupons_offered(
    running: np.ndarray,
    descriptions: pd.DataFrame,
    coupons: pd.DataFrame,
    products: pd.DataFrame,
    categories: np.ndarray,
) -> np.ndarray:
    """Distinct coupons for a category in the household's running campaigns.

    Args:
        running: As `running_campaigns` returns it.
        descriptions: The campaigns.
        coupons: One row a coupon, product and campaign.
        products: The catalogue.
        categories: Category names, sorted.

    Returns:
        `(households, weeks + 1, categories)` float32.
    """
    offers = pd.DataFrame(
        {
            "campaign": pd.Index(descriptions["campaign_id"]).get_indexer(coupons["campaign_id"]),
            "category": category_position(coupons["product_id"], products, categories),
            "coupon": coupons["coupon_upc"].to_numpy(),
        }
    ).drop_duplicates()
    offers = offers[(offers["campaign"] >= 0) & (offers["category"] >= 0)]
    counts = np.zeros((len(descriptions), len(categories)), "float32")
    np.add.at(counts, (offers["campaign"], offers["category"]), 1)
    return np.tensordot(running.astype("float32"), counts, axes=(0, 0))
