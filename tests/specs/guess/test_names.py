"""What a column's name says about it."""

import pytest

from mtlkeras.specs._guess._names import is_id, label_family, words


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("is_click", ["is", "click"]),
        ("IsClick", ["is", "click"]),
        ("CustomerID", ["customer", "id"]),
        ("Recommended IND", ["recommended", "ind"]),
        ("spend_30d", ["spend", "30d"]),
        ("hist.items-2", ["hist", "items", "2"]),
        ("", []),
        ("价格", []),
    ],
)
def test_words(name, parts):
    assert words(name) == parts


@pytest.mark.parametrize(
    ("name", "family"),
    [
        ("click", "event"),
        ("is_click", "event"),
        ("clk", "event"),
        ("buy", "event"),
        ("Purchased", "event"),
        ("AddToCart", "event"),
        ("Recommended IND", "event"),
        ("visit", "event"),
        ("long_view", "event"),
        ("label", "label"),
        ("y", "label"),
        ("income", "label"),
        ("target_1", "label"),
        ("intent", "classes"),
        ("rating", "rating"),
        ("stars", "rating"),
        ("sales", "amount"),
        ("spend_eur", "amount"),
        ("Revenue", "amount"),
        ("Quantity", "count"),
        ("qty", "count"),
        ("cnt", "count"),
        ("play_time_ms", "duration"),
        ("view_duration", "duration"),
        ("is_open_now", "event"),
        ("did_answer", "flag"),
        ("fraudulent_flag", "flag"),
        ("is_weekend", None),
        ("is_new_user", None),
        ("last_click_time", None),
        ("avg_rating", None),
        ("click_rate", None),
        ("purchases_30d", None),
        ("history_spend", None),
        ("return_reason", None),
        ("click_count", None),
        ("purchase_channel", None),
        ("order_id", None),
        ("price", None),
        ("", None),
    ],
)
def test_label_family(name, family):
    assert label_family(name) == family


@pytest.mark.parametrize("name", ["user_id", "CustomerID", "sku", "InvoiceNo", "StockCode", "user"])
def test_ids(name):
    assert is_id(name)


@pytest.mark.parametrize("name", ["fans_user_num", "price", "id_like_text", "width", ""])
def test_no_ids(name):
    assert not is_id(name)
