"""Splits cut out of the training files."""

import datetime as dt
import subprocess
import sys

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mtlkeras.data._split import group_hashes, split_of_rows, splitmix64
from mtlkeras.specs import ColumnSplit, GroupSplit, RandomSplit, TimeSplit

BOTH = {"validation", "test"}


def parts_of(split, values=None, rows=None, cut=BOTH):
    array = None if values is None else pa.array(values)
    rows = np.arange(len(array)) if rows is None else rows
    parts, bad = split_of_rows(split, cut, array, rows)
    return parts, bad


def assert_share(found, share, rows):
    """Within five standard deviations of a binomial share."""
    assert abs(found - share) <= 5 * np.sqrt(share * (1 - share) / rows)


def test_splitmix64_is_the_published_generator():
    """The stream of seed s is mix(s + k * golden), k = 1, 2, ...; reference values of Vigna's C."""
    golden, mask = 0x9E3779B97F4A7C15, 2**64 - 1

    def mix(z):
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9 & mask
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB & mask
        return z ^ (z >> 31)

    assert mix(1234567 + golden) == 6457827717110365317  # the reference's first output
    start = mix(42 + golden)
    expected = [mix((start + (k + 1) * golden) & mask) for k in range(5)]
    assert splitmix64(np.arange(5, dtype=np.uint64), 42).tolist() == expected


@settings(deadline=None, max_examples=20, derandomize=True)
@given(seed=st.integers(0, 2**32 - 1), shares=st.sampled_from([(0.1, 0.1), (0.3, 0.5), (0.01, 0)]))
def test_random_shares(seed, shares):
    split = RandomSplit(validation=shares[0], test=shares[1], seed=seed)
    parts, bad = parts_of(split, rows=np.arange(20_000))
    assert not bad
    assert_share((parts == 1).mean(), shares[0], 20_000)
    assert_share((parts == 2).mean(), shares[1], 20_000)
    assert set(np.unique(parts)) <= {0, 1, 2}


def test_random_rows_are_assigned_one_by_one():
    split = RandomSplit(seed=3)
    whole, _ = parts_of(split, rows=np.arange(1000))
    some, _ = parts_of(split, rows=np.array([999, 5, 17]))
    assert some.tolist() == whole[[999, 5, 17]].tolist()


def test_seeds_differ_and_rows_are_independent():
    first, _ = parts_of(RandomSplit(validation=0.5, test=0.2, seed=0), rows=np.arange(20_000))
    second, _ = parts_of(RandomSplit(validation=0.5, test=0.2, seed=1), rows=np.arange(20_000))
    assert_share(((first == 1) & (second == 1)).mean(), 0.25, 20_000)
    assert_share(((first[1:] == 1) & (first[:-1] == 1)).mean(), 0.25, 19_999)


def test_a_split_with_files_of_its_own_is_not_cut():
    split = RandomSplit(validation=0.2, test=0.3)
    both, _ = parts_of(split, rows=np.arange(5000))
    only, _ = parts_of(split, rows=np.arange(5000), cut={"validation"})
    np.testing.assert_array_equal(only, np.where(both == 2, 0, both))


@settings(deadline=None, max_examples=20, derandomize=True)
@given(seed=st.integers(0, 2**32 - 1))
def test_groups_are_on_one_side_and_have_their_share(seed):
    rng = np.random.default_rng(seed)
    users = rng.integers(0, 5000, 20_000)
    parts, bad = parts_of(GroupSplit(column="u", validation=0.2, test=0.1, seed=seed), users)
    assert not bad
    seen = {part: set(users[parts == part]) for part in range(3)}
    assert not seen[0] & seen[1]
    assert not seen[0] & seen[2]
    assert not seen[1] & seen[2]
    count = len(set(users))
    assert_share(len(seen[1]) / count, 0.2, count)
    assert_share(len(seen[2]) / count, 0.1, count)


def test_a_group_does_not_depend_on_type_or_order():
    users = np.arange(1000)
    whole = group_hashes(pa.array(users), 7)
    for same in (users.astype(float), users.astype(str).astype(object), users.astype(np.int64)):
        np.testing.assert_array_equal(group_hashes(pa.array(same), 7), whole)
    np.testing.assert_array_equal(group_hashes(pa.array(users[::-1]), 7), whole[::-1])
    assert (group_hashes(pa.array(users), 8) != whole).all()


def test_hashes_are_the_same_in_every_process():
    code = (
        "import pyarrow as pa\n"
        "from mtlkeras.data._split import group_hashes\n"
        "print(group_hashes(pa.array(['u1', 'é', '']), 5).tolist())"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout
    assert run.strip() == str(group_hashes(pa.array(["u1", "é", ""]), 5).tolist())


def test_group_hashes_are_blake2b_keyed_by_the_seed():
    from hashlib import blake2b

    digest = blake2b(b"12", digest_size=8, key=(5).to_bytes(8, "little")).digest()
    assert group_hashes(pa.array([12]), 5).tolist() == [int.from_bytes(digest, "little")]


def test_dates_and_fractions_are_groups_too():
    days = [dt.date(2026, 1, 1), dt.date(2026, 1, 2)]
    hashes = group_hashes(pa.array(days), 0)
    assert hashes.tolist() == group_hashes(pa.array(["2026-01-01", "2026-01-02"]), 0).tolist()
    assert len(set(group_hashes(pa.array([0.5, 0.25, 0.0]), 0))) == 3


@pytest.mark.parametrize(
    "split",
    [
        GroupSplit(column="u"),
        TimeSplit(column="u", test_from="2026-01-01"),
        ColumnSplit(column="u", train=["a"]),
    ],
)
def test_rows_without_a_value_belong_to_no_split(split):
    values = {"group": ["a", None], "time": ["2025-01-01", None], "column": ["a", None]}
    parts, (bad,) = parts_of(split, values[split.by])
    assert parts[1] == 3
    assert (bad.rows.tolist(), bad.values) == ([1], [None])
    assert bad.expected == f"a value to split by {split.by}"


def test_columns_say_where_rows_belong():
    split = ColumnSplit(column="s", train=["a", 1], validation=["b"], test=["c"], ignore=["d"])
    parts, bad = parts_of(split, ["a", "1", "b", "c", "d"])
    assert parts.tolist() == [0, 0, 1, 2, 3]
    assert not bad
    assert parts_of(split, ["a"] * 3 + ["b"])[0].tolist() == [0, 0, 0, 1]
    assert parts_of(ColumnSplit(column="s", train=[0], validation=[1]), [0, 1, 0.0])[
        0
    ].tolist() == [0, 1, 0]


def test_values_that_are_not_listed_are_told():
    parts, (bad,) = parts_of(ColumnSplit(column="s"), ["train", "Train", "test", "x"])
    assert parts.tolist() == [0, 3, 2, 3]
    assert (bad.rows.tolist(), bad.values) == ([1, 3], ["Train", "x"])
    assert bad.expected == "one of test, train, validation"


def test_values_of_a_split_with_files_of_its_own_are_not_listed():
    _, (bad,) = parts_of(ColumnSplit(column="s"), ["train", "test"], cut={"validation"})
    assert bad.values == ["test"]
