"""Turn the UCI Online Retail invoices into one row per customer and cut-off date.

Everything known before a cut-off is a feature, the 90 days from it on are the labels:

    python -m benchmarks.online_retail_customers online_retail.csv.gz --output data/online_retail

writes `customers.parquet` for `data_specs/online_retail.yaml`. Rows of earlier cut-offs train
the model, and the customers of the last one test it, so nothing that is tested was known in
training. A sixth of the customers validates instead of training: the labels of neighbouring
cut-offs overlap, so rows of one customer must not lie on both sides. `--level` adds what gradient
boosting on recency, frequency and amount reaches.
"""

import argparse
from pathlib import Path

import numpy as np
import pandas as pd

TEST_CUT_OFF = pd.Timestamp("2011-09-09")
HORIZON = pd.Timedelta(days=90)
HISTORY = 50  # product codes kept a customer
TRAIN_CUT_OFFS = pd.date_range("2011-02-13", TEST_CUT_OFF - HORIZON, freq="14D")


def read_invoices(path: str | Path) -> pd.DataFrame:
    """Read the invoice lines that name a customer, with `cancelled` and `amount` columns."""
    lines = pd.read_csv(
        path, dtype={"InvoiceNo": "str", "StockCode": "str"}, parse_dates=["InvoiceDate"]
    )
    lines = lines.dropna(subset=["CustomerID"]).astype({"CustomerID": "int64"})
    lines["cancelled"] = lines["InvoiceNo"].str.upper().str.startswith("C")
    lines["amount"] = lines["Quantity"] * lines["UnitPrice"]
    return lines.sort_values(["InvoiceDate", "InvoiceNo"], kind="stable", ignore_index=True)


def customers_at(lines: pd.DataFrame, cut_off: pd.Timestamp) -> pd.DataFrame:
    """One row per customer who had bought before `cut_off`."""
    past = lines[lines["InvoiceDate"] < cut_off]
    future = lines[lines["InvoiceDate"].between(cut_off, cut_off + HORIZON, inclusive="left")]
    bought = past[~past["cancelled"]]
    by_customer = bought.groupby("CustomerID")
    orders = bought.drop_duplicates("InvoiceNo").groupby("CustomerID")["InvoiceDate"]
    first, last, frequency = orders.min(), orders.max(), orders.size()
    days = pd.Timedelta(days=1)
    recent = bought[bought["InvoiceDate"] >= cut_off - HORIZON]
    table = pd.DataFrame(
        {
            "cut_off": cut_off.strftime("%Y-%m-%d"),
            "country": by_customer["Country"].last(),
            "recency_days": (cut_off - last) / days,
            "tenure_days": (cut_off - first) / days,
            "frequency": frequency,
            "gap_days": (last - first) / days / frequency.sub(1).clip(lower=1),
            "amount": by_customer["amount"].sum(),
            "mean_order": by_customer["amount"].sum() / frequency,
            "items": by_customer["Quantity"].sum(),
            "products": by_customer["StockCode"].nunique(),
            "recent_orders": recent.groupby("CustomerID")["InvoiceNo"].nunique(),
            "recent_amount": recent.groupby("CustomerID")["amount"].sum(),
            "past_cancellations": past[past["cancelled"]].groupby("CustomerID").size(),
            "month": cut_off.month,
            "products_bought": by_customer["StockCode"].agg(lambda codes: list(codes[-HISTORY:])),
        }
    )
    kept = future[~future["cancelled"]]
    table["orders"] = kept.groupby("CustomerID")["InvoiceNo"].nunique()
    table["bought_again"] = (table["orders"] > 0).astype("int64")
    table["spend"] = kept.groupby("CustomerID")["amount"].sum()
    table["cancelled"] = future[future["cancelled"]].groupby("CustomerID").size()
    table["cancelled"] = (table["cancelled"] > 0).astype("int64")
    zero = ["recent_orders", "recent_amount", "past_cancellations", "orders", "spend"]
    table[zero] = table[zero].fillna(0.0)
    table["customer_id"] = table.index
    validates = table["customer_id"] % 6 == 0
    table["part"] = np.where(validates, "validation", "train")
    if cut_off == TEST_CUT_OFF:
        table["part"] = "test"
    return table[table["country"].notna()].reset_index(drop=True)


def build(path: str | Path) -> pd.DataFrame:
    """The whole table: training cut-offs, then the test cut-off."""
    lines = read_invoices(path)
    cut_offs = [*TRAIN_CUT_OFFS, TEST_CUT_OFF]
    return pd.concat([customers_at(lines, cut_off) for cut_off in cut_offs], ignore_index=True)


def level(table: pd.DataFrame) -> dict[str, float]:
    """Test AUC of `bought_again` by gradient boosting on recency, frequency and amount."""
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.metrics import roc_auc_score
    from sklearn.model_selection import cross_val_predict

    columns = ["recency_days", "frequency", "amount"]
    test, train = table[table["part"] == "test"], table[table["part"] != "test"]
    model = HistGradientBoostingClassifier(max_iter=100, learning_rate=0.05, max_leaf_nodes=8)
    earlier = model.fit(train[columns], train["bought_again"]).predict_proba(test[columns])[:, 1]
    same = cross_val_predict(
        model, test[columns], test["bought_again"], cv=5, method="predict_proba"
    )[:, 1]
    return {
        "trained on earlier cut-offs": roc_auc_score(test["bought_again"], earlier),
        "five-fold at the test cut-off": roc_auc_score(test["bought_again"], same),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("invoices", help="online_retail.csv or online_retail.csv.gz")
    parser.add_argument("--output", default="data/online_retail", help="folder to write to")
    parser.add_argument("--level", action="store_true", help="also fit gradient boosting")
    arguments = parser.parse_args()
    table = build(arguments.invoices)
    folder = Path(arguments.output)
    folder.mkdir(parents=True, exist_ok=True)
    table.to_parquet(folder / "customers.parquet", index=False)
    rows = table.groupby("cut_off").agg(
        customers=("customer_id", "size"),
        bought_again=("bought_again", "mean"),
        spend=("spend", "mean"),
        cancelled=("cancelled", "mean"),
    )
    print(rows.round(3).to_string())
    print(f"{len(table):,} rows -> {folder / 'customers.parquet'}")
    if arguments.level:
        for name, auc in level(table).items():
            print(f"gradient boosting, {name}: AUC {np.round(auc, 4)}")


if __name__ == "__main__":
    main()
