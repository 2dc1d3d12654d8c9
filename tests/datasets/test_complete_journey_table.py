import numpy as np
import pandas as pd
import pytest

from mtlkeras.datasets.complete_journey import _table, complete_journey_table
from mtlkeras.datasets.complete_journey._columns import COLUMNS

LABELS = ["purchase", "quantity", "spend", "coupon", "private_label"]
FEATURES = [name for name in COLUMNS if name not in LABELS]


def clean(tables):
    """Receipt lines that count, joined with the catalogue by the plainest means."""
    lines = tables["transactions"].merge(tables["products"], on="product_id", how="inner")
    lines = lines[lines["product_category"].notna()]
    return lines[(lines["quantity"] > 0) | (lines["sales_value"] > 0)]


def by_hand(lines, household, category, week):
    """One row of the table, from the definitions; None where the household is not at risk."""
    past = lines[lines["week"] < week]
    whole = past[past["household_id"] == household]
    own = whole[whole["product_category"] == category]
    weeks = set(own["week"])
    if not any(week - 12 <= other < week for other in weeks):
        return None
    now = lines[
        (lines["household_id"] == household)
        & (lines["product_category"] == category)
        & (lines["week"] == week)
    ]
    petrol = category == "COUPON/MISC ITEMS"
    frequency = len(weeks)
    weeks_with = {
        "coupon": own[own["coupon_disc"] > 0]["week"].nunique(),
        "private": own[own["brand"] == "Private"]["week"].nunique(),
    }
    cells = whole.groupby(["week", "product_category"])
    any_coupon = cells["coupon_disc"].max() > 0
    any_private = cells["brand"].apply(lambda brands: "Private" in set(brands))
    recent = (
        whole.sort_values(["week", "transaction_timestamp", "product_category"])
        .drop_duplicates(["week", "product_category"])["product_category"]
        .tolist()[-10:]
    )
    exposed = buyers = 0
    for earlier in range(week - 4, week):
        for other in lines["household_id"].unique():
            bought = lines[
                (lines["household_id"] == other) & (lines["product_category"] == category)
            ]["week"]
            if bought.between(earlier - 12, earlier - 1).any():
                exposed += 1
                buyers += (bought == earlier).any()
    return {
        "recency": week - max(weeks),
        "frequency": frequency,
        "frequency_12": sum(week - 12 <= other for other in weeks),
        "purchase_rate": frequency / (week - 1),
        "spend_so_far": own["sales_value"].sum(),
        "mean_spend": own["sales_value"].sum() / frequency,
        "last_spend": own[own["week"] == max(weeks)]["sales_value"].sum(),
        "mean_quantity": np.nan if petrol else own["quantity"].sum() / frequency,
        "coupon_share": weeks_with["coupon"] / frequency,
        "private_label_share": weeks_with["private"] / frequency,
        "visits_4": whole[whole["week"] >= week - 4]["basket_id"].nunique(),
        "visits_12": whole[whole["week"] >= week - 12]["basket_id"].nunique(),
        "household_spend_12": whole[whole["week"] >= week - 12]["sales_value"].sum(),
        "household_coupon_share": any_coupon.mean(),
        "household_private_label_share": any_private.mean(),
        "category_rate": buyers / max(exposed, 1),
        "recent_categories": "|".join(recent),
        "purchase": float(len(now) > 0),
        "quantity": np.nan if petrol else now["quantity"].sum(),
        "spend": now["sales_value"].sum() if len(now) else np.nan,
        "coupon": float((now["coupon_disc"] > 0).any()) if len(now) else np.nan,
        "private_label": float((now["brand"] == "Private").any()) if len(now) else np.nan,
    }


def test_every_row_matches_a_recomputation_by_hand(tables):
    table = complete_journey_table("full", tables)
    lines = clean(tables)
    expected = {
        (household, category, week): row
        for household in lines["household_id"].unique()
        for category in lines["product_category"].unique()
        for week in range(21, 31)
        if (row := by_hand(lines, household, category, week)) is not None
    }
    keys = list(zip(table["household_id"], table["category"], table["week"], strict=True))
    assert len(keys) > 100
    assert set(keys) == set(expected)
    assert keys == sorted(keys)
    names = list(next(iter(expected.values())))
    for name in names:
        wanted = pd.Series([expected[key][name] for key in keys], name=name)
        if name == "recent_categories":
            assert table[name].tolist() == wanted.tolist()
        else:
            np.testing.assert_allclose(table[name], wanted, rtol=1e-5, atol=1e-6, err_msg=name)


@pytest.mark.parametrize("week", [21, 24, 27])
def test_no_feature_looks_into_its_own_week_or_later(tables, week):
    before = complete_journey_table("full", tables)
    transactions = tables["transactions"].copy()
    later = (transactions["week"] >= week).to_numpy()
    rng = np.random.default_rng(0)
    count = later.sum()
    # Other products, amounts, coupons, baskets and households: nothing of the old future is left.
    transactions.loc[later, "product_id"] = rng.choice([1, 2, 4, 5, 6], count)
    transactions.loc[later, "household_id"] = rng.permutation(
        transactions.loc[later, "household_id"]
    )
    transactions.loc[later, "basket_id"] = 900_000_000 + rng.integers(0, 50, count)
    transactions.loc[later, "quantity"] = rng.integers(1, 60, count)
    transactions.loc[later, "sales_value"] = rng.uniform(50, 90, count)
    transactions.loc[later, "coupon_disc"] = rng.choice([0.0, 2.0], count)
    after = complete_journey_table("full", {**tables, "transactions": transactions})

    old, new = (table[table["week"] <= week].reset_index(drop=True) for table in (before, after))
    assert (old["week"] == week).sum() > 5
    pd.testing.assert_frame_equal(
        old[FEATURES].astype({"recent_categories": str}),
        new[FEATURES].astype({"recent_categories": str}),
        check_exact=True,
        check_categorical=False,
    )
    # The change did reach the table: the labels of that week are others.
    now = old["week"] == week
    assert not old.loc[now, "spend"].equals(new.loc[now, "spend"])


def test_planned_columns_are_of_the_row_own_week(tables):
    table = complete_journey_table("full", tables).set_index(["household_id", "week"])
    # Household 4: campaign 1 (type A) from week 19, campaign 2 (type B) from Wednesday of week
    # 22, which is running on the first day of weeks 23 and 24, then only campaign 1 until 26.
    types = {week: set(table.loc[(4, week), "campaign"]) for week in (21, 22, 23, 24, 25, 26, 27)}
    assert types == {
        21: {"Type A"},
        22: {"Type A"},
        23: {"Type B"},
        24: {"Type B"},
        25: {"Type A"},
        26: {"Type A"},
        27: {"none"},
    }
    assert set(table.loc[12, "campaign"]) == {"none"}
    promotions = tables["promotions"]
    now = promotions[promotions["week"] == 25]
    apples = now[now["product_id"].isin([4, 5])]
    rows = table.xs(25, level="week")
    rows = rows[rows["category"] == "APPLES"]
    assert len(rows) > 0
    stores = now["store_id"].nunique()
    np.testing.assert_allclose(rows["display"], (apples["display_location"] != "0").sum() / stores)
    np.testing.assert_allclose(rows["mailer"], (apples["mailer_location"] != "0").sum() / stores)


def test_coupons_offered_counts_distinct_coupons_of_running_campaigns(tables):
    table = complete_journey_table("full", tables)
    rows = table[table["household_id"] == 4].set_index(["category", "week"])["coupons_offered"]
    # Campaign 1 has coupons 70 (two soups) and 71 (one); campaign 2 has 72 for apples.
    assert rows["SOUP", 22] == 2
    assert rows["APPLES", 22] == 0
    assert rows["APPLES", 23] == 1
    assert rows["SOUP", 27] == 0


def test_demographics_are_missing_where_the_household_gave_none(tables):
    table = complete_journey_table("full", tables).drop_duplicates("household_id")
    table = table.set_index("household_id")
    assert table.loc[5, "age"] == "25-34"
    assert pd.isna(table.loc[11, "home_ownership"])
    assert pd.isna(table.loc[12, "age"])


def test_department_is_the_one_with_most_products(tables):
    table = complete_journey_table("full", tables)
    of = dict(zip(table["category"], table["department"], strict=True))
    assert of == {"SOUP": "GROCERY", "APPLES": "PRODUCE", "COUPON/MISC ITEMS": "FUEL"}


def test_quantity_is_missing_in_every_row_of_a_category_sold_by_volume(tables):
    table = complete_journey_table("full", tables)
    petrol = table["category"] == "COUPON/MISC ITEMS"
    assert petrol.any()
    assert table.loc[petrol, ["quantity", "mean_quantity"]].isna().all(axis=None)
    assert table.loc[petrol & (table["purchase"] == 1), "spend"].notna().all()
    assert table.loc[~petrol, ["quantity", "mean_quantity"]].notna().all(axis=None)


def test_sample_keeps_whole_households_and_their_values(tables):
    full, sample = complete_journey_table("full", tables), complete_journey_table("sample", tables)
    assert set(sample["household_id"]) == {4, 11, 18}
    kept = full[full["household_id"].isin([4, 11, 18])].reset_index(drop=True)
    pd.testing.assert_frame_equal(
        sample.astype({"recent_categories": str}),
        kept.astype({"recent_categories": str}),
        check_categorical=False,
    )


def test_columns_have_the_declared_order_and_types(tables):
    table = complete_journey_table("full", tables)
    assert list(table.columns) == list(COLUMNS)
    for name, (dtype, _) in COLUMNS.items():
        if dtype is np.str_:
            assert isinstance(table[name].dtype, pd.CategoricalDtype)
        else:
            assert table[name].dtype == dtype


def test_reads_the_package_where_no_tables_are_given(tables, monkeypatch):
    monkeypatch.setattr(_table, "load_tables", lambda: tables)
    assert len(complete_journey_table("full")) == len(complete_journey_table("full", tables))


def test_refuses_an_unknown_config(tables):
    with pytest.raises(ValueError, match=r"`config` should be 'sample' or 'full'.*'half'"):
        complete_journey_table("half", tables)
