import keras
import numpy as np
import pytest
import tensorflow as tf
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.compat.proto.graph_pb2 import GraphDef
from tensorboard.plugins.hparams import plugin_data_pb2

from mtlkeras.training import TensorBoard
from mtlkeras.training._histograms import histograms
from mtlkeras.trunks import HMoE, MMoE, OMoE


def events(path):
    accumulator = EventAccumulator(str(path), size_guidance={"tensors": 0})
    accumulator.Reload()
    return accumulator


def points(path, tag):
    found = events(path).Tensors(tag)
    return [e.step for e in found], [
        float(
            np.frombuffer(
                e.tensor_proto.tensor_content or np.float32(e.tensor_proto.float_val), np.float32
            )[0]
        )
        for e in found
    ]


@pytest.fixture
def fitted(tmp_path, make_model, data):
    model = make_model(keras.optimizers.Adam(0.25))
    model.preprocessing = data.preprocessing
    board = TensorBoard(
        tmp_path,
        update_freq=4,
        histograms=True,
        hparams={"trunk": "dense", "units": (4,), "lr": 0.25},
    )
    history = model.fit(
        data.train, validation_data=data.validation, epochs=2, callbacks=[board], verbose=0
    ).history
    return tmp_path, history, model


def test_training_and_validation_share_a_chart(fitted):
    folder, history, _ = fitted
    names = {"click/auc", "click/loss", "dwell/mae", "dwell/loss", "overall/loss"}
    assert names <= set(events(folder / "train").Tags()["tensors"])
    assert names <= set(events(folder / "validation").Tags()["tensors"])
    # 6 steps an epoch: a point each 4 steps, and one at the end of each epoch.
    steps, values = points(folder / "train", "click/auc")
    assert steps == [4, 6, 8, 12]
    assert values[1::2] == pytest.approx([history["click_auc"][0], values[3]])
    assert values[3] == pytest.approx(history["click_auc"][1])
    steps, values = points(folder / "validation", "click/auc")
    assert steps == [6, 12]
    assert values == pytest.approx(history["val_click_auc"])


def test_steps_executed_at_once_are_counted_right(tmp_path, make_model, data):
    """6 steps an epoch, 4 at once: a point after 4 and at the end of each epoch."""
    model = make_model()
    model.steps_per_execution = 4
    model.fit(data.train, epochs=2, callbacks=[TensorBoard(tmp_path, update_freq=1)], verbose=0)
    assert points(tmp_path / "train", "overall/loss")[0] == [4, 6, 10, 12]


def test_the_learning_rate_is_drawn(fitted):
    steps, values = points(fitted[0] / "train", "overall/learning_rate")
    assert steps[-1] == 12
    assert values == pytest.approx([0.25] * len(steps))


def test_the_graph_is_the_forward_pass(fitted):
    graph = GraphDef.FromString(events(fitted[0] / "train").Graph().SerializeToString())
    assert {node.name.split("/")[0] for node in graph.node} >= {"item", "trunk", "click"}


def test_histograms_leave_out_embedding_tables(fitted):
    tags = events(fitted[0] / "train").Tags()["tensors"]
    assert "weights/trunk/kernel" in tags
    assert not [tag for tag in tags if "item_table" in tag]


def test_gates_of_experts_are_shown_on_a_sample(tmp_path, arrays):
    x = keras.Input((3,), name="x")
    shared = MMoE(2, (4,), tasks=["click", "dwell"], name="trunk")(x)
    outputs = {task: keras.layers.Dense(1, name=task)(h) for task, h in shared.items()}
    model = keras.Model({"x": x}, outputs)
    model.compile(loss="mse")
    features, labels, _ = arrays
    rows = {"x": features["x"]}
    board = TensorBoard(tmp_path, histograms=True, sample={"x": features["x"][:5]})
    model.fit(rows, labels, callbacks=[board], verbose=0)
    accumulator = events(tmp_path / "train")
    buckets = tf.make_ndarray(accumulator.Tensors("gates/click")[0].tensor_proto)
    # 5 rows, 2 experts: ten weights between 0 and 1.
    assert buckets[:, 2].sum() == 10
    assert 0 <= buckets[0, 0] <= buckets[-1, 1] <= 1
    assert "gates/dwell" in accumulator.Tags()["tensors"]


@pytest.mark.parametrize(
    ("trunk", "shown"),
    [
        (OMoE(2, (4,), tasks=["click"], name="trunk"), {"gates/all_tasks"}),
        (HMoE(2, (4,), tasks=["click"], num_scenarios=2, name="trunk"), set()),
    ],
    ids=["one gate", "no gates to see"],
)
def test_gates_of_other_kinds(trunk, shown):
    inputs = {"x": keras.Input((3,), name="x"), "s": keras.Input((), dtype="int32", name="s")}
    told = {"scenario": inputs["s"]} if getattr(trunk, "takes_scenario", False) else {}
    model = keras.Model(inputs, trunk(inputs["x"], **told))
    sample = {"x": np.ones((5, 3), "float32"), "s": np.zeros(5, "int32")}
    found = histograms(model, sample)
    assert {name for name in found if name.startswith("gates/")} == shown


def test_histograms_come_on_request_only(tmp_path, make_model, data):
    make_model().fit(data.train, callbacks=[TensorBoard(tmp_path)], verbose=0)
    tags = events(tmp_path / "train").Tags()["tensors"]
    assert "weights/trunk/kernel" not in tags
    assert not (tmp_path / "validation").exists()


def test_hyperparameters_are_a_session_that_ended_well(fitted):
    metadata = events(fitted[0]).summary_metadata
    content = {
        tag: plugin_data_pb2.HParamsPluginData.FromString(m.plugin_data.content)
        for tag, m in metadata.items()
    }
    start = content["_hparams_/session_start_info"].session_start_info
    assert start.hparams["trunk"].string_value == "dense"
    assert start.hparams["units"].string_value == "(4,)"
    assert start.hparams["lr"].number_value == 0.25
    assert content["_hparams_/session_end_info"].session_end_info.status == 1


def test_the_projector_finds_vectors_and_names(fitted):
    folder, _, model = fitted
    config = (folder / "train" / "projector_config.pbtxt").read_text()
    assert 'tensor_path: "item_table.tsv"' in config
    vectors = np.loadtxt(folder / "train" / "item_table.tsv", delimiter="\t")
    assert vectors == pytest.approx(model.get_layer("item_table").rows()[1:], rel=1e-5)
    names = (folder / "train" / "item_table_names.tsv").read_text().split("\n")
    assert names == ["[unknown]", "[missing]", "tea", "a b c", "(empty)", "#6", "#7", ""]


def test_large_tables_show_their_first_rows(tmp_path, make_model, data):
    make_model().fit(data.train, callbacks=[TensorBoard(tmp_path, projector_rows=3)], verbose=0)
    assert len((tmp_path / "train" / "item_table.tsv").read_text().splitlines()) == 3
    # Without a preprocessing, rows are numbered.
    assert (tmp_path / "train" / "item_table_names.tsv").read_text() == "#1\n#2\n#3\n"


def test_models_without_dicts_or_tables_are_fine(tmp_path):
    x = keras.Input((2,))
    model = keras.Model(x, keras.layers.Dense(1, name="price")(x))
    model.compile(loss="mse")
    model.fit(np.ones((4, 2)), np.ones(4), callbacks=[TensorBoard(tmp_path, 1)], verbose=0)
    assert "overall/loss" in events(tmp_path / "train").Tags()["tensors"]
    assert not (tmp_path / "train" / "projector_config.pbtxt").exists()


def test_several_steps_at_once_are_counted(tmp_path, make_model, data):
    model = make_model()
    model.steps_per_execution = 3
    model.fit(data.train, callbacks=[TensorBoard(tmp_path, update_freq=2)], verbose=0)
    assert points(tmp_path / "train", "overall/loss")[0] == [3, 6]


def test_the_stock_callback_works_as_well(tmp_path, make_model, data):
    make_model().fit(
        data.train,
        validation_data=data.validation,
        callbacks=[keras.callbacks.TensorBoard(str(tmp_path))],
        verbose=0,
    )
    assert "epoch_click_auc" in events(tmp_path / "train").Tags()["tensors"]
    assert "epoch_click_auc" in events(tmp_path / "validation").Tags()["tensors"]


def test_update_freq_is_checked(tmp_path):
    with pytest.raises(ValueError, match=r"`update_freq` should be at least 1. Received 0"):
        TensorBoard(tmp_path, update_freq=0)


def test_subclassed_models_have_no_graph_but_curves(tmp_path):
    class Price(keras.Model):
        def __init__(self):
            super().__init__(name="price")
            self.dense = keras.layers.Dense(1)

        def call(self, x):
            return self.dense(x)

    model = Price()
    model.compile(loss="mse")
    model.fit(np.ones((4, 2)), np.ones(4), callbacks=[TensorBoard(tmp_path, 1)], verbose=0)
    assert "overall/loss" in events(tmp_path / "train").Tags()["tensors"]


def test_later_epochs_begin_where_running_means_are_calm(tmp_path, make_model, arrays):
    data = tf.data.Dataset.from_tensor_slices(arrays).batch(4)
    make_model().fit(data, epochs=2, callbacks=[TensorBoard(tmp_path, 1)], verbose=0)
    # 24 steps an epoch: the second shows nothing before a tenth of them is done.
    steps, _ = points(tmp_path / "train", "overall/loss")
    assert steps == [*range(1, 25), *range(27, 49)]
