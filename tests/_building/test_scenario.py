from dataclasses import replace
from types import SimpleNamespace

import keras
import numpy as np
import pytest

from mtlkeras._building._scenario import number_of_scenarios
from mtlkeras._layers import ScenarioNumber
from mtlkeras.data import FeatureInput

CHANNEL = FeatureInput("channel", "category", (), "int32", size=6, table="channel")


def trunk(num_scenarios=None):
    return SimpleNamespace(num_scenarios=num_scenarios)


def test_ids_that_are_no_scenario_are_below_zero():
    ids = keras.Input((), dtype="int32")
    numbers = ScenarioNumber()(ids)
    assert (numbers.shape, numbers.dtype) == ((None,), "int32")
    model = keras.Model(ids, numbers)
    np.testing.assert_array_equal(model(np.arange(6, dtype="int32")), [-3, -2, -1, 0, 1, 2])


def test_fills_in_how_many_values_the_feature_has():
    assert number_of_scenarios(trunk(), CHANNEL) == {"num_scenarios": 3}
    assert number_of_scenarios(trunk(3), CHANNEL) == {}
    assert number_of_scenarios(trunk(4), CHANNEL) == {}, "more may come"


def test_refuses_a_spec_without_a_scenario():
    with pytest.raises(
        ValueError, match=r"Simple\w+ tells scenarios apart, but the spec names none\. Name a categ"
    ):
        number_of_scenarios(trunk(), None)


@pytest.mark.parametrize(
    ("changed", "found"),
    [({"size": 3}, "no values"), ({"kind": "number", "size": None}, "kind 'number'")],
)
def test_refuses_a_feature_that_tells_nothing_apart(changed, found):
    message = rf"Received: scenario 'channel', of {found}\. List its `vocabulary` in the spec, name"
    with pytest.raises(ValueError, match=message):
        number_of_scenarios(trunk(), replace(CHANNEL, **changed))


def test_refuses_a_trunk_made_for_fewer():
    with pytest.raises(
        ValueError, match=r"'channel' has 3\. Received: num_scenarios=2\. Leave num_scenarios out"
    ):
        number_of_scenarios(trunk(2), CHANNEL)
