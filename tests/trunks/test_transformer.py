import numpy as np
import pytest
import tensorflow as tf

from mtlkeras.trunks import Transformer

RANDOM = np.random.default_rng(0)
TOKENS = RANDOM.normal(size=(3, 5, 4)).astype("float32")
MASK = np.array([[1, 1, 1, 1, 1], [1, 0, 0, 0, 0], [1, 1, 0, 1, 0]], bool)


def normalised(x):
    return (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + 1e-6)


def test_read_out_by_hand():
    trunk = Transformer(num_layers=0, num_heads=1, dim=2, tasks=["click", "buy"])
    trunk.build((None, None, 2))
    # Normalised tokens are (1, -1) and (-1, 1). The click query scores them alike; the buy query
    # is sqrt(2) log(2) / 2 on both axes' difference: scores log 2 and -log 2, so 4/5 and 1/5.
    query = np.sqrt(2) * np.log(2) / 2
    trunk.queries.assign([[0.0, query], [0.0, -query]])
    trunk.value_kernel.assign([[1.0, 0.0], [0.0, 10.0]])
    tokens = np.array([[[3.0, 1.0], [0.0, 5.0]]], "float32")
    outputs = trunk(tokens)
    np.testing.assert_allclose(outputs["click"], [[0.0, 0.0]], atol=1e-5)
    np.testing.assert_allclose(outputs["buy"], [[0.6, -6.0]], rtol=1e-5)
    only_first = trunk(tokens, mask=np.array([[True, False]]))
    np.testing.assert_allclose(only_first["click"], [[1.0, -10.0]], rtol=1e-5)


def test_read_out_equals_the_equation_head_by_head():
    trunk = Transformer(num_layers=0, num_heads=2, dim=4, tasks=["click", "buy"])
    outputs = trunk(TOKENS, mask=MASK)
    x = normalised(TOKENS)
    queries = trunk.queries.numpy().reshape(4, 2, 2)
    values = trunk.value_kernel.numpy()
    for index, task in enumerate(("click", "buy")):
        for row in range(3):
            own = x[row][MASK[row]]
            for head in range(2):
                score = np.exp(own @ queries[:, index, head] / 2)
                read = (score / score.sum()) @ own @ values[:, 2 * head : 2 * head + 2]
                np.testing.assert_allclose(
                    outputs[task][row, 2 * head : 2 * head + 2], read, rtol=1e-4, atol=1e-5
                )


def test_shared_layers_equal_private_ones_of_equal_weights():
    shared = Transformer(num_layers=2, num_heads=2, dim=4, tasks=["click", "buy"])
    private = Transformer(num_layers=1, task_layers=1, num_heads=2, dim=4, tasks=["click", "buy"])
    expected = shared(TOKENS, mask=MASK)
    private(TOKENS, mask=MASK)
    private.shared_blocks[0].set_weights(shared.shared_blocks[0].get_weights())
    for blocks in private.task_blocks.values():
        blocks[0].set_weights(shared.shared_blocks[1].get_weights())
    private.queries.assign(shared.queries)
    private.value_kernel.assign(shared.value_kernel)
    outputs = private(TOKENS, mask=MASK)
    for task in ("click", "buy"):
        np.testing.assert_allclose(outputs[task], expected[task], rtol=1e-5, atol=1e-6)


def test_a_task_does_not_train_the_layers_of_another():
    trunk = Transformer(num_layers=1, task_layers=1, num_heads=2, dim=4, tasks=["click", "buy"])
    trunk(TOKENS)
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(trunk(TOKENS)["click"] ** 2)
    own, other = (trunk.task_blocks[task][0].trainable_variables for task in ("click", "buy"))
    gradients = tape.gradient(loss, [*own, *other])
    assert all(np.any(g) for g in gradients[: len(own)])
    assert gradients[len(own) :] == [None] * len(other)


def test_order_of_tokens_does_not_matter():
    trunk = Transformer(num_layers=1, num_heads=2, dim=4, tasks=["click"])
    order = [3, 0, 4, 2, 1]
    np.testing.assert_allclose(
        trunk(TOKENS[:, order], mask=MASK[:, order])["click"],
        trunk(TOKENS, mask=MASK)["click"],
        rtol=1e-4,
        atol=1e-5,
    )


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"num_layers": -1}, "num_layers must be an integer of at least 0"),
        ({"task_layers": 0.5}, "task_layers must be an integer of at least 0"),
        ({"num_heads": 0}, "num_heads must be an integer of at least 1"),
        ({"dim": 0}, "dim must be an integer of at least 1"),
        ({"dim": 6, "num_heads": 4}, "num_heads must divide dim.*num_heads=4, dim=6"),
    ],
)
def test_refuses_bad_options(options, message):
    with pytest.raises(ValueError, match=f"Transformer: {message}"):
        Transformer(**options)


def test_refuses_tokens_of_another_width():
    trunk = Transformer(dim=8, tasks=["click"])
    with pytest.raises(ValueError, match=r"takes tokens \(batch_size, count, 8\).*set dim=4"):
        trunk(TOKENS)
