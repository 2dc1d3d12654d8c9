import numpy as np
import pandas as pd
import pytest

CATALOGUE = [
    # product, department, brand, category, type
    (1, "GROCERY", "National", "SOUP", "RAMEN"),
    (2, "GROCERY", "Private", "SOUP", "BROTH"),
    (3, "DELI", "National", "SOUP", "FRESH SOUP"),
    (4, "PRODUCE", "National", "APPLES", "GALA"),
    (5, "PRODUCE", "Private", "APPLES", "FUJI"),
    (6, "FUEL", "National", "COUPON/MISC ITEMS", "GASOLINE-REG UNLEADED"),
    (7, "MISCELLANEOUS", "National", "COUPON/MISC ITEMS", "GIFT CARD"),
    (8, "FUEL", "National", "COUPON/MISC ITEMS", "GASOLINE-REG UNLEADED"),
    (9, "MISCELLANEOUS", "National", None, None),
]
HOUSEHOLDS = [4, 5, 11, 12, 18]
WEEKS = 30


@pytest.fixture
def products():
    columns = ["product_id", "department", "brand", "product_category", "product_type"]
    return pd.DataFrame(CATALOGUE, columns=columns)


@pytest.fixture
def transactions():
    """Random receipts of five households in thirty weeks, with voided and unknown lines."""
    rng = np.random.default_rng(3)
    lines = 420
    week = rng.integers(1, WEEKS + 1, lines)
    week[0] = WEEKS
    household = rng.choice(HOUSEHOLDS, lines)
    basket = rng.integers(0, 3, lines)
    start = np.datetime64("2016-12-26", "s") + week.astype("int64") * np.timedelta64(604_800, "s")
    quantity = rng.integers(0, 4, lines)
    return pd.DataFrame(
        {
            "household_id": household,
            "basket_id": household * 100_000 + week * 10 + basket,
            # 99 is in no catalogue.
            "product_id": rng.choice([1, 2, 3, 4, 5, 6, 7, 9, 99], lines),
            "quantity": quantity,
            "sales_value": np.round(quantity * rng.uniform(0, 5, lines), 2),
            "coupon_disc": np.where(rng.random(lines) < 0.2, 0.5, 0.0),
            "week": week,
            "transaction_timestamp": start + basket * np.timedelta64(86_400, "s"),
        }
    )


@pytest.fixture
def tables(products, transactions):
    """All tables of the Complete Journey, in miniature."""
    rng = np.random.default_rng(4)
    promotions = pd.DataFrame(
        {
            "product_id": rng.choice([1, 2, 3, 4, 5, 9], 150),
            "store_id": rng.integers(300, 304, 150),
            "display_location": rng.choice(["0", "7", "A"], 150),
            "mailer_location": rng.choice(["0", "D"], 150),
            "week": rng.integers(1, WEEKS + 1, 150),
        }
    ).drop_duplicates(["product_id", "store_id", "week"])
    return {
        "transactions": transactions,
        "products": products,
        "demographics": pd.DataFrame(
            {
                "household_id": [5, 11],
                "age": ["25-34", "65+"],
                "income": ["35-49K", "50-74K"],
                "home_ownership": ["Renter", None],
                "marital_status": ["Married", "Unmarried"],
                "household_size": ["2", "1"],
                "household_comp": ["2 Adults No Kids", "1 Adult No Kids"],
                "kids_count": ["0", "0"],
            }
        ),
        "promotions": promotions,
        "campaigns": pd.DataFrame({"campaign_id": [1, 2, 2, 3], "household_id": [4, 4, 11, 5]}),
        "campaign_descriptions": pd.DataFrame(
            {
                "campaign_id": [1, 2, 3],
                "campaign_type": ["Type A", "Type B", "Type C"],
                "start_date": pd.to_datetime(["2017-05-01", "2017-05-24", "2017-06-05"]),
                "end_date": pd.to_datetime(["2017-06-25", "2017-06-11", "2017-07-30"]),
            }
        ),
        "coupons": pd.DataFrame(
            {
                "coupon_upc": [70, 70, 71, 72, 73, 74],
                "product_id": [1, 2, 1, 4, 9, 99],
                "campaign_id": [1, 1, 1, 2, 2, 3],
            }
        ),
    }
