"""The dialect of CSV files."""

import gzip

import pytest

from mtlkeras.specs import SpecError
from mtlkeras.specs._guess._csv import csv_batches, sniff


def write(tmp_path, text, encoding="utf-8"):
    path = tmp_path / "a.csv"
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_separators(tmp_path, separator):
    rows = [["name", "price", "text"], ["a", "1,5", "x y"], ["b", "2,5", "z|w"], ["c", "3,5", "v"]]
    text = "\n".join(separator.join(f'"{cell}"' for cell in row) for row in rows)
    dialect = sniff(write(tmp_path, text))
    assert dialect.separator == separator
    assert dialect.columns == ["name", "price", "text"]
    assert dialect.has_header


@pytest.mark.parametrize(
    ("line", "has_header"),
    [
        ("39, State-gov, 77516, Bachelors", False),
        ("a, b, c, d", True),
        (",Clothing ID,Age,Title", True),
        ("shop,2024,2025,2026", True),
        ("1,2,2,5", False),
        ("0.5,x,y,z", False),
    ],
)
def test_headers(tmp_path, line, has_header):
    dialect = sniff(write(tmp_path, f"{line}\n1,2,3,4\n"))
    assert dialect.has_header is has_header
    expected = [cell.strip() for cell in line.split(",")]
    made_up = ["column_1", "column_2", "column_3", "column_4"]
    assert dialect.columns == (expected if has_header else made_up)


def test_comments_in_front(tmp_path):
    path = write(tmp_path, "|1x3 Cross validator\n25, Private, 11th\n38, Private, HS\n")
    dialect = sniff(path)
    assert (dialect.comment, dialect.skip, dialect.has_header) == ("|", 1, False)
    (batch,) = csv_batches(path, dialect)
    assert batch.column("column_1").to_pylist() == ["25", "38"]


def test_gzip_quotes_line_breaks_and_byte_order_mark(tmp_path):
    path = tmp_path / "a.csv.gz"
    text = '\ufeffname,text\na,"one, ""two""\nthree"\n'
    path.write_bytes(gzip.compress(text.encode()))
    dialect = sniff(path)
    assert dialect.columns == ["name", "text"]
    (batch,) = csv_batches(path, dialect)
    assert batch.to_pylist() == [{"name": "a", "text": 'one, "two"\nthree'}]


def test_one_column_of_many(tmp_path):
    path = write(tmp_path, "a,b,c\n1,2,3\n4,5,6\n")
    (batch,) = csv_batches(path, sniff(path), ["b"])
    assert batch.to_pydict() == {"b": ["2", "5"]}


def test_ragged_rows_are_skipped_and_counted(tmp_path):
    path = write(tmp_path, "a,b\n1,2\n3\n4,5,6\n7,8\n")
    dialect = sniff(path)
    (batch,) = csv_batches(path, dialect)
    assert batch.column("a").to_pylist() == ["1", "7"]
    assert len(dialect.ragged) == 2


def test_other_encodings(tmp_path):
    path = write(tmp_path, "name,text\na,caf\xe9\n", "latin-1")
    with pytest.raises(SpecError, match="expected UTF-8 text, got byte 0xe9 at position 15; conv"):
        sniff(path)


def test_a_character_cut_by_the_end_of_what_is_sniffed(tmp_path):
    for shift in range(4):
        path = write(tmp_path, "name,text\n" + "x" * shift + "a,€\n" * 100_000)
        assert sniff(path).columns == ["name", "text"]


@pytest.mark.parametrize("text", ["", "\n\n", "# only a comment\n"])
def test_empty_files(tmp_path, text):
    with pytest.raises(SpecError, match="expected rows, got an empty file"):
        sniff(write(tmp_path, text))
