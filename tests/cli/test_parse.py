"""Options of the command line that are lists of texts."""

import pytest

from mtlkeras.cli._parse import HEAD, parse_names, parse_options_of, parse_ramps


def test_encoders_are_named_by_feature():
    texts = ["hist_items=din", " item = low_rank "]
    assert parse_names(texts) == {"hist_items": "din", "item": "low_rank"}


def test_options_of_encoders_are_put_together_by_feature():
    texts = ["hist_items.units=36,18", "hist_items.gaps=days", "my.hist.softmax=true"]
    expected = {"hist_items": {"units": (36, 18), "gaps": "days"}, "my.hist": {"softmax": True}}
    assert parse_options_of(texts) == expected


@pytest.mark.parametrize("text", ["hist_items", "=din", "hist_items="])
def test_encoders_need_feature_and_name(text):
    with pytest.raises(ValueError, match=r"--encoder is written FEATURE=NAME, .* Received: '.*'"):
        parse_names([text])


@pytest.mark.parametrize("text", ["units=36", ".units=36", "hist_items.=36", "hist_items.units"])
def test_options_of_encoders_need_feature_and_key(text):
    with pytest.raises(ValueError, match=r"--encoder-option is written FEATURE\.KEY=VALUE, such"):
        parse_options_of([text])


def test_heads_are_named_by_task():
    assert parse_names(["rating=two_tower"], HEAD) == {"rating": "two_tower"}
    parsed = parse_options_of(["rating.user=user_id,age", "rating.item=item_id"], HEAD)
    assert parsed == {"rating": {"user": ("user_id", "age"), "item": "item_id"}}
    with pytest.raises(
        ValueError, match=r"--head is written TASK=NAME, such as rating=two_tower\."
    ):
        parse_names(["rating"], HEAD)
    with pytest.raises(ValueError, match=r"--head-option is written TASK\.KEY=VALUE, such as rat"):
        parse_options_of(["user=user_id"], HEAD)


@pytest.mark.parametrize("text", ["purchase", "purchase=2", "purchase=2:", "=2:4", "buy=2:x"])
def test_ramps_are_two_epochs(text):
    with pytest.raises(ValueError, match=r"--introduce is written TASK=FROM:FULL, .*Received"):
        parse_ramps([text])
    assert parse_ramps(["buy=2:4", " a = 1 : 3 "]) == {"buy": (2, 4), "a": (1, 3)}
