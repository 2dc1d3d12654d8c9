"""`mtlkeras weightings`."""

from mtlkeras._catalogue import describe_all


def test_all_are_listed_with_paper_and_options(run):
    result = run("weightings")
    assert result.exit_code == 0, result.output
    losses, gradients = result.stdout.split("Weightings of gradients")
    for each in describe_all("balancing").values():
        listed = losses if each.kind == "LossWeighting" else gradients
        assert f" {each.name} " in " ".join(f" {listed} ".split())
    assert "FAMO" not in losses  # Names are those that `--weighting` takes.
    for text in ("Liu et al., 2023", "learning_rate=0.025", "scope='representation'"):
        assert text in " ".join(result.stdout.split())
    assert "Next:" in result.stdout


def test_one_is_shown_in_full(run):
    result = run("weightings", "PCGrad")
    assert result.exit_code == 0, result.output
    printed = " ".join(result.stdout.split())
    for text in (
        "pcgrad PCGrad (Yu et al., 2020)",
        "Projects each task's gradient off those it conflicts with, then sums.",
        "shuffle=True Draw the order anew at every step",
        "scope='representation' Of what a model takes the gradients.",
        "--weighting pcgrad --weighting-option scope=parameters --output runs/shop",
    ):
        assert text in printed


def test_one_without_options_says_so(run):
    result = run("weightings", "gls")
    assert result.exit_code == 0, result.output
    assert "It has no options." in result.stdout
    assert "scope" not in result.stdout


def test_a_bad_name_gets_the_nearest_spelling(run):
    result = run("weightings", "pcgard")
    assert result.exit_code == 2
    assert "Did you mean 'pcgrad'?" in result.stderr
