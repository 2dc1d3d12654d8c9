from types import SimpleNamespace

import numpy as np
import pytest
import tensorflow as tf
from sklearn import metrics as sk

from mtlkeras.heads import Multiclass
from mtlkeras.specs import MulticlassTask

NAMES = ["a", "b", "c", "d"]


def test_untrained_head_answers_the_shares_of_the_classes():
    head = Multiclass(["a", "b", "c"], counts=[97, 0, 0])
    p = head(np.zeros((2, 4), "float32"))
    np.testing.assert_allclose(p[0], [0.98, 0.01, 0.01], rtol=1e-5)


def test_loss_is_the_weighted_mean_cross_entropy():
    y = np.array([0, 2, 1], "int32")
    p = np.array([[0.5, 0.3, 0.2], [0.1, 0.1, 0.8], [0.2, 0.2, 0.6]], "float32")
    w = np.array([1.0, 3.0, 0.0], "float32")
    loss = Multiclass(3).loss()(y, p, sample_weight=w)
    np.testing.assert_allclose(loss, -(np.log(0.5) + 3 * np.log(0.8)) / 4, rtol=1e-5)


def test_label_smoothing_spreads_a_share_over_all_classes():
    p = np.array([[0.5, 0.3, 0.2]], "float32")
    loss = Multiclass(3, label_smoothing=0.3).loss()(np.array([0]), p)
    target = np.array([0.7 + 0.1, 0.1, 0.1])
    np.testing.assert_allclose(loss, -(target * np.log(p[0])).sum(), rtol=1e-5)


@pytest.mark.parametrize("label_smoothing", [0.0, 0.1])
def test_gradient_survives_where_a_probability_is_rounded_to_0(label_smoothing):
    head = Multiclass(2, tower=(), label_smoothing=label_smoothing, name="x")
    head.build((None, 1))
    head.out.set_weights([np.array([[80.0, -80.0]], "float32"), np.zeros(2, "float32")])
    h = tf.constant([[1.0]])
    with tf.GradientTape() as tape:
        tape.watch(h)
        loss = head.loss()(tf.constant([1]), head(h))
    share = 1 - label_smoothing / 2
    np.testing.assert_allclose(loss, 160.0 * share, rtol=1e-5)
    np.testing.assert_allclose(tape.gradient(loss, h), [[160.0 * share]], rtol=1e-5)


def test_serves_scores_their_names_and_the_best_name():
    head = Multiclass(NAMES, name="kind")
    p = tf.constant([[0.1, 0.2, 0.6, 0.1], [0.7, 0.1, 0.1, 0.1]])
    served = head.served(p)
    assert list(served) == ["kind", "kind_classes", "kind_class"]
    np.testing.assert_array_equal(served["kind"], p)
    assert served["kind_classes"].numpy().tolist() == [[b"a", b"b", b"c", b"d"]] * 2
    assert served["kind_class"].numpy().tolist() == [b"c", b"a"]


def test_numbers_are_served_as_strings():
    served = Multiclass([10, 20], name="kind").served(tf.constant([[0.1, 0.9]]))
    assert served["kind_class"].numpy().tolist() == [b"20"]


def test_metrics_agree_with_scikit_learn():
    rng = np.random.default_rng(0)
    y = rng.integers(0, 4, 300).astype("int32")
    p = rng.dirichlet(np.ones(4), 300) + 0.5 * np.eye(4)[y] * rng.integers(0, 2, (300, 1))
    p = (p / p.sum(1, keepdims=True)).astype("float32")
    w = rng.choice([0.0, 1.0, 2.5], 300).astype("float32")
    results = {}
    for metric in Multiclass(NAMES).weighted_metrics():
        for part in np.array_split(np.arange(300), 3):
            metric.update_state(y[part], p[part], sample_weight=w[part])
        results[metric.name] = float(metric.result())
    best = p.argmax(1)
    assert results == {
        "accuracy": pytest.approx(sk.accuracy_score(y, best, sample_weight=w), rel=1e-5),
        "top_k": pytest.approx(sk.top_k_accuracy_score(y, p, k=3, sample_weight=w), rel=1e-5),
        "macro_f1": pytest.approx(sk.f1_score(y, best, average="macro", sample_weight=w), rel=1e-5),
        "log_loss": pytest.approx(
            sk.log_loss(y, p.astype("float64"), sample_weight=w, labels=range(4)), rel=1e-4
        ),
    }


def test_top_k_is_left_out_where_it_is_certain():
    assert "top_k" not in {metric.name for metric in Multiclass(3).weighted_metrics()}


def test_is_made_from_a_task_and_its_labels():
    labels = SimpleNamespace(
        classes=("x", "y"), counts=(3, 1), class_weights=(1.0, 3.0), mean=0.0, rows=4
    )
    task = MulticlassTask(type="multiclass", label_smoothing=0.1)
    head = Multiclass.for_task("kind", task, labels, tower=(4,))
    assert (head.name, head.classes, head.tower) == ("kind", ("x", "y"), (4,))
    assert (head.counts, head.label_smoothing) == ([3.0, 3.0], 0.1)


@pytest.mark.parametrize("classes", [["a"], 1, ["a", "a"], "ab"])
def test_refuses_classes_that_are_not_two_or_more(classes):
    with pytest.raises(ValueError, match="Multiclass: classes must be a list of two or more diff"):
        Multiclass(classes)


def test_refuses_counts_of_other_classes():
    with pytest.raises(
        ValueError, match=r"Multiclass: counts must have one number for each of the 3 classes"
    ):
        Multiclass(3, counts=[1, 2])


def test_class_weights_are_taken_off_where_that_is_asked_for():
    labels = SimpleNamespace(classes=("x", "y"), counts=(298, 98), class_weights=(1.0, 3.0))
    head = Multiclass.for_task("kind", MulticlassTask(calibrated=True), labels, tower=())
    h = np.zeros((1, 3), "float32")
    # One more row a class: 299 and 295 in training, and 299 beside 295 / 3.
    np.testing.assert_allclose(head(h, training=True), [[299 / 594, 295 / 594]], rtol=1e-5)
    corrected = np.array([299, 295 / 3])
    np.testing.assert_allclose(head(h), [corrected / corrected.sum()], rtol=1e-5)


def test_focal_loss_is_that_of_the_task():
    labels = SimpleNamespace(classes=("x", "y"), counts=(3, 1), class_weights=None)
    loss = Multiclass.for_task("kind", MulticlassTask(focal_gamma=1.0), labels).loss()
    found = loss(np.array([0]), np.array([[0.7, 0.3]], "float32"))
    np.testing.assert_allclose(found, -0.3 * np.log(0.7), rtol=1e-5)
