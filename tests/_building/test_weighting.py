import numpy as np
import pandas as pd
import pytest

import mtlkeras as mtl
from mtlkeras._building._weighting import weighting_of
from mtlkeras.balancing import MGDA, PCGrad, Rotations
from mtlkeras.specs import DataSpec

SPEC = {
    "name": "shop",
    "split": {"by": "random", "validation": 0, "test": 0},
    "features": {
        "channel": {"type": "category", "vocabulary": ["app", "web"], "dim": 4},
        "price": {"type": "number"},
    },
    "tasks": {
        "click": {"type": "binary"},
        "buy": {"type": "binary", "parent": "click"},
        "spend": {"type": "amount"},
    },
}


def load(**features):
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(
        {
            "channel": rng.choice(["app", "web"], 64),
            "price": rng.normal(size=64),
            "click": rng.integers(0, 2, 64),
            "spend": rng.lognormal(size=64),
        }
    )
    frame["buy"] = frame["click"] * rng.integers(0, 2, 64)
    spec = DataSpec.from_dict({**SPEC, "features": {**SPEC["features"], **features}})
    return spec, mtl.load_data(spec, frame, batch_size=32, cache="memory")


def test_a_name_is_a_weighting_with_default_options():
    assert type(weighting_of("mgda")) is MGDA
    given = PCGrad(seed=3)
    assert weighting_of(given) is given
    assert weighting_of(None) is None
    with pytest.raises(ValueError, match=r"weighting must be one of .* Did you mean 'PCGrad'"):
        weighting_of("pcgrat")


def test_rotograd_has_rotations_in_front_of_the_heads():
    spec, data = load()
    trunk = mtl.trunks.SharedBottom((6,))
    model = mtl.build_model(spec, data.preprocessing, trunk, weighting="rotograd")
    (layer,) = [each for each in model.layers if isinstance(each, Rotations)]
    model.fit(data.train, verbose=0)
    assert layer.generators.shape == (3, 6, 6)
    assert np.abs(layer.generators).max() > 0


def test_rotograd_refuses_representations_of_the_tasks_own():
    spec, data = load()
    with pytest.raises(ValueError, match=r"RotoGrad turns one .* Received: trunk=MMoE. Take trunk"):
        mtl.build_model(spec, data.preprocessing, weighting="rotograd")
    spec, data = load(price={"type": "number", "tasks": ["buy"]})
    with pytest.raises(ValueError, match=r"features of their own beside it. Received: widths"):
        mtl.build_model(spec, data.preprocessing, "shared_bottom", weighting="rotograd")


@pytest.mark.parametrize("scope", ["representation", "parameters"])
def test_joint_losses_of_a_funnel_are_weighed(scope):
    spec, data = load()
    weighting = PCGrad(scope=scope)
    model = mtl.build_model(
        spec, data.preprocessing, "shared_bottom", funnel="escm2", weighting=weighting
    )
    before = [v.numpy() for v in model.trainable_variables]
    model.fit(data.train, verbose=0)
    assert all(np.isfinite(v).all() for v in model.get_weights())
    now = [v.numpy() for v in model.trainable_variables]
    moved = [(new != old).any() for new, old in zip(now, before, strict=True)]
    assert np.mean(moved) > 0.9
