"""What does not change from week to week: departments, units of sale, demographics."""

import numpy as np
import pandas as pd

from ._columns import DEMOGRAPHICS


def departments(products: pd.DataFrame, categories: np.ndarray) -> pd.Categorical:
    """The department with most of a category's products, `(categories,)`.

    Thirty categories lie in more than one department. The catalogue decides, not the sales,
    so that nothing about later weeks gets in.
    """
    counts = products.groupby(["product_category", "department"]).size().reset_index(name="count")
    # Ties go to the first by name, since groupby sorts and the sort is stable.
    counts = counts.sort_values("count", ascending=False, kind="stable")
    largest = counts.drop_duplicates("product_category").set_index("product_category")
    return pd.Categorical(largest.loc[categories, "department"])


def sold_by_volume(products: pd.DataFrame, categories: np.ndarray) -> np.ndarray:
    """Whether a category sells petrol, whose quantity is a volume, `(categories,)` bool."""
    petrol = products["product_type"].fillna("").str.startswith("GASOLINE").to_numpy()
    return np.isin(categories, products["product_category"][petrol].dropna())


def demographics(
    table: pd.DataFrame, households: np.ndarray, household: np.ndarray
) -> dict[str, pd.Categorical]:
    """Demographic columns of the rows; missing for households that gave none.

    Args:
        table: One row a household that gave its demographics.
        households: Household ids, `(households,)`.
        household: Index into `households`, `(rows,)`.
    """
    position = pd.Index(table["household_id"]).get_indexer(households)[household]
    columns = {}
    for name in DEMOGRAPHICS:
        codes, values = pd.factorize(table[name], sort=True)
        columns[name] = pd.Categorical.from_codes(np.append(codes, -1)[position], values)
    return columns
