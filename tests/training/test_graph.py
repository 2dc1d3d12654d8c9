import keras

from mtlkeras.training._graph import forward_graph


def top(graph):
    return {node.name.split("/")[0] for node in graph.node}


def test_inputs_layers_and_tasks_stand_at_the_top(make_model):
    graph = forward_graph(make_model())
    layers = {"item_table", "concatenate", "trunk", "click", "dwell"}
    assert top(graph) == {"item", "x", "outputs"} | layers
    nodes = {node.name: node for node in graph.node}
    assert nodes["outputs/click"].input[0].split("/")[0] == "click"
    assert nodes["outputs/dwell"].input[0].split("/")[0] == "dwell"


def test_every_edge_leads_to_a_node(make_model):
    graph = forward_graph(make_model())
    names = {node.name for node in graph.node}
    assert {edge.split(":")[0] for node in graph.node for edge in node.input} <= names


def test_numbered_layers_keep_their_numbers():
    x = keras.Input((2,), name="x")
    h = keras.layers.Dense(2, name="dense")(x)
    h = keras.layers.Dense(2, name="dense_1")(h)
    graph = forward_graph(keras.Model(x, keras.layers.Dense(1, name="price")(h)))
    assert top(graph) == {"x", "dense", "dense_1", "price", "outputs"}
    edges = {node.name: list(node.input) for node in graph.node}
    assert "dense/" in str(edges["dense_1/MatMul"])


def test_many_inputs_are_folded():
    inputs = {f"f{i}": keras.Input((1,), name=f"f{i}") for i in range(10)}
    shared = keras.layers.Dense(2, name="shared")
    encoded = [keras.layers.Dense(2, name=f"{n}_code")(x) for n, x in list(inputs.items())[3:]]
    encoded += [shared(inputs["f1"]), shared(inputs["f2"])]
    h = keras.layers.Concatenate(name="encoded")([inputs["f0"], *encoded])
    graph = forward_graph(keras.Model(inputs, {"buy": keras.layers.Dense(1, name="buy")(h)}))
    assert top(graph) == {"features", "encoded", "buy", "outputs"}
    names = {node.name for node in graph.node}
    assert {"features/f0", "features/f3", "features/f3_code/MatMul"} <= names
    assert {edge.split(":")[0] for node in graph.node for edge in node.input} <= names
