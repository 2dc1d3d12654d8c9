import numpy as np
import pytest

from mtlkeras.training import TensorBoard, plot_gradients
from mtlkeras.training._gradient_monitor import Sight


@pytest.fixture
def board(tmp_path):
    """A callback that has seen three tasks at three steps, one of them without a gradient."""
    board = TensorBoard(tmp_path, monitor_gradients=10)
    for step, share in ((10, 1.0), (20, 2.0), (40, 3.0)):
        weights = {"click": 1.0, "cart": share, "spend": 0.5}
        norms = {"click": 2.0, "cart": 10.0**share, "spend": 0.0}
        cosines = {("click", "cart"): -0.5, ("click", "spend"): np.nan, ("cart", "spend"): 0.25}
        board.monitor.sights.append(Sight(step, weights, norms, cosines))
    return board


def test_weights_and_norms_are_lines_and_cosines_a_heat_map(board, tmp_path):
    figure = plot_gradients(board, tmp_path / "gradients.png")
    assert (tmp_path / "gradients.png").read_bytes().startswith(b"\x89PNG")
    weights, norms, cosines = figure.axes[:3]
    lines = {line.get_label(): line for line in weights.lines}
    assert list(lines) == ["click", "cart", "spend"]
    assert lines["cart"].get_xydata().tolist() == [[10, 1], [20, 2], [40, 3]]
    assert norms.get_yscale() == "log"
    assert norms.lines[1].get_ydata().tolist() == [10, 100, 1000]
    (mesh,) = cosines.collections
    values = mesh.get_array()
    assert values.filled(9).tolist() == [[-0.5] * 3, [9] * 3, [0.25] * 3]
    names = [label.get_text() for label in cosines.get_yticklabels()]
    assert names == ["click · cart", "click · spend", "cart · spend"]
    # Columns meet in the middle between two looks.
    assert mesh.get_coordinates()[0, :, 0].tolist() == [2.5, 15, 30, 47.5]


def test_one_look_is_enough(board):
    del board.monitor.sights[1:]
    (line, *_) = plot_gradients(board).axes[0].lines
    assert line.get_marker() == "o"


def test_a_callback_that_has_seen_nothing_is_told(tmp_path):
    for interval in (None, 10):
        with pytest.raises(ValueError, match=r"that has seen none: pass it `monitor_gradients`"):
            plot_gradients(TensorBoard(tmp_path, monitor_gradients=interval))
