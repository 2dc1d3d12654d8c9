import builtins

import numpy as np
import pandas as pd
import pytest
from rich.console import Console

from mtlkeras.evaluation import TaskAffinity

NAMES = ["buy", "click", "rating"]
VALUES = [[0.3, -0.1, 0.0002], [-0.2, 0.3, np.nan], [0.1, -0.1, 0.3]]


@pytest.fixture
def affinity():
    return TaskAffinity(pd.DataFrame(VALUES, NAMES, NAMES), 2, 0.01, 50)


def test_as_text(affinity):
    lines = str(affinity).splitlines()
    assert lines[0] == "Share of a task's loss that a step takes from it (50 batches)"
    assert lines[-1] == "Suggested groups: buy + rating, click"
    (line,) = [line for line in lines if line.strip().startswith("buy ")]
    assert line.split() == ["buy", "0.3000", "-0.1000", "2.00e-04"]
    assert "n/a" in str(affinity)
    assert repr(affinity) == str(affinity)


def test_in_a_console_and_a_notebook(affinity):
    console = Console(record=True, width=80, force_terminal=True)
    console.print(affinity)
    assert "Suggested groups: buy + rating, click" in console.export_text()
    html = affinity._repr_html_()
    assert "2.00e-04" in html
    assert "buy + rating, click" in html


def test_the_picture_has_tasks_of_a_group_beside_each_other(affinity, tmp_path):
    figure = affinity.plot(tmp_path / "affinity.png")
    axis = figure.axes[0]
    assert [t.get_text() for t in axis.get_yticklabels()] == ["buy", "rating", "click"]
    assert [t.get_text() for t in axis.texts][:3] == ["0.3000", "2.00e-04", "-0.1000"]
    frames = [(patch.get_xy(), patch.get_width()) for patch in axis.patches]
    assert frames == [((-0.5, -0.5), 2), ((1.5, 1.5), 1)]
    (image,) = axis.images
    # What a task does for itself has no colour; colours are even around 0.
    assert np.ma.getmaskarray(image.get_array()).diagonal().all()
    assert image.get_clim() == (-0.2, 0.2)
    assert (tmp_path / "affinity.png").read_bytes().startswith(b"\x89PNG")


def test_small_numbers_are_shown_in_one_power_of_ten(affinity):
    small = TaskAffinity(affinity.frame * 1e-4, 2, 0.01, 50)
    lines = str(small).splitlines()
    assert lines[0].endswith("takes from it, in units of 1e-05 (50 batches)")
    (line,) = [line for line in lines if line.strip().startswith("buy ")]
    assert line.split() == ["buy", "3.00", "-1.00", "0.00"]
    html = small._repr_html_()
    assert "in units of 1e-05" in html
    assert "-1.00" in html
    axis = small.plot().axes[0]
    assert axis.get_title() == "Affinity of tasks in units of 1e-05, and suggested groups"
    assert [t.get_text() for t in axis.texts][:3] == ["3.00", "0.00", "-1.00"]
    assert axis.images[0].get_clim() == pytest.approx((-2.0, 2.0))


def test_nothing_known_is_drawn_too(tmp_path):
    unknown = TaskAffinity(pd.DataFrame(np.full((2, 2), np.nan), ["a", "b"], ["a", "b"]), 1, 0.1, 1)
    assert unknown.plot().axes[0].texts[0].get_text() == "n/a"


def test_without_matplotlib(affinity, monkeypatch):
    real = builtins.__import__

    def refusing(name, *arguments, **settings):
        if name.startswith("matplotlib"):
            raise ImportError(name)
        return real(name, *arguments, **settings)

    monkeypatch.setattr(builtins, "__import__", refusing)
    with pytest.raises(ImportError, match=r"Run: pip install 'mtlkeras\[examples\]'"):
        affinity.plot()
