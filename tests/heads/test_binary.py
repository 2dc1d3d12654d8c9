from types import SimpleNamespace

import keras
import numpy as np
import pytest
import tensorflow as tf
from sklearn import metrics as sk

from mtlkeras.heads import Binary, MatrixFactorization
from mtlkeras.specs import BinaryTask


def linear(weight, bias, **kwargs):
    head = Binary(tower=(), name="click", **kwargs)
    head.build((None, len(weight)))
    head.out.set_weights([np.array(weight, "float32")[:, None], np.array([bias], "float32")])
    return head


def test_is_the_sigmoid_of_a_linear_score():
    head = linear([1.0, -2.0], 0.5)
    p = head(np.array([[1.0, 1.0], [2.0, 0.0]], "float32"))
    np.testing.assert_allclose(p, 1 / (1 + np.exp([[0.5], [-2.5]])), rtol=1e-6)


def test_untrained_head_answers_the_base_rate():
    head = Binary(base_rate=0.02, name="buy")
    p = head(np.zeros((3, 8), "float32"))
    np.testing.assert_allclose(p, 0.02, rtol=1e-5)


@pytest.mark.parametrize(("rate", "bias"), [(0.0, -13.8155), (1.0, 13.8155), (None, 0.0)])
def test_base_rates_without_log_odds_stay_finite(rate, bias):
    head = Binary(base_rate=rate)
    head.build((None, 4))
    np.testing.assert_allclose(head.out.bias, [bias], atol=1e-2)


def test_loss_is_the_weighted_mean_cross_entropy():
    y = np.array([1.0, 0.0, 1.0, 0.0], "float32")
    p = np.array([[0.9], [0.2], [0.3], [0.6]], "float32")
    w = np.array([1.0, 3.0, 0.5, 0.0], "float32")
    loss = Binary().loss()(y, p, sample_weight=w)
    expected = sk.log_loss(y, p[:, 0].astype("float64"), sample_weight=w)
    np.testing.assert_allclose(loss, expected, rtol=1e-5)


def test_label_smoothing_moves_targets_towards_one_half():
    p = np.array([[0.9]], "float32")
    loss = Binary(label_smoothing=0.2).loss()(np.array([1.0], "float32"), p)
    np.testing.assert_allclose(loss, -(0.9 * np.log(0.9) + 0.1 * np.log(0.1)), rtol=1e-5)


def test_gradient_survives_where_the_probability_is_rounded_to_1():
    head = linear([1.0], 0.0)
    h = tf.constant([[40.0]])
    with tf.GradientTape() as tape:
        tape.watch(h)
        p = head(h)
        loss = head.loss()(tf.constant([0.0]), p)
    assert float(p[0, 0]) == 1.0
    np.testing.assert_allclose(loss, 40.0, rtol=1e-6)
    np.testing.assert_allclose(tape.gradient(loss, h), [[1.0]], rtol=1e-6)


def test_serves_one_probability_a_row():
    head = linear([1.0], 0.0)
    served = head.served(head(np.array([[0.0], [1.0]], "float32")))
    assert list(served) == ["click"]
    np.testing.assert_allclose(served["click"], [0.5, 0.7310586], rtol=1e-6)


def test_is_made_from_a_task_and_its_labels():
    task = BinaryTask(type="binary", label_smoothing=0.1)
    head = Binary.for_task(
        "click", task, SimpleNamespace(mean=0.25, class_weights=None), tower=(8, 4)
    )
    assert head.name == "click"
    assert (head.tower, head.base_rate, head.label_smoothing) == ((8, 4), 0.25, 0.1)


def test_class_weights_move_the_base_rate():
    # One positive of weight 3 beside three negatives of weight 1.
    labels = SimpleNamespace(mean=0.25, class_weights=(1.0, 3.0))
    head = Binary.for_task("click", BinaryTask(type="binary"), labels)
    assert head.base_rate == pytest.approx(0.5)


def test_metrics_agree_with_scikit_learn():
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 400)
    p = np.clip(0.3 * y + rng.uniform(0.05, 0.65, 400), 0, 1).astype("float32")
    w = rng.choice([0.0, 1.0, 2.5], 400)
    results = {}
    for metric in Binary().weighted_metrics():
        for part in np.array_split(np.arange(400), 3):
            metric.update_state(
                y[part].astype("float32"), p[part, None], sample_weight=w[part].astype("float32")
            )
        results[metric.name] = float(metric.result())
    assert results == {
        "auc": pytest.approx(sk.roc_auc_score(y, p, sample_weight=w), abs=2e-3),
        "pr_auc": pytest.approx(sk.average_precision_score(y, p, sample_weight=w), abs=3e-3),
        "log_loss": pytest.approx(sk.log_loss(y, p.astype("float64"), sample_weight=w), rel=1e-4),
        "accuracy": pytest.approx(sk.accuracy_score(y, p > 0.5, sample_weight=w), rel=1e-5),
        "calibration": pytest.approx(np.average(p, weights=w) / np.average(y, weights=w), rel=1e-5),
    }


def test_refuses_shares_outside_0_and_1():
    with pytest.raises(
        ValueError, match=r"Binary: base_rate must lie between 0 and 1. Received: base_rate=1.2"
    ):
        Binary(base_rate=1.2)
    with pytest.raises(ValueError, match=r"Binary: label_smoothing must lie .* label_smoothing=-1"):
        Binary(label_smoothing=-1)


def test_output_is_float32_under_mixed_precision():
    head = Binary(name="click", dtype="mixed_bfloat16")
    p = head(np.ones((2, 4), "float32"))
    assert p.dtype == tf.float32
    assert head.out.kernel.dtype == "float32"
    assert keras.backend.standardize_dtype(head.hidden.stack[0].compute_dtype) == "bfloat16"


def test_left_out_negatives_and_class_weights_are_taken_off_the_answer():
    """King and Zeng: p' = p / (p + (1 - p) / w), w being 0.1 * 1 / 4."""
    task = BinaryTask(keep_negatives=0.1, calibrated=True)
    labels = SimpleNamespace(mean=0.02, class_weights=(1.0, 4.0))
    head = Binary.for_task("buy", task, labels, tower=())
    h = np.zeros((1, 3), "float32")
    # What training sees: 0.02 * 4 positives beside 0.98 * 0.1 negatives.
    sampled = 0.08 / (0.08 + 0.098)
    np.testing.assert_allclose(head(h, training=True), [[sampled]], rtol=1e-5)
    corrected = sampled / (sampled + (1 - sampled) * 40)
    np.testing.assert_allclose(head(h), [[corrected]], rtol=1e-5)
    # Which is the base rate, exactly.
    np.testing.assert_allclose(head(h), [[0.02]], rtol=1e-5)
    np.testing.assert_allclose(head.loss()(np.ones(1), head(h)), -np.log(0.02), rtol=1e-5)


def test_class_weights_alone_are_taken_off_where_that_is_asked_for():
    labels = SimpleNamespace(mean=0.25, class_weights=(1.0, 3.0))
    h = np.zeros((1, 3), "float32")
    for calibrated, answer in ((False, 0.5), (True, 0.25)):
        head = Binary.for_task("buy", BinaryTask(calibrated=calibrated), labels)
        np.testing.assert_allclose(head(h), [[answer]], rtol=1e-5)
        np.testing.assert_allclose(head(h, training=True), [[0.5]], rtol=1e-5)


def test_a_model_trained_on_left_out_negatives_answers_the_true_base_rate():
    rng = np.random.default_rng(0)
    y = (rng.random(2000) < 0.05).astype("float32")
    w = np.where((y == 0) & (np.arange(2000) % 10 > 0), 0.0, 1.0).astype("float32")
    task = BinaryTask(keep_negatives=float(w[y == 0].mean()))
    labels = SimpleNamespace(mean=0.5, class_weights=None)
    x = keras.Input((1,))
    model = keras.Model(x, Binary.for_task("buy", task, labels, tower=())(x))
    model.compile(keras.optimizers.SGD(2.0), loss=Binary().loss())
    x = np.zeros((2000, 1), "float32")
    model.fit(x, y, sample_weight=w, batch_size=2000, epochs=60, verbose=0)
    np.testing.assert_allclose(model.predict(x[:1], verbose=0), [[y.mean()]], rtol=1e-3)


def test_focal_gamma_0_is_the_stock_loss():
    assert type(Binary().loss()) is keras.losses.BinaryCrossentropy
    task = BinaryTask(focal_gamma=2.0)
    head = Binary.for_task("buy", task, SimpleNamespace(mean=0.25, class_weights=None))
    y, p = np.array([1.0], "float32"), np.array([[0.9]], "float32")
    np.testing.assert_allclose(head.loss()(y, p), -0.01 * np.log(0.9), rtol=1e-4)


def test_refuses_shifts_and_gammas_that_are_none():
    with pytest.raises(ValueError, match=r"Binary: prior_shift must have one finite .* 1 scores"):
        Binary(prior_shift=float("inf"))
    with pytest.raises(ValueError, match=r"Binary: focal_gamma must be at least 0. Received.*-1"):
        Binary(focal_gamma=-1)


def test_a_head_of_a_user_and_an_item_corrects_its_answers_too():
    head = MatrixFactorization("user", "item", dim=2, head=Binary(prior_shift=np.log(4.0)))
    sides = {side: np.ones((3, 4), "float32") for side in ("user", "item")}
    learned, answer = (p / (1 - p) for p in (head(sides, training=True), head(sides)))
    np.testing.assert_allclose(learned, 4 * answer, rtol=1e-5)
