"""Reading the first rows of whatever is handed in."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from mtlkeras.specs import DataSpec, SpecError, guess_spec

FRAME = pd.DataFrame({"price": np.linspace(1, 9, 60), "click": [0, 1, 1] * 20})


@pytest.mark.parametrize("name", ["a.csv", "a.csv.gz", "A.CSV", "a.tsv", "a.parquet", "a.pq"])
def test_files(tmp_path, name):
    path = tmp_path / name
    if "parquet" in name or "pq" in name:
        FRAME.to_parquet(path)
    else:
        FRAME.to_csv(path, index=False, sep="\t" if "tsv" in name else ",")
    spec = DataSpec.from_text(guess_spec(path))
    assert spec.name.lower() == "a"
    assert spec.source.train == str(path)
    assert list(spec.features) == ["price"]
    assert list(spec.tasks) == ["click"]


def test_tables():
    for data in (FRAME, pa.Table.from_pandas(FRAME)):
        text = guess_spec(data, name="my shop")
        assert text.startswith("# Guessed from the 60 rows of a table.")
        assert "source" not in text.partition("features:")[0]
        assert DataSpec.from_text(text).name == "my_shop"


def test_paths_are_relative_to_where_the_spec_will_lie(tmp_path, monkeypatch):
    (tmp_path / "data").mkdir()
    path = tmp_path / "data" / "a.csv"
    FRAME.to_csv(path, index=False)
    monkeypatch.chdir(tmp_path)

    def train(path, folder=None):
        return DataSpec.from_text(guess_spec(path, folder=folder)).source.train

    assert train("data/a.csv") == "data/a.csv"
    assert train("data/a.csv", "specs") == "../data/a.csv"
    assert train("data/a.csv", "data") == "a.csv"
    assert train(path) == "data/a.csv"
    assert train(path, tmp_path / "elsewhere") == str(path)


@pytest.mark.parametrize(
    ("name", "content", "text"),
    [
        ("a.csv", None, "expected a readable CSV or Parquet file, got no such file"),
        ("a.xlsx", b"x", "expected a file ending in .csv, .tsv, .parquet ..., got a.xlsx; rename"),
        ("a.csv", b"", "expected rows, got an empty file"),
        ("a.csv", b"a,b\n", "expected rows, got an empty file"),
        ("a.csv", b"a,b,a\n1,2,3\n", "expected each column name once, got 'a' more than once"),
        ("a.csv", b"a, a\n1,2\n", "expected each column name once, got 'a' more than once"),
        ("a.csv.gz", b"\x1f\x8bnot gzip", "expected a readable CSV or Parquet file, got "),
        ("a.parquet", b"PAR1 no", "expected a readable CSV or Parquet file, got "),
        ("a.csv", "a,b\nx,é".encode("latin-1"), "expected UTF-8 text, got byte 0xe9"),
    ],
)
def test_files_that_cannot_be_read(tmp_path, name, content, text):
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SpecError) as caught:
        guess_spec(path)
    assert str(caught.value).startswith(f"{path}: 1 problem\n{path}: {text}")


def test_folders_cannot_be_read(tmp_path):
    (tmp_path / "a.csv").mkdir()
    with pytest.raises(SpecError, match="expected a readable CSV or Parquet file, got"):
        guess_spec(tmp_path / "a.csv")


def test_empty_and_ambiguous_tables():
    with pytest.raises(SpecError, match="expected rows, got an empty table"):
        guess_spec(FRAME[:0])
    with pytest.raises(SpecError, match="expected each column name once, got 'click' more"):
        guess_spec(pd.concat([FRAME, FRAME[["click"]]], axis=1))


def test_columns_of_mixed_types_are_left_out():
    text = guess_spec(FRAME.assign(odd=[1, "a", b"b"] * 20))
    assert "# Left out: 'odd' holds values of several types.\n" in text
    assert list(DataSpec.from_text(text).features) == ["price"]


def test_files_without_a_header(tmp_path):
    path = tmp_path / "a.csv"
    FRAME.to_csv(path, index=False, header=False)
    text = guess_spec(path, labels=["column_2"])
    spec = DataSpec.from_text(text)
    assert spec.source.columns == ["column_1", "column_2"]
    assert spec.tasks["column_2"].type == "binary"
    assert "# The file has no header line: give its columns better names.\n" in text


def test_only_the_first_rows_are_looked_at(tmp_path):
    late = pd.DataFrame({"price": np.random.default_rng(0).random(60_000)})
    late["click"] = [0, 1] * 30_000
    late["colour"] = ["red", "blue"] * 25_000 + ["green"] * 10_000
    for name in ("a.csv", "a.parquet"):
        getattr(late, "to_" + name[2:])(tmp_path / name, index=False)
        text = guess_spec(tmp_path / name)
        assert text.startswith(f"# Guessed from the first 50,000 rows of {name}.")
        assert "green" not in text


def test_rows_with_missing_cells_are_noted(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("price,click\n" + "1.5,0\n2.5,1\n3.5,1\n2.5,0\n" * 20 + "7\n")
    assert "# 1 rows with too many or too few cells were skipped.\n" in guess_spec(path)
