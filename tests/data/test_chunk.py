"""Which data rows a chunk's rows are."""

import numpy as np
import pyarrow as pa

from mtlkeras.data._chunk import Chunk
from mtlkeras.data._errors import Problem

BATCH = pa.RecordBatch.from_pydict({"x": [10, 20, 30]})


def test_rows_count_up_from_the_first_row():
    chunk = Chunk("a.csv", 11, BATCH)
    assert [chunk.row(i) for i in range(3)] == [11, 12, 13]
    assert chunk.row_numbers().tolist() == [11, 12, 13]


def test_taking_rows_keeps_their_numbers_also_twice():
    chunk = Chunk("a.csv", 11, BATCH).take(np.array([False, True, True]))
    assert (chunk.first_row, chunk.rows.tolist()) == (12, [12, 13])
    chunk = chunk.take(np.array([False, True]))
    assert (chunk.row(0), chunk.batch.to_pydict()) == (13, {"x": [30]})


def test_taking_all_rows_copies_nothing():
    chunk = Chunk("a.csv", 11, BATCH)
    assert chunk.take(np.ones(3, bool)).batch is BATCH


def test_dropped_rows_add_up():
    first, second = (Problem("a.csv", row, None, 0, "1", "") for row in (11, 12))
    chunk = Chunk("a.csv", 11, BATCH, dropped=(first,)).take(np.zeros(3, bool), (second,))
    assert chunk.dropped == (first, second)
    assert chunk.batch.num_rows == 0
    assert chunk.batch.schema == BATCH.schema
