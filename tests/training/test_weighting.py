import pytest

from mtlkeras import balancing
from mtlkeras.training import TrainOptions
from mtlkeras.training._weighting import make_weighting


def test_names_and_objects_become_weightings():
    assert make_weighting(TrainOptions()) is None
    found = make_weighting(TrainOptions(weighting="Roto-Grad"))
    assert type(found) is balancing.RotoGrad
    assert make_weighting(TrainOptions(weighting=found)) is found


def test_options_are_those_of_the_method_and_of_its_base():
    settings = {"shuffle": False, "scope": "parameters"}
    found = make_weighting(TrainOptions(weighting="pcgrad", weighting_options=settings))
    assert (found.shuffle, found.scope) == (False, "parameters")
    settings = {"forms": ("classification", "regression")}
    found = make_weighting(TrainOptions(weighting="uncertainty", weighting_options=settings))
    assert list(found.forms) == ["classification", "regression"]


@pytest.mark.parametrize(
    ("name", "settings", "text"),
    [
        ("fomo", {}, r"`weighting` should be one of .*Received 'fomo'. Did you mean 'famo'\?"),
        ("famo", {"rate": 1}, r"`weighting` 'famo' should have options among .*Received 'rate'"),
        ("famo", {"scope": "parameters"}, r"should have options among .*Received 'scope'"),
        (
            "mgda",
            {"scope": "parameter"},
            r"MGDA: scope must be one of .*mean 'parameters'\?",
        ),
    ],
)
def test_wrong_names_and_options_are_told(name, settings, text):
    with pytest.raises(ValueError, match=text):
        make_weighting(TrainOptions(weighting=name, weighting_options=settings))
