"""Answers become Parquet columns."""

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mtlkeras.serving._description import Output
from mtlkeras.serving._writer import AnswerWriter, answer_column, kept_name

CLICK = Output("click", "binary", "float32", (1,))


def test_numbers_strings_and_scores():
    assert answer_column(np.array([0.5, 1.0], np.float32)).type == pa.float32()
    words = answer_column(np.array(["é".encode(), b"b"], object))
    assert words.to_pylist() == ["é", "b"]
    scores = answer_column(np.array([[0.25, 0.75], [1.0, 0.0]], np.float32))
    assert scores.to_pylist() == [[0.25, 0.75], [1.0, 0.0]]
    assert answer_column(np.zeros((0, 3), np.float32)).to_pylist() == []


def test_small_batches_become_one_row_group(tmp_path):
    path = tmp_path / "o.parquet"
    with AnswerWriter(path, {"click": CLICK}, ["id"]) as writer:
        for start in range(0, 30, 10):
            batch = pa.record_batch({"id": list(range(start, start + 10)), "other": [0] * 10})
            writer.write(batch, {"click": np.full(10, start, np.float32)})
    file = pq.ParquetFile(path)
    assert file.num_row_groups == 1
    table = file.read()
    assert table["id"].to_pylist() == list(range(30))
    assert table["click"].to_pylist() == [0.0] * 10 + [10.0] * 10 + [20.0] * 10
    assert writer.rows == 30


def test_large_outputs_are_written_as_they_come(tmp_path, monkeypatch):
    monkeypatch.setattr("mtlkeras.serving._writer.ROW_GROUP", 8)
    path = tmp_path / "o.parquet"
    with AnswerWriter(path, {"click": CLICK}, ["id"]) as writer:
        for _ in range(4):
            writer.write(pa.record_batch({"id": [1] * 5}), {"click": np.zeros(5, np.float32)})
            assert sum(part.num_rows for part in writer._pending) < 8
    assert [pq.ParquetFile(path).metadata.row_group(i).num_rows for i in (0, 1)] == [10, 10]


def test_names_of_kept_columns():
    outputs = {"click": CLICK, "kind": CLICK, "kind_input": CLICK}
    assert kept_name("id", outputs, ["id"]) == "id"
    assert kept_name("click", outputs, ["click"]) == "click_input"
    with pytest.raises(ValueError, match="'kind' is named like an output"):
        kept_name("kind", outputs, ["kind"])
    with pytest.raises(ValueError, match="'click_input' is taken too"):
        kept_name("click", outputs, ["click", "click_input"])
