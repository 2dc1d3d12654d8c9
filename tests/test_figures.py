import builtins

import pytest

from mtlkeras._figures import finished, new_figure, panels


def test_panels_stand_three_in_a_row(tmp_path):
    figure, axes = panels(4, (2.0, 1.0), above=0.5)
    assert figure.axes == axes
    places = [axis.get_subplotspec() for axis in axes]
    assert [(place.rowspan.start, place.colspan.start) for place in places] == [
        (0, 0),
        (0, 1),
        (0, 2),
        (1, 0),
    ]
    assert figure.get_size_inches().tolist() == [6.0, 2.5]
    assert finished(figure, None) is figure
    assert finished(figure, tmp_path / "panels.png") is figure
    assert (tmp_path / "panels.png").read_bytes().startswith(b"\x89PNG")


def test_what_is_returned_is_not_shown_once_more():
    from matplotlib import pyplot

    panels(1)
    assert pyplot.get_fignums() == []


@pytest.mark.parametrize("what", ["Plots", "Pictures"])
def test_a_missing_matplotlib_says_what_to_install(what, monkeypatch):
    real = builtins.__import__

    def without(name, *arguments, **settings):
        if name.startswith("matplotlib"):
            raise ImportError(name)
        return real(name, *arguments, **settings)

    monkeypatch.setattr(builtins, "__import__", without)
    text = rf"{what} need matplotlib, which is .* Run: pip install 'mtlkeras\[examples\]'"
    with pytest.raises(ImportError, match=text):
        new_figure((1.0, 1.0), what=what)
