from types import SimpleNamespace

import numpy as np
import pytest
import tensorflow as tf
from sklearn import metrics as sk

from mtlkeras.heads import Ordinal
from mtlkeras.heads._median_class import median_class
from mtlkeras.heads._ordinal import MIN_GAP
from mtlkeras.specs import OrdinalTask


def linear(bias, raw_gaps):
    head = Ordinal(len(raw_gaps) + 2, tower=(), name="stars")
    head.build((None, 1))
    head.out.set_weights([np.ones((1, 1), "float32"), np.array([bias], "float32")])
    head.gaps.assign(raw_gaps)
    return head


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def test_is_proportional_odds():
    head = linear(0.5, [0.3, -1.0])
    p = head(np.array([[0.7]], "float32")).numpy()[0]
    gaps = np.log1p(np.exp([0.3, -1.0])) + MIN_GAP
    thresholds = np.array([0.0, gaps[0], gaps.sum()])
    cumulative = np.append(sigmoid(thresholds - 0.7 - 0.5), 1.0)
    np.testing.assert_allclose(p, np.diff(cumulative, prepend=0.0), rtol=1e-5)


def test_untrained_head_answers_the_shares_of_the_classes():
    head = Ordinal([1, 2, 3, 4, 5], counts=[9, 19, 0, 29, 38])
    p = head(np.zeros((1, 4), "float32"))
    np.testing.assert_allclose(p[0], [0.1, 0.2, 0.01, 0.3, 0.39], rtol=1e-3)


def test_two_classes_are_a_logistic_regression():
    head = linear(0.0, [])
    np.testing.assert_allclose(
        head(np.array([[2.0]], "float32")), [[sigmoid(-2.0), sigmoid(2.0)]], rtol=1e-5
    )


def test_a_higher_score_is_never_a_lower_class():
    head = linear(0.0, [0.1, 0.1, 0.1])
    p = head(np.linspace(-9, 9, 50, dtype="float32")[:, None]).numpy()
    assert (np.diff(np.cumsum(p, axis=1)[:, :-1], axis=0) < 0).all()
    np.testing.assert_allclose(p.sum(1), 1.0, rtol=1e-5)


@pytest.mark.parametrize("score", [-80.0, 80.0])
def test_loss_and_gradient_survive_far_from_the_thresholds(score):
    head = linear(0.0, [0.0, 0.0])
    h = tf.constant([[score]])
    with tf.GradientTape() as tape:
        tape.watch(h)
        loss = head.loss()(tf.constant([1]), head(h))
    gap = np.log(2) + MIN_GAP
    # -log(sigmoid(gap - h) - sigmoid(-h)) tends to |h| - log(|exp(gap) - 1|) and its mirror.
    expected = 80.0 - np.log(np.expm1(gap)) if score > 0 else 80.0 - np.log(-np.expm1(-gap))
    np.testing.assert_allclose(loss, expected, rtol=1e-5)
    np.testing.assert_allclose(tape.gradient(loss, h), [[np.sign(score)]], rtol=1e-4)


def test_thresholds_keep_their_order_whatever_the_weights():
    head = linear(0.0, [-200.0, 3.0])
    p = head(np.array([[0.0]], "float32")).numpy()
    assert (p > 0).all()


def test_median_class_is_the_first_with_half_of_the_probability():
    p = np.array([[0.5, 0.5, 0.0], [0.4, 0.2, 0.4], [0.1, 0.1, 0.8]], "float32")
    assert median_class(p).numpy().tolist() == [0, 1, 2]


def test_metrics_are_those_of_the_median_class():
    rng = np.random.default_rng(0)
    y = rng.integers(0, 4, 200).astype("int32")
    p = rng.dirichlet(np.ones(4), 200).astype("float32")
    w = rng.choice([0.0, 1.0, 2.0], 200).astype("float32")
    median = (np.cumsum(p, axis=1) >= 0.5).argmax(1)
    results = {}
    for metric in Ordinal(4).weighted_metrics():
        metric.update_state(y, p, sample_weight=w)
        results[metric.name] = float(metric.result())
    assert results == {
        "mae": pytest.approx(sk.mean_absolute_error(y, median, sample_weight=w), rel=1e-5),
        "accuracy": pytest.approx(sk.accuracy_score(y, median, sample_weight=w), rel=1e-5),
        "log_loss": pytest.approx(
            sk.log_loss(y, p.astype("float64"), sample_weight=w, labels=range(4)), rel=1e-4
        ),
    }


def test_serves_the_median_class():
    p = tf.constant([[0.4, 0.2, 0.4]])
    served = Ordinal([1, 2, 3], name="stars").served(p)
    assert list(served) == ["stars", "stars_classes", "stars_class"]
    assert served["stars_class"].numpy().tolist() == [b"2"]


def test_is_made_from_a_task_and_its_labels():
    labels = SimpleNamespace(classes=(1, 2), counts=(3, 1), class_weights=None)
    head = Ordinal.for_task("stars", OrdinalTask(type="ordinal", classes=[1, 2]), labels)
    assert (head.classes, head.counts) == ((1, 2), [3, 1])
