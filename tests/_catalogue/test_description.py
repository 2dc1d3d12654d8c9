import subprocess
import sys

import pytest

from mtlkeras._catalogue import describe, describe_all, exported


def test_a_trunk_is_described():
    found = describe("mmoe")
    assert found.class_name == "MMoE"
    assert found.line == "Experts that all tasks share, mixed by a gate of each task's own."
    assert found.paper == "MMoE, Ma et al., 2018"
    assert str(found.options[0]) == "num_experts=8"
    assert found.options[0].text == "Number of experts."
    assert found.paragraphs[0].startswith("`h_t = sum_e softmax(W_t x)_e f_e(x)`")
    assert found.takes == ("all encoded features side by side",)
    assert not found.scenarios
    assert found.example.splitlines()[0].startswith("trunk = MMoE(")
    assert ">>>" not in found.example


@pytest.mark.parametrize("name", ["shared_bottom", "SharedBottom", "shared-bottom"])
def test_names_are_taken_as_they_are_written(name):
    assert describe(name).name == "shared_bottom"


def test_an_unknown_name_gets_the_nearest_spelling():
    text = r"`trunk` should be one of .*mmoe.* Received 'mmeo'\. Did you mean 'mmoe'\?"
    with pytest.raises(ValueError, match=text):
        describe("mmeo")


@pytest.mark.parametrize("trunk", describe_all().values(), ids=lambda trunk: trunk.name)
def test_every_trunk_tells_all_that_a_choice_needs(trunk):
    assert trunk.line
    assert trunk.paper, f"The first line of {trunk.class_name} should end with (paper, year)."
    assert all(option.text for option in trunk.options), [o.name for o in trunk.options]
    assert trunk.takes
    assert trunk.class_name in trunk.example


def test_reading_needs_no_tensorflow():
    code = (
        "import sys; from mtlkeras._catalogue import describe_all; describe_all(); "
        "sys.exit('tensorflow' in sys.modules or 'keras' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_other_rooms_can_be_read():
    assert {"Binary", "Count"} <= {name.removesuffix("Head") for name in exported("heads")}


def test_a_weighting_is_described():
    found = describe("PCGrad", "balancing")
    assert found.name == "pcgrad"
    assert found.paper == "Yu et al., 2020"
    assert found.kind == "GramianWeighting"
    assert [str(option) for option in found.options] == ["shuffle=True", "seed=0"]
    # What it passes on to its base.
    (scope,) = found.inherited
    assert str(scope) == "scope='representation'"
    assert scope.text.startswith("Of what a model takes the gradients.")


def test_an_option_is_told_of_where_it_comes_from():
    """`IMTLG` has no constructor of its own."""
    (scope,) = describe("imtl-g", "balancing").options
    assert scope.text.startswith("Of what a model takes the gradients.")


@pytest.mark.parametrize("each", describe_all("balancing").values(), ids=lambda each: each.name)
def test_every_weighting_tells_all_that_a_choice_needs(each):
    assert each.line
    assert each.paper or each.name == "static"
    assert each.kind in ("LossWeighting", "GramianWeighting", "Aggregator")
    assert all(option.text for option in (*each.options, *each.inherited))
    assert each.class_name in each.example


def test_a_wrong_weighting_is_called_one():
    with pytest.raises(ValueError, match=r"`weighting` should be one of .*Did you mean 'famo'\?"):
        describe("fomo", "balancing")
