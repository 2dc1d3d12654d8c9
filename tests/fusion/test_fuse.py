"""Formulas on tensors and on arrays: one walk, two sets of operations."""

import random

import keras
import numpy as np
import pytest
import tensorflow as tf

from mtlkeras.fusion import Score, fuse, fuse_arrays, usable_score
from mtlkeras.specs import DataSpec, Formula, FormulaError, FormulaScore
from mtlkeras.specs._formula_reader import _BINARY
from mtlkeras.specs._formula_tree import FUNCTIONS

ROWS = 64
NUMPY = {
    "clip": np.clip,
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    **{n: getattr(np, n) for n in FUNCTIONS if n not in ("clip", "sigmoid")},
}


@pytest.fixture(scope="module")
def answers():
    rng = np.random.default_rng(0)
    mood = rng.dirichlet([1, 1, 1], ROWS)
    return {
        "click": rng.uniform(0.01, 1, ROWS).astype("float32"),
        "buy": rng.uniform(0.01, 1, (ROWS, 1)).astype("float32"),
        "price": rng.lognormal(2, 1, ROWS).astype("float32"),
        "mood": mood.astype("float32"),
        "stars": mood.astype("float32"),
    }


CLASSES = {"mood": ["bad", "so so", "good"], "stars": [1, 2, 5]}


def made_up(generator, depth):
    """A random formula that is finite on the answers."""
    if not depth or generator.random() < 0.2:
        return generator.choice(["click", "buy", "price", "2", "0.3", "stars", 'mood["so so"]'])
    inner = [made_up(generator, depth - 1) for _ in range(3)]
    return generator.choice(
        [
            f"({inner[0]} + {inner[1]})",
            f"{inner[0]} - {inner[1]}",
            f"({inner[0]}) * ({inner[1]})",
            f"({inner[0]}) / (1 + abs({inner[1]}))",
            f"-({inner[0]})",
            f"(1 + abs({inner[0]})) ** minimum(maximum({inner[1]}, -2), 2)",
            f"log(1 + abs({inner[0]}))",
            f"log1p(abs({inner[0]}))",
            f"exp(clip({inner[0]}, -3, 3))",
            f"sqrt(abs({inner[0]}))",
            f"sigmoid(clip({inner[0]}, -9, 9))",
            f"maximum({inner[0]}, {inner[1]})",
        ]
    )


def oracle(text, answers):
    """What numpy makes of the same text, in float64; Python reads it itself."""
    values = {name: value.astype("float64").reshape(ROWS, -1) for name, value in answers.items()}
    names = {n: values[n][:, 0] for n in ("click", "buy", "price")}
    names["stars"] = values["stars"] @ [1, 2, 5]
    names["mood"] = dict(zip(CLASSES["mood"], values["mood"].T, strict=True))
    return eval(text, {"__builtins__": {}, **NUMPY, **names})


def test_random_formulas_equal_numpy_in_both_worlds(answers):
    generator = random.Random(1)
    texts = [made_up(generator, 3) + " + 0 * click" for _ in range(80)]
    for text in texts:
        formula, expected = Formula.parse(text), oracle(text, answers)
        tensor, array = fuse(formula, answers, CLASSES), fuse_arrays(formula, answers, CLASSES)
        assert tensor.dtype == "float32"
        assert array.dtype == np.float32
        scale = 1e-5 * max(1, np.abs(expected).max())
        np.testing.assert_allclose(tensor, expected, rtol=2e-4, atol=scale, err_msg=text)
        np.testing.assert_allclose(array, expected, rtol=2e-4, atol=scale, err_msg=text)
    for word in (*FUNCTIONS, "**", "/"):
        assert any(word in text for text in texts), word


def test_every_operation_is_there_in_both_worlds():
    from mtlkeras.fusion._operations import ARRAYS, TENSORS

    operations = {*_BINARY.values(), "negative", *FUNCTIONS}
    assert operations == set(ARRAYS) == set(TENSORS)


def test_an_ordinal_task_stands_for_the_expected_class():
    answers = {"size": np.array([[0.5, 0.25, 0.25]]), "stars": np.array([[0.5, 0.25, 0.25]])}
    classes = {"size": ["s", "m", "l"], "stars": [1, 3, 5]}
    both = [
        [float(work(Formula.parse(text), answers, classes)[0]) for work in (fuse, fuse_arrays)]
        for text in ("stars", "size", 'size["m"]', "stars[5] + stars['1']")
    ]
    assert both == [[2.5, 2.5], [0.75, 0.75], [0.25, 0.25], [0.75, 0.75]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("click ** -1", [np.inf, 2.0]),
        ("log(click)", [-np.inf, np.log(0.5)]),
        ("1 / click", [np.inf, 2.0]),
        ("-1 / click", [-np.inf, -2.0]),
        ("click / click", [np.nan, 1.0]),
        ("sqrt(click - 0.25)", [np.nan, 0.5]),
        ("exp(400 * click)", [1.0, np.inf]),
        ("click ** 0", [1.0, 1.0]),
        ("log(click + 1e-6)", [np.log(1e-6), np.log(0.500001)]),
        ("log(sigmoid(-80 + 0 * click))", [-80.0, -80.0]),
    ],
)
def test_what_is_undefined_follows_ieee_754(text, expected):
    answers = {"click": np.array([0.0, 0.5], "float32")}
    formula = Formula.parse(text)
    np.testing.assert_allclose(fuse_arrays(formula, answers), expected, rtol=1e-5)
    np.testing.assert_allclose(fuse(formula, answers), expected, rtol=1e-5)


@pytest.mark.parametrize("work", [fuse, fuse_arrays])
def test_names_without_an_answer_are_refused(work, answers):
    with pytest.raises(ValueError, match=r"names 'clik', but there are .*Did you mean 'click'\?"):
        work(Formula.parse("clik * 2"), answers)
    with pytest.raises(ValueError, match=r"'mood' should have the class 'god'.*mean 'good'\?"):
        work(Formula.parse('mood["god"]'), answers, CLASSES)
    with pytest.raises(ValueError, match=r"'mood'.*It has no classes that are known"):
        work(Formula.parse('mood["good"]'), answers)
    with pytest.raises(ValueError, match=r"'mood' has 3 probabilities a row.*mood\[\"class\"\]"):
        work(Formula.parse("mood * 2"), answers)


def test_the_layer_is_saved_compiled_and_takes_any_policy(tmp_path, answers):
    inputs = {name: keras.Input(a.shape[1:], name=name) for name, a in answers.items()}
    layer = Score('click ** 0.3 * buy * mood["good"] * stars', CLASSES, name="rank",
                   dtype="mixed_bfloat16")  # fmt: skip
    model = keras.Model(inputs, {"rank": layer(inputs)})
    assert layer.get_config()["formula"].startswith("click ** 0.3")
    expected = oracle('click ** 0.3 * buy * mood["good"] * stars', answers)
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    for one in (model, loaded):
        found = one(answers)["rank"]
        assert found.dtype == "float32"
        np.testing.assert_allclose(found, expected, rtol=1e-5)
    compiled = tf.function(layer, jit_compile=True)
    tensors = {name: tf.constant(a) for name, a in answers.items()}
    np.testing.assert_allclose(compiled(tensors), expected, rtol=1e-5)
    assert layer({name: a[:0] for name, a in answers.items()}).shape == (0,)
    assert not layer.weights


def test_the_layer_has_the_gradient_of_its_formula():
    click = tf.constant([0.25])
    with tf.GradientTape() as tape:
        tape.watch(click)
        score = Score("click ** 0.5")({"click": click})
    np.testing.assert_allclose(tape.gradient(score, click), [1.0], rtol=1e-6)


def test_a_layer_of_a_wrong_formula_is_refused_at_once():
    with pytest.raises(FormulaError, match="expected 1 argument of log"):
        Score("log(click, 2)")


SPEC = {
    "name": "shop",
    "features": {"price": {"type": "number"}},
    "tasks": {"click": {"type": "binary"}, "buy": {"type": "binary"}},
}


def test_the_score_that_belongs_to_a_model():
    plain = DataSpec.from_dict(SPEC)
    own = DataSpec.from_dict({**SPEC, "score": "click"})

    class Model:
        score = FormulaScore(formula="buy", name="rank")

    assert usable_score(None, plain) is None
    assert usable_score(None, own).formula == "click"
    assert usable_score(Model, own).formula == "buy"
    assert usable_score(Model, own, "click * price").formula == "click * price"
    with pytest.raises(FormulaError, match=r"got 'clik' at character 1; did you mean 'click'\?"):
        usable_score(None, own, "clik")
    with pytest.raises(ValueError, match=r"should be a formula or a FormulaScore. Received 3"):
        usable_score(None, own, 3)
    learned = DataSpec.from_dict({**SPEC, "score": {"target": "buy", "of": ["click"]}})
    with pytest.raises(ValueError, match=r"learned from 'buy' and has not been fitted.*fit_score"):
        usable_score(None, learned)
