from types import SimpleNamespace

import numpy as np
import pytest
from sklearn import metrics as sk

from mtlkeras.heads import Multilabel
from mtlkeras.specs import MultilabelTask


def test_untrained_head_answers_the_base_rates():
    head = Multilabel(["a", "b"], base_rates=[0.2, 0.9])
    np.testing.assert_allclose(head(np.zeros((1, 4), "float32")), [[0.2, 0.9]], rtol=1e-5)


def test_loss_of_a_row_is_the_mean_over_classes():
    y = np.array([[1.0, 0.0], [0.0, 0.0]], "float32")
    p = np.array([[0.9, 0.4], [0.3, 0.3]], "float32")
    loss = Multilabel(2).loss()(y, p, sample_weight=np.array([2.0, 0.0], "float32"))
    np.testing.assert_allclose(loss, -(np.log(0.9) + np.log(0.6)) / 2, rtol=1e-5)


def test_metrics_agree_with_scikit_learn():
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, (200, 3)).astype("float32")
    p = np.clip(0.3 * y + rng.uniform(0.05, 0.65, (200, 3)), 0, 1).astype("float32")
    w = rng.choice([0.0, 1.0, 2.0], 200).astype("float32")
    results = {}
    for metric in Multilabel(["a", "b", "c"]).weighted_metrics():
        for part in np.array_split(np.arange(200), 3):
            metric.update_state(y[part], p[part], sample_weight=w[part])
        results[metric.name] = float(metric.result())

    def mean(metric, prediction):
        columns = zip(y.T, prediction.T, strict=True)
        return np.mean([metric(a, b, sample_weight=w) for a, b in columns])

    assert results == {
        "auc": pytest.approx(mean(sk.roc_auc_score, p), abs=3e-3),
        "pr_auc": pytest.approx(mean(sk.average_precision_score, p), abs=5e-3),
        "log_loss": pytest.approx(mean(sk.log_loss, p.astype("float64")), rel=1e-4),
        "accuracy": pytest.approx(mean(sk.accuracy_score, p > 0.5), rel=1e-5),
        "macro_f1": pytest.approx(mean(sk.f1_score, p > 0.5), rel=1e-5),
    }


def test_serves_names_beside_the_scores():
    served = Multilabel(["a", "b"], name="tags").served(np.array([[0.1, 0.9]], "float32"))
    assert list(served) == ["tags", "tags_classes"]
    assert served["tags_classes"].numpy().tolist() == [[b"a", b"b"]]


def test_is_made_from_a_task_and_its_labels():
    labels = SimpleNamespace(classes=("x", "y"), counts=(3, 1), rows=4, class_weights=None)
    task = MultilabelTask(type="multilabel", label_smoothing=0.1)
    head = Multilabel.for_task("tags", task, labels)
    assert head.base_rates == [0.75, 0.25]
    assert head.label_smoothing == 0.1


def test_refuses_base_rates_outside_0_and_1():
    with pytest.raises(ValueError, match="Multilabel: each of base_rates must lie between 0 and 1"):
        Multilabel(2, base_rates=[0.1, 7])


def test_class_weights_are_in_the_loss_and_off_the_answer():
    """Of 8 rows 2 have x and 6 have y: balanced, both kinds of rows weigh 4."""
    labels = SimpleNamespace(classes=("x", "y"), counts=(2, 6), rows=8, class_weights=(3.0, 1 / 3))
    head = Multilabel.for_task("tags", MultilabelTask(calibrated=True), labels, tower=())
    h = np.zeros((1, 3), "float32")
    np.testing.assert_allclose(head(h, training=True), [[0.5, 0.5]], rtol=1e-5)
    np.testing.assert_allclose(head(h), [[0.25, 0.75]], rtol=1e-5)
    p = np.array([[0.3, 0.6]], "float32")
    # 8 / (2 * 2) for a row with x, 8 / (2 * 2) for one without y.
    found = head.loss()(np.array([[1.0, 0.0]], "float32"), p)
    np.testing.assert_allclose(found, -(2 * np.log(0.3) + 2 * np.log(0.4)) / 2, rtol=1e-5)
    found = head.loss()(np.array([[0.0, 1.0]], "float32"), p)
    np.testing.assert_allclose(found, -(2 / 3) * (np.log(0.7) + np.log(0.6)) / 2, rtol=1e-5)


def test_focal_loss_is_the_mean_over_classes():
    labels = SimpleNamespace(classes=("x", "y"), counts=(1, 2), rows=4, class_weights=None)
    loss = Multilabel.for_task("tags", MultilabelTask(focal_gamma=2.0), labels).loss()
    found = loss(np.array([[1.0, 0.0]], "float32"), np.array([[0.9, 0.4]], "float32"))
    np.testing.assert_allclose(found, -(0.01 * np.log(0.9) + 0.16 * np.log(0.6)) / 2, rtol=1e-4)
