import keras
import pytest

from mtlkeras import balancing, encoders, optimizers, trunks
from mtlkeras._catalogue import describe_all
from mtlkeras.heads import funnels
from mtlkeras.training._choices import choices, make, parameters_of, snake_case


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("MMoE", "mmoe"),
        ("SharedBottom", "shared_bottom"),
        ("LazyAdam", "lazy_adam"),
        ("PCGrad", "pcgrad"),
        ("PLE", "ple"),
    ],
)
def test_class_names_become_option_names(name, expected):
    assert snake_case(name) == expected


def test_choices_are_what_a_package_exports():
    assert {"mmoe", "shared_bottom", "transformer"} <= set(choices(trunks, keras.layers.Layer))
    assert set(choices(optimizers, keras.optimizers.Optimizer)) >= {"lazy_adam", "adagrad"}


@pytest.mark.parametrize("name", ["shared_bottom", "SharedBottom", "shared-bottom", "sharedbottom"])
def test_make_takes_names_as_they_are_written(name):
    trunk = make("trunk", name, {"shared_bottom": trunks.SharedBottom}, {"units": (8,)})
    assert isinstance(trunk, trunks.SharedBottom)
    assert trunk.units == (8,)


def test_unknown_names_get_a_suggestion():
    known = {"mmoe": trunks.MMoE, "transformer": trunks.Transformer}
    text = "`trunk` should be one of mmoe, transformer. Received 'mmeo'. Did you mean 'mmoe'?"
    with pytest.raises(ValueError, match=text.replace("?", r"\?")):
        make("trunk", "mmeo", known, {})


def test_unknown_options_get_a_suggestion():
    text = r"`trunk` 'mmoe' should have options among num_experts, .*Received 'experts'."
    with pytest.raises(ValueError, match=text):
        make("trunk", "mmoe", {"mmoe": trunks.MMoE}, {"experts": 3})
    with pytest.raises(ValueError, match=r"Did you mean 'num_experts'\?"):
        make("trunk", "mmoe", {"mmoe": trunks.MMoE}, {"num_expert": 3})


def test_options_of_base_classes_are_taken():
    known = choices(balancing, keras.layers.Layer)
    found = make("weighting", "pcgrad", known, {"scope": "parameters", "seed": 3})
    assert (found.scope, found.seed) == ("parameters", 3)
    text = r"'pcgrad' should have options among shuffle, seed, scope\. Received 'scpoe'\. Did you "
    with pytest.raises(ValueError, match=rf"`weighting` {text}mean 'scope'\?"):
        make("weighting", "pcgrad", known, {"scpoe": "parameters"})
    with pytest.raises(
        ValueError, match=r"`weighting` 'gls' should have no options\. Received 'c'"
    ):
        make("weighting", "gls", known, {"c": 1})


def test_options_that_a_constructor_leaves_out_are_refused():
    with pytest.raises(ValueError, match=r"'gru' should have options among .*Received 'target'"):
        make("encoder", "gru", {"gru": encoders.GRU}, {"target": "item"})
    with pytest.raises(ValueError, match=r"'mmoe' should have options among .*Received 'kwargs'"):
        make("trunk", "mmoe", {"mmoe": trunks.MMoE}, {"kwargs": 1})


@pytest.mark.parametrize(
    ("room", "package"),
    [("balancing", balancing), ("heads.funnels", funnels), ("trunks", trunks)],
)
def test_options_are_those_that_the_catalogue_lists(room, package):
    described, known = describe_all(room), choices(package, keras.layers.Layer)
    filled_in = {"tasks", "num_scenarios"}
    for name in known.keys() & described.keys():
        listed = [o.name for o in (*described[name].options, *described[name].inherited)]
        assert listed == [p for p in parameters_of(known[name]) if p not in filled_in]
    assert len(known.keys() & described.keys()) >= 5


def test_one_value_stands_for_a_list_of_one():
    known = {"mmoe": trunks.MMoE}
    trunk = make("trunk", "mmoe", known, {"units": 64, "num_experts": 2})
    assert (trunk.units, trunk.num_experts) == ((64,), 2)
