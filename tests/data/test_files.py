"""Paths and patterns."""

from pathlib import Path

import pytest

from mtlkeras.data._errors import DataError
from mtlkeras.data._files import find_files, format_of


@pytest.fixture
def folder(tmp_path):
    for name in ["train-2.csv", "train-1.csv", "test.csv", "deep/train-3.csv"]:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    return tmp_path


def names(files):
    return [file.name for file in files]


def test_patterns_come_in_the_order_of_names(folder):
    assert names(find_files("train-*.csv", folder)) == ["train-1.csv", "train-2.csv"]
    assert names(find_files("**/train-?.csv", folder)) == [
        "train-3.csv",
        "train-1.csv",
        "train-2.csv",
    ]


def test_lists_come_in_the_order_given_each_file_once(folder):
    found = find_files(["train-2.csv", Path("train-*.csv"), str(folder / "test.csv")], folder)
    assert names(found) == ["train-2.csv", "train-1.csv", "test.csv"]


def test_a_file_whose_name_looks_like_a_pattern(folder):
    (folder / "a[1].csv").touch()
    assert names(find_files("a[1].csv", folder)) == ["a[1].csv"]


def test_files_in_the_working_folder_are_shown_relative(folder, monkeypatch):
    monkeypatch.chdir(folder)
    assert find_files("test.csv", folder) == [Path("test.csv")]
    monkeypatch.chdir(folder / "deep")
    assert find_files("test.csv", folder) == [folder / "test.csv"]


def test_patterns_without_files_are_told_at_once_with_the_nearest_name(folder):
    with pytest.raises(DataError) as caught:
        find_files(["tset.csv", "zzz-*.parquet", "other/a.csv"], folder)
    first, second, third = str(caught.value).splitlines()
    assert first == "tset.csv: expected at least one file, got 'none'. Did you mean 'test.csv'?"
    assert second.startswith("zzz-*.parquet: expected at least one file")
    assert f"Relative paths start from '{folder}'" in second
    assert "There is no folder" in third


def test_a_folder_is_told(folder):
    with pytest.raises(DataError, match=r"deep: expected files, got 'a folder'.*'deep/\*'"):
        find_files("deep", folder)


def test_an_address_is_told(folder):
    with pytest.raises(DataError, match=r"expected a path.*got 'an address'.*download it first"):
        find_files("https://example.com/a.csv", folder)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.CSV", "csv"),
        ("a.csv.gz", "csv"),
        ("a.tsv", "csv"),
        ("a.parquet", "parquet"),
        ("a.tfrecord.gz", "tfrecord"),
        ("a.tfrecord-00000-of-00002", "other"),
        ("a.gz", "other"),
    ],
)
def test_the_ending_tells_the_format(name, kind):
    assert format_of(Path(name), "other") == kind
