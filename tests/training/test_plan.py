import keras

from mtlkeras.heads.funnels import ESMM
from mtlkeras.specs import DataSpec
from mtlkeras.training import TrainOptions
from mtlkeras.training._plan import hyperparameters, plan

SPEC = DataSpec.from_dict(
    {
        "name": "shop",
        "features": {"price": {"type": "number"}},
        "tasks": {"click": {"type": "binary"}, "spend": {"type": "amount"}},
    }
)


def test_the_plan_names_tasks_parameters_and_memory(make_model):
    model = make_model()
    lines = plan(SPEC, model, TrainOptions(batch_size=2048, epochs=5, seed=7)).splitlines()
    assert lines[0] == "shop: 1 features, 2 tasks (click binary, spend amount)"
    # 8 rows of 2 numbers; (2 + 3 + 1) * 4 of the trunk; 5 of each head.
    assert lines[1] == "Model: mmoe trunk, 50 parameters, 16 of them in 1 embedding tables"
    # Adam keeps two numbers more for each.
    assert lines[2] == (
        "Memory of tables: 64.0 B of vectors, 128.0 B of Adam's state, 192.0 B in all"
    )
    assert lines[3] == "Training: up to 5 epochs, batches of 2,048, seed 7"


def test_hyperparameters_are_short(make_model):
    options = TrainOptions(
        trunk_options={"num_experts": 4},
        optimizer=keras.optimizers.SGD(0.1),
        learning_rate=0.5,
    )
    found = hyperparameters(SPEC, make_model(), options)
    assert found["trunk"] == "mmoe"
    assert found["trunk.num_experts"] == 4
    assert found["optimizer"] == "SGD"
    assert found["learning_rate"] == 0.5
    assert found["parameters"] == 50
    assert (
        hyperparameters(SPEC, make_model(), TrainOptions(trunk=keras.layers.Dense(1)))["trunk"]
        == "Dense"
    )


def test_funnels_and_weightings_are_named_where_there_are_any(make_model):
    model = make_model()
    options = TrainOptions(funnel="escm2", funnel_options={"estimator": "ips"})
    assert "Model: mmoe trunk, escm2 funnel, 50 parameters" in plan(SPEC, model, options)
    found = hyperparameters(SPEC, model, options)
    assert (found["funnel"], found["funnel.estimator"]) == ("escm2", "ips")
    assert hyperparameters(SPEC, model, TrainOptions(funnel=ESMM()))["funnel"] == "ESMM"
    options = TrainOptions(weighting="pcgrad", weighting_options={"scope": "parameters"})
    assert "Model: mmoe trunk, pcgrad weighting, 50 parameters" in plan(SPEC, model, options)
    assert hyperparameters(SPEC, model, options)["weighting.scope"] == "parameters"
    assert "funnel" not in hyperparameters(SPEC, model, TrainOptions())


def test_interactions_and_heads_are_named_where_there_are_any(make_model):
    model = make_model()
    options = TrainOptions(
        interaction="cross_net", interaction_options={"rank": 2}, heads={"spend": "two_tower"}
    )
    text = plan(SPEC, model, options)
    assert "Model: mmoe trunk, cross_net interaction, 50 parameters" in text
    found = hyperparameters(SPEC, model, options)
    assert (found["interaction"], found["interaction.rank"]) == ("cross_net", 2)
    assert found["head.spend"] == "two_tower"
