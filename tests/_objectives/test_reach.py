import keras
import numpy as np
import pytest
import tensorflow as tf
from keras.layers import Concatenate, Dense

import mtlkeras as mtl
from mtlkeras import MultiTaskModel, balancing
from mtlkeras._objectives._by_representation import cut
from mtlkeras._objectives._reach import graph_of, tasks_of_variables
from mtlkeras._objectives._recording import recording


def cut_of(inputs, outputs, weighting=None):
    """The cut of a model, its shared tensors by the shapes of a row, and variables by name."""
    model = MultiTaskModel(inputs, outputs)
    x = {name: np.ones((2, *x.shape[1:]), x.dtype) for name, x in inputs.items()}
    with tf.GradientTape(persistent=True) as tape, recording(model, tape) as record:
        model(x, training=True)
    variables = model.trainable_variables
    found = cut(record, model.tasks, variables, weighting or balancing.PCGrad())
    names = [v.path.split("/")[0] for v in variables]
    shapes = [tuple(tensor.shape[1:]) for tensor in found.tensors]
    below, above = ({names[i] for i in places} for places in (found.below, found.above))
    return shapes, below, above, [{names[i] for i in places} for places in found.own]


def heads(h, tasks=("a", "b")):
    return {task: Dense(1, name=task)(h[task] if isinstance(h, dict) else h) for task in tasks}


def x_input(width=3):
    return {"x": keras.Input((width,), name="x")}


def test_tasks_part_at_the_output_of_the_last_shared_layer():
    inputs = x_input()
    h = Dense(5, name="second")(Dense(4, name="first")(inputs["x"]))
    assert cut_of(inputs, heads(h)) == ([(5,)], {"first", "second"}, set(), [{"a"}, {"b"}])


def test_a_shared_bottom_is_below_and_a_mixture_of_experts_above():
    inputs = x_input()
    h = Dense(4, name="encoded")(inputs["x"])
    bottom = mtl.trunks.SharedBottom((6, 5), tasks=["a", "b"], name="trunk")
    shapes, below, above, own = cut_of(inputs, heads(bottom(h)))
    assert (shapes, below, above, own) == ([(5,)], {"encoded", "trunk"}, set(), [{"a"}, {"b"}])
    mixture = mtl.trunks.MMoE(num_experts=2, units=(5,), tasks=["a", "b"], name="trunk")
    shapes, below, above, own = cut_of(inputs, heads(mixture(h)))
    # The answers of the experts, told from within, `(experts, batch_size, units)`.
    assert (shapes, below, above, own) == ([(2, 5)], {"encoded"}, {"trunk"}, [{"a"}, {"b"}])
    # What an aggregator makes of gradients goes down from a cut that nothing goes around.
    shapes, below, above, own = cut_of(inputs, heads(mixture(h)), balancing.GradDrop())
    assert (shapes, below, above, own) == ([(4,)], {"encoded"}, {"trunk"}, [{"a"}, {"b"}])


def test_the_last_layer_for_all_tasks_tells_where_they_part():
    inputs = x_input()
    first = mtl.trunks.MMoE(num_experts=2, units=(5,), tasks=["a", "b"], name="first")
    second = mtl.trunks.PLE(units=(6,), tasks=["a", "b"], name="second")
    h = first(inputs["x"])
    shapes, *_ = cut_of(inputs, heads(second(Concatenate()([h["a"], h["b"]]))))
    # Of two levels of two own experts a task and two shared ones, the last.
    assert [shape[-1] for shape in shapes] == [6]
    # Only one task goes through it.
    beside = mtl.trunks.MMoE(num_experts=2, units=(5,), tasks=["a"], name="beside")(h["a"])
    shapes, *_ = cut_of(inputs, heads({"a": beside["a"], "b": h["b"]}))
    assert shapes == [(2, 5)]


def test_an_input_may_be_what_tasks_share():
    inputs = x_input()
    trunk = mtl.trunks.MMoE(num_experts=2, units=(5,), tasks=["a", "b"], name="trunk")
    shapes, below, above, _ = cut_of(inputs, heads(trunk(inputs["x"])), balancing.GradDrop())
    assert (shapes, below, above) == ([(3,)], set(), {"trunk"})


def test_several_tensors_may_be_shared():
    inputs = x_input() | {"user": keras.Input((), dtype="int32", name="user")}
    users = mtl.encoders.Category(mtl.encoders.EmbeddingTable(rows=4, dim=2), name="users")
    h, u = Dense(4, name="h")(inputs["x"]), users(inputs["user"])
    outputs = {task: Dense(1, name=task)(Concatenate()([h, u])) for task in ("a", "b")}
    shapes, below, above, _ = cut_of(inputs, outputs)
    assert sorted(shapes) == [(2,), (4,)]
    assert (len(below), above) == (2, set())


def test_a_shortcut_around_a_shared_layer_moves_the_cut_in_front_of_it():
    inputs = x_input()
    first = Dense(4, name="first")(inputs["x"])
    second = Dense(5, name="second")(first)
    outputs = {"a": Dense(1, name="a")(second)}
    outputs["b"] = Dense(1, name="b")(Concatenate()([first, second]))
    assert cut_of(inputs, outputs) == ([(4,)], {"first"}, {"second"}, [{"a"}, {"b"}])


def test_a_task_that_reads_another_ones_answer_parts_before_it():
    inputs = x_input()
    h = Dense(4, name="h")(inputs["x"])
    a = Dense(1, name="a")(h)
    outputs = {"a": a, "b": Dense(1, name="b")(Concatenate()([h, a]))}
    shapes, below, above, own = cut_of(inputs, outputs)
    assert (shapes, below, above, own) == ([(4,)], {"h"}, {"a"}, [set(), {"b"}])


def test_what_some_tasks_share_beside_the_cut_is_above():
    inputs = x_input()
    h = Dense(4, name="h")(inputs["x"])
    g = Dense(2, name="g")(h)
    outputs = heads({"a": g, "b": g, "c": h}, ("a", "b", "c"))
    shapes, below, above, own = cut_of(inputs, outputs)
    assert (shapes, below, above, own) == ([(4,)], {"h"}, {"g"}, [{"a"}, {"b"}, {"c"}])


def test_variables_know_their_tasks():
    inputs = x_input()
    h = Dense(4, name="h")(inputs["x"])
    model = MultiTaskModel(inputs, heads(h))
    tasks = tasks_of_variables(graph_of(model))
    assert tasks[id(model.get_layer("h").kernel)] == {"a", "b"}
    assert tasks[id(model.get_layer("b").bias)] == {"b"}


def test_refuses_models_without_a_shared_representation():
    inputs = x_input() | {"z": keras.Input((3,), name="z")}
    h = Dense(4, name="h")(inputs["x"])
    outputs = {**heads(h), "c": Dense(1, name="c")(inputs["z"])}
    model = MultiTaskModel(inputs, outputs)
    model.compile("sgd", loss="mse", weighting=balancing.PCGrad(), run_eagerly=True)
    ones = np.ones((2, 3), "float32")
    data = {"x": ones, "z": ones}, dict.fromkeys("abc", ones[:, 0])
    with pytest.raises(ValueError, match=r"no tensor of it is part of all tasks.*scope=\"param"):
        model.train_on_batch(*data)
    weighting = balancing.PCGrad(scope="parameters")
    model.compile("sgd", loss="mse", weighting=weighting, run_eagerly=True)
    assert np.isfinite(model.train_on_batch(*data)[0])
