import numpy as np
import pytest
from sklearn.metrics import f1_score

from mtlkeras.heads._macro_f1 import MacroF1


def test_classes_never_seen_do_not_count():
    y, best = np.array([0, 1, 1, 3]), np.array([0, 1, 0, 1])
    metric = MacroF1(num_classes=6)
    metric.update_state(y, np.eye(6)[best])
    assert float(metric.result()) == pytest.approx(f1_score(y, best, average="macro"))


def test_several_labels_a_row():
    rng = np.random.default_rng(0)
    y, p = rng.integers(0, 2, (50, 3)), rng.uniform(size=(50, 3))
    w = rng.choice([0.0, 1.0, 3.0], 50)
    metric = MacroF1(num_classes=3, multilabel=True)
    metric.update_state(y, p, sample_weight=w)
    exact = f1_score(y, p > 0.5, average="macro", sample_weight=w)
    assert float(metric.result()) == pytest.approx(exact, rel=1e-5)


def test_is_0_without_rows():
    assert float(MacroF1(num_classes=3).result()) == 0.0
