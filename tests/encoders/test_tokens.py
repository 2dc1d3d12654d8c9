import keras
import numpy as np
import pytest

from mtlkeras.encoders import Tokens

RANDOM = np.random.default_rng(0)
FEATURES = {
    "user": RANDOM.normal(size=(2, 3)).astype("float32"),
    "price": RANDOM.normal(size=(2, 1)).astype("float32"),
    "item": RANDOM.normal(size=(2, 3)).astype("float32"),
    "history": (
        RANDOM.normal(size=(2, 4, 5)).astype("float32"),
        np.array([[True, True, False, False], [False] * 4]),
    ),
}


def test_every_feature_has_a_projection_of_its_own():
    layer = Tokens(dim=6)
    tokens, mask = layer(FEATURES)
    assert layer.token_names == ("price", "item", "user", "history")
    weights = {v.name: v.numpy() for v in layer.weights}
    expected = [
        FEATURES["price"] @ weights["width_1_kernel"][0] + weights["width_1_bias"][0],
        FEATURES["item"] @ weights["width_3_kernel"][0] + weights["width_3_bias"][0],
        FEATURES["user"] @ weights["width_3_kernel"][1] + weights["width_3_bias"][1],
    ]
    np.testing.assert_allclose(tokens[:, :3], np.stack(expected, axis=1), rtol=1e-4, atol=1e-6)
    history = FEATURES["history"][0] @ weights["history_kernel"][0] + weights["history_bias"][0]
    np.testing.assert_allclose(tokens[:, 3:], history, rtol=1e-4, atol=1e-6)
    np.testing.assert_array_equal(mask[:, :3], np.ones((2, 3), bool))
    np.testing.assert_array_equal(mask[:, 3:], FEATURES["history"][1])


@pytest.mark.parametrize("names", [["price"], ["history"], ["item", "history"]])
def test_takes_vectors_or_sequences_or_both(names):
    tokens, mask = Tokens(dim=6)({name: FEATURES[name] for name in names})
    count = sum(4 if name == "history" else 1 for name in names)
    assert tokens.shape == (2, count, 6)
    assert mask.shape == (2, count)


def test_a_model_with_tokens_reloads(tmp_path):
    inputs = {
        "user": keras.Input((3,), name="user"),
        "price": keras.Input((1,), name="price"),
        "history": keras.Input((None, 5), name="history"),
        "mask": keras.Input((None,), dtype="bool", name="mask"),
    }
    features = {"user": inputs["user"], "price": inputs["price"]}
    tokens, mask = Tokens(dim=6)({**features, "history": (inputs["history"], inputs["mask"])})
    assert tokens.shape == (None, None, 6)
    assert (mask.shape, mask.dtype) == ((None, None), "bool")
    model = keras.Model(inputs, {"tokens": tokens, "mask": mask})
    model.save(tmp_path / "model.keras")
    reloaded = keras.models.load_model(tmp_path / "model.keras")
    x = {name: FEATURES[name] for name in ("user", "price")}
    x["history"], x["mask"] = FEATURES["history"]
    np.testing.assert_array_equal(reloaded(x)["tokens"], model(x)["tokens"])
    np.testing.assert_array_equal(reloaded(x)["mask"], model(x)["mask"])
    part = {name: array[:1, :2] if array.ndim == 3 or name == "mask" else array[:1]
            for name, array in x.items()}  # fmt: skip
    np.testing.assert_allclose(model(part)["tokens"], model(x)["tokens"][:1, :4], rtol=1e-6)


def test_projections_are_drawn_as_for_dense_layers_of_their_own():
    layer = Tokens(dim=50)
    layer({str(i): np.ones((1, 10), "float32") for i in range(40)})
    kernel = layer.weights[0].numpy()
    limit = (6 / (10 + 50)) ** 0.5
    assert 0.95 * limit < np.abs(kernel).max() <= limit


@pytest.mark.parametrize("dim", [0, 2.0, True])
def test_refuses_bad_dim(dim):
    with pytest.raises(ValueError, match=f"dim must be a positive integer. Received: dim={dim}"):
        Tokens(dim=dim)


def test_refuses_what_is_no_dict():
    with pytest.raises(ValueError, match=r"expected a dict of encoded features.*\(tokens, mask\)"):
        Tokens(dim=2)(np.ones((2, 3), "float32"))
