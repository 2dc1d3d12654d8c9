import pytest

from mtlkeras._spelling import check_names, nearest


def test_nearest_ignores_case_and_gives_up_on_strangers():
    assert nearest("PURCHSE", ["click", "purchase"]) == " Did you mean 'purchase'?"
    assert nearest("xyz", ["click", "purchase"]) == ""


def test_all_unknown_names_are_listed():
    check_names("loss", ["a"], ["a", "b"], "tasks")
    with pytest.raises(
        ValueError,
        match=r"loss must name tasks among 'click', 'buy'. Received: 'clik'. Did .*; 'q'",
    ):
        check_names("loss", ["clik", "q"], ["click", "buy"], "tasks")
