"""Receipt lines to weekly grids: one row a household and category, one column a week."""

from dataclasses import dataclass

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Purchases:
    """What every household bought of every category in every week.

    Args:
        households: Household ids, sorted, `(households,)`.
        categories: Category names, sorted, `(categories,)`.
        household: Index into `households`, `(pairs,)`.
        category: Index into `categories`, `(pairs,)`.
        grids: `bought`, `quantity`, `spend`, `coupon` and `private_label`, each
            `(pairs, weeks + 1)` float32; column 0 is empty, so that a column is its week.
        baskets: Shopping trips, `(households, weeks + 1)` float32.
        events: One row a household, week and category bought, in the order of the household's
            shopping: columns `household`, `week`, `category`.
    """

    households: np.ndarray
    categories: np.ndarray
    household: np.ndarray
    category: np.ndarray
    grids: dict[str, np.ndarray]
    baskets: np.ndarray
    events: pd.DataFrame

    @property
    def weeks(self) -> int:
        """Number of the last week."""
        return self.baskets.shape[1] - 1


def collect_purchases(transactions: pd.DataFrame, products: pd.DataFrame) -> Purchases:
    """Adds receipt lines up to weekly grids."""
    lines = sold_lines(transactions, products)
    weeks = int(transactions["week"].max())
    household, households = pd.factorize(lines["household_id"], sort=True)
    category, categories = pd.factorize(lines["product_category"], sort=True)
    pair, pairs = pd.factorize(household * len(categories) + category, sort=True)

    def grid(values: np.ndarray | None = None) -> np.ndarray:
        return _grid(pair, lines["week"], values, (len(pairs), weeks + 1))

    trips = lines.drop_duplicates("basket_id").index
    trip_household = pd.Series(household, lines.index)[trips]
    return Purchases(
        households=np.asarray(households),
        categories=np.asarray(categories),
        household=pairs // len(categories),
        category=pairs % len(categories),
        grids={
            "bought": np.minimum(grid(), 1),
            "quantity": grid(lines["quantity"]),
            "spend": grid(lines["sales_value"]),
            "coupon": np.minimum(grid(lines["coupon_disc"] > 0), 1),
            "private_label": np.minimum(grid(lines["brand"] == "Private"), 1),
        },
        baskets=_grid(trip_household, lines.loc[trips, "week"], None, (len(households), weeks + 1)),
        events=_events(lines, household, category),
    )


def sold_lines(transactions: pd.DataFrame, products: pd.DataFrame) -> pd.DataFrame:
    """Receipt lines on which something was sold, with `product_category` and `brand`.

    Left out are lines without a category (products that the catalogue does not know, or knows
    without one) and voided lines, which carry neither quantity nor value.
    """
    known = products.dropna(subset="product_category")
    position = pd.Index(known["product_id"]).get_indexer(transactions["product_id"])
    sold = (transactions["quantity"] > 0) | (transactions["sales_value"] > 0)
    keep = sold.to_numpy() & (position >= 0)
    known = known.iloc[position[keep]]
    return transactions[keep].assign(
        product_category=known["product_category"].to_numpy(), brand=known["brand"].to_numpy()
    )


def _grid(
    row: np.ndarray, week: pd.Series, values: np.ndarray | None, shape: tuple[int, int]
) -> np.ndarray:
    cell = np.asarray(row) * shape[1] + week.to_numpy()
    return np.bincount(cell, values, shape[0] * shape[1]).reshape(shape).astype("float32")


def _events(lines: pd.DataFrame, household: np.ndarray, category: np.ndarray) -> pd.DataFrame:
    events = pd.DataFrame(
        {
            "household": household,
            "week": lines["week"].to_numpy(),
            "time": lines["transaction_timestamp"].to_numpy(),
            "category": category,
        }
    )
    # Sorted by category last: the order within a basket must not hang on the order of lines.
    events = events.sort_values(["household", "week", "time", "category"])
    events = events.drop_duplicates(["household", "week", "category"])
    return events.drop(columns="time").reset_index(drop=True)
