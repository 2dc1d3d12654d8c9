"""The steps below the table, on values small enough to read."""

import numpy as np
import pandas as pd
import pytest

from mtlkeras.datasets.complete_journey import _history, _plans, _purchases, _source


def test_before_leaves_the_week_itself_out():
    grid = np.array([[0, 1, 2, 3]], "float32")
    np.testing.assert_array_equal(_history.before(grid), [[0, 0, 1, 3]])


def test_last_weeks_sums_a_window_that_ends_before_the_week():
    grid = np.array([[0, 1, 2, 3, 4]], "float32")
    np.testing.assert_array_equal(_history.last_weeks(grid, 2), [[0, 0, 1, 3, 5]])


def test_latest_is_the_last_week_with_a_purchase():
    bought = np.array([[0, 1, 0, 1, 0], [0, 0, 0, 0, 1]], "float32")
    np.testing.assert_array_equal(_history.latest(bought), [[0, 0, 1, 1, 3], [0, 0, 0, 0, 0]])


def test_at_risk_ends_twelve_weeks_after_the_purchase():
    bought = np.zeros((1, 16), "float32")
    bought[0, 2] = 1
    np.testing.assert_array_equal(np.flatnonzero(_history.at_risk(bought)[0]), range(3, 15))


def test_weeks_begin_on_monday_after_a_first_week_of_one_day():
    days = _plans.week_start(np.array([1, 2, 3, 53]))
    assert [str(day) for day in days] == ["2017-01-01", "2017-01-02", "2017-01-09", "2017-12-25"]


def test_voided_and_unknown_lines_are_left_out(products):
    lines = pd.DataFrame(
        {
            "product_id": [1, 1, 1, 9, 99, 4],
            "quantity": [1, 0, 0, 1, 1, 2],
            "sales_value": [2.0, 0.0, 1.5, 1.0, 1.0, 0.0],
        }
    )
    sold = _purchases.sold_lines(lines, products)
    # The second line is voided; the third has a value without a quantity; the last was free.
    assert sold.index.tolist() == [0, 2, 5]
    assert sold["product_category"].tolist() == ["SOUP", "SOUP", "APPLES"]


def test_promotions_count_products_per_store(products):
    promotions = pd.DataFrame(
        {
            "product_id": [1, 2, 1, 4, 9],
            "store_id": [300, 300, 301, 300, 300],
            "display_location": ["7", "0", "7", "0", "7"],
            "mailer_location": ["0", "D", "D", "D", "D"],
            "week": [2, 2, 2, 2, 2],
        }
    )
    found = _plans.promoted_products(promotions, products, np.array(["APPLES", "SOUP"]), weeks=3)
    np.testing.assert_array_equal(found["display"][:, 2], [0, 1])  # two displays in two stores
    np.testing.assert_array_equal(found["mailer"][:, 2], [0.5, 1])
    assert found["display"][:, 3].sum() == 0


def test_missing_package_is_named_with_the_way_to_get_it(monkeypatch):
    monkeypatch.setattr(_source.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ModuleNotFoundError, match=r"pip install 'mtlkeras\[examples\]'"):
        _source.load_tables()


def test_tables_are_read_from_the_package(tables, tmp_path, monkeypatch):
    (tmp_path / "data").mkdir()
    for name, table in tables.items():
        table.assign(unused=1).to_parquet(tmp_path / "data" / f"{name}.parquet")
    monkeypatch.setattr(_source, "_package_folder", lambda: tmp_path)
    loaded = _source.load_tables()
    assert set(loaded) == set(tables)
    for name, table in tables.items():
        assert list(loaded[name]) == _source.TABLES[name]
        # Locations come as dictionaries.
        values = loaded[name].astype(table.dtypes.to_dict())
        pd.testing.assert_frame_equal(values[list(table)], table.reset_index(drop=True))
