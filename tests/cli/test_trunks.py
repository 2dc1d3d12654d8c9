"""`mtlkeras trunks`."""

import pytest

from mtlkeras._catalogue import describe_all
from mtlkeras.cli._described import lines_of


def test_all_are_listed_with_paper_and_options(run):
    result = run("trunks")
    assert result.exit_code == 0, result.output
    for trunk in describe_all().values():
        assert trunk.name in result.stdout
        assert all(option.name in result.stdout for option in trunk.options)
    assert "Experts that all tasks share" in result.stdout
    assert "MMoE, Ma et al." in result.stdout
    assert "Next:" in result.stdout


def test_one_is_shown_in_full(run):
    result = run("trunks", "PLE")
    assert result.exit_code == 0, result.output
    printed = " ".join(result.stdout.split())
    for text in (
        "ple PLE (progressive layered extraction, Tang et al., 2020)",
        "`h_t' = sum_e softmax(W_t h_t)_e f_e`",
        "Use it where tasks conflict",
        "all encoded features side by side",
        "num_shared_experts=2",
        "Experts that all tasks share, in each level.",
        'trunk = PLE(num_levels=2, units=(8,), tasks=["click", "buy"])',
        "mtlkeras train shop.yaml --trunk ple --trunk-option num_levels=2 --output runs/shop",
    ):
        assert text in printed


def test_a_bad_name_gets_the_nearest_spelling(run):
    result = run("trunks", "shared_botom")
    assert result.exit_code == 2
    assert "Did you mean 'shared_bottom'?" in result.stderr


@pytest.mark.parametrize(
    ("paragraph", "lines"),
    [("`a = b`,\n`c = d`.", ["`a = b`,", "`c = d`."]), ("One\nand `two`.", ["One and `two`."])],
)
def test_equations_keep_their_lines(paragraph, lines):
    assert lines_of(paragraph) == lines
