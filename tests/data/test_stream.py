import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mtlkeras.data import _stream, load_data
from mtlkeras.data._first_pass import fit_and_scan
from mtlkeras.data._progress import shown_progress
from mtlkeras.data._stream import RowStream
from mtlkeras.specs import DataSpec

SPEC = {
    "name": "t",
    "features": {"row": {"type": "number"}},
    "tasks": {"label": {"type": "binary"}},
}


@pytest.fixture(autouse=True)
def small(monkeypatch):
    monkeypatch.setattr(_stream, "BLOCK_ROWS", 40)
    monkeypatch.setattr(_stream, "WINDOW_ROWS", 100)


def write(folder, rows_a_file, split):
    start = 0
    for index, rows in enumerate(rows_a_file):
        table = pa.table({"row": np.arange(start, start + rows, dtype=float),
                          "label": np.arange(rows) % 2})  # fmt: skip
        pq.write_table(table, folder / f"part-{index}.parquet", row_group_size=30)
        start += rows
    source = {"format": "parquet", "train": "part-*.parquet"}
    return DataSpec.from_dict({**SPEC, "source": source, "split": split}, folder=folder)


def stream(spec, batch_size=16, seed=None, frame=None):
    with shown_progress(False) as track:
        _, scan = fit_and_scan(spec, frame, track)
    return RowStream(spec, scan, batch_size, frame=frame, seed=seed)


def all_rows(stream, epoch=0):
    return [row for block in rows_of(stream, epoch) for row in block]


def rows_of(stream, epoch=0):
    return [t["row"].to_numpy().astype(int).tolist() for t in stream.blocks(epoch)]


WHOLE = {"by": "time", "column": "row", "test_from": 1_000_000}
RANDOM = {"by": "random", "validation": 0.2, "test": 0.0}


@pytest.mark.parametrize("split", [WHOLE, RANDOM])
def test_without_a_seed_rows_keep_their_order_in_blocks_of_whole_batches(tmp_path, split):
    blocks = rows_of(stream(write(tmp_path, [70, 50, 80], split)))
    assert all(len(block) == 32 for block in blocks[:-1])
    rows = all_rows(stream(write(tmp_path, [70, 50, 80], split)))
    assert rows == sorted(rows)
    assert len(rows) == 200 if split is WHOLE else 140 < len(rows) < 180


@pytest.mark.parametrize("split", [WHOLE, RANDOM])
def test_a_shuffle_is_a_permutation_that_follows_from_seed_and_epoch(tmp_path, split):
    spec = write(tmp_path, [70, 50, 80], split)
    plain = all_rows(stream(spec))
    orders = {
        (seed, epoch): tuple(all_rows(stream(spec, seed=seed), epoch))
        for seed in (0, 1)
        for epoch in (0, 1)
    }
    assert len({*orders.values(), tuple(plain)}) == 5
    for (seed, epoch), order in orders.items():
        assert sorted(order) == plain
        assert order == tuple(all_rows(stream(spec, seed=seed), epoch))
    assert all(len(block) == 32 for block in rows_of(stream(spec, seed=0))[:-1])


def test_files_come_in_another_order_each_epoch_where_the_split_allows(tmp_path):
    spec = write(tmp_path, [100, 100, 100], WHOLE)
    shuffled = stream(spec, seed=0)
    firsts = {rows_of(shuffled, epoch)[0][0] // 100 for epoch in range(20)}
    assert firsts == {0, 1, 2}


def test_a_random_split_keeps_the_order_of_files_because_it_counts_rows(tmp_path):
    spec = write(tmp_path, [100, 100, 100], RANDOM)
    plain = sorted(all_rows(stream(spec)))
    shuffled = stream(spec, seed=0)
    for epoch in range(4):
        blocks = rows_of(shuffled, epoch)
        assert sorted(row for block in blocks for row in block) == plain
        assert max(blocks[0]) < 200


def test_a_dataframe_is_shuffled_as_a_whole():
    frame = pd.DataFrame({"row": np.arange(1_000.0), "label": np.arange(1_000) % 2})
    spec = DataSpec.from_dict({**SPEC, "split": {"by": "random", "validation": 0, "test": 0}})
    first = rows_of(stream(spec, seed=0, frame=frame))[0]
    assert max(first) - min(first) > 800


def test_bad_rows_stay_out_of_every_pass(tmp_path):
    frame = pd.DataFrame({"row": [0.0, 1.0, -2.0, 3.0], "label": [0, 1, 0, 1]})
    spec = DataSpec.from_dict(
        {
            **SPEC,
            "features": {"row": {"type": "number", "minimum": 0}},
            "split": {"by": "random", "validation": 0, "test": 0},
            "policy": {"bad_rows": "drop", "max_bad_fraction": 0.5},
        }
    )
    with pytest.warns(UserWarning, match="1 of 4 rows"):
        data = load_data(spec, frame, batch_size=2)
    for _ in range(2):
        rows = np.concatenate([features["row"] for features, _, _ in data.train])
        assert len(rows) == 3
