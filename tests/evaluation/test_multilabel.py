import numpy as np
import pytest
from sklearn import metrics as oracle

from mtlkeras.evaluation import multilabel


@pytest.fixture
def rows():
    rng = np.random.default_rng(2)
    y = rng.integers(0, 2, (300, 4))
    p = np.round(np.clip(0.3 * y + rng.uniform(0, 0.7, (300, 4)), 0, 1), 2)
    return y, p, rng.integers(0, 3, 300).astype(float)


def test_equals_sklearn_with_weights(rows):
    y, p, weight = rows
    answer = (p > 0.5).astype(int)
    per_class = [oracle.log_loss(y[:, c], p[:, c], sample_weight=weight) for c in range(4)]
    expected = {
        "auc": oracle.roc_auc_score(y, p, average="macro", sample_weight=weight),
        "pr_auc": oracle.average_precision_score(y, p, average="macro", sample_weight=weight),
        "micro_f1": oracle.f1_score(y, answer, average="micro", sample_weight=weight),
        "macro_f1": oracle.f1_score(y, answer, average="macro", sample_weight=weight),
        "log_loss": np.mean(per_class),
        "accuracy": np.mean(np.average(y == answer, axis=0, weights=weight)),
    }
    found = {name: metric(y, p, weight) for name, metric in multilabel.METRICS.items()}
    assert found == pytest.approx(expected, abs=1e-9)


def test_classes_without_both_values_leave_the_macro_average():
    y = np.array([[0, 1], [1, 1]])
    p = np.array([[0.1, 0.9], [0.9, 0.1]])
    assert multilabel.auc(y, p) == 1.0
    assert np.isnan(multilabel.auc(y[:, 1:], p[:, 1:]))


@pytest.mark.parametrize("name", list(multilabel.METRICS))
def test_no_rows_are_undefined(name):
    assert np.isnan(multilabel.METRICS[name](np.zeros((0, 2)), np.zeros((0, 2))))


def test_labels_need_the_columns_of_the_predictions():
    with pytest.raises(ValueError, match=r"one column a class each.*\(2, 2\) and \(2, 3\)"):
        multilabel.auc(np.zeros((2, 2)), np.zeros((2, 3)))
