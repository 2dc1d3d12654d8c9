"""The notebook of small models: each learns, is short, and reloads to the same answers."""

import json
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf

NOTEBOOK = Path(__file__).parent.parent / "notebooks" / "02_eight_small_models.ipynb"
MODELS = range(1, 9)


def code_cells():
    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]


@pytest.fixture(scope="module")
def notebook():
    values = {}
    for cell in code_cells():
        exec(compile(cell, str(NOTEBOOK), "exec"), values)
    return values


def first_inputs(values, number):
    if f"data_{number}" in values:
        return next(iter(values[f"data_{number}"].test))[0]
    shapes = values[f"model_{number}"].input
    shapes = shapes if isinstance(shapes, dict) else {"only": shapes}
    batch = {
        name: tf.ones(
            [4, *(5 if size is None else size for size in tensor.shape[1:])], tensor.dtype
        )
        for name, tensor in shapes.items()
    }
    return batch.get("only", batch)


@pytest.mark.slow
@pytest.mark.parametrize("number", MODELS)
def test_a_small_model_learns(notebook, number):
    losses = notebook[f"history_{number}"].history["loss"]
    assert losses[-1] < 0.75 * losses[0]


@pytest.mark.slow
@pytest.mark.parametrize("number", MODELS)
def test_a_small_model_reloads_to_the_same_answers(notebook, number, tmp_path):
    model = notebook[f"model_{number}"]
    model.save(tmp_path / "model.keras")
    again = keras.models.load_model(tmp_path / "model.keras")
    inputs = first_inputs(notebook, number)
    expected, received = model(inputs), again(inputs)
    assert expected.keys() == received.keys()
    for task, output in expected.items():
        np.testing.assert_array_equal(output, received[task])


@pytest.mark.parametrize("number", MODELS)
def test_a_small_model_takes_at_most_ten_lines(number):
    [cell] = [cell for cell in code_cells() if f"model_{number}.fit" in cell]
    assert len([line for line in cell.splitlines() if line.strip()]) <= 10
