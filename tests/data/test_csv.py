"""CSV files."""

import gzip

import numpy as np
import pytest

from mtlkeras.data._csv import BLOCK_BYTES, CsvFile
from mtlkeras.data._errors import DataError


@pytest.fixture
def csv_file(tmp_path):
    def make(data, **options):
        path = tmp_path / "a.csv"
        path.write_bytes(data)
        return CsvFile(str(path), **options)

    return make


def rows(file, names=("a", "b"), batch_rows=1000):
    """Returns the rows' numbers, the rows as text, and the dropped rows."""
    numbers, values, dropped = [], [], []
    for chunk in file.chunks(list(names), batch_rows):
        assert chunk.batch.schema.names == list(names)
        numbers += chunk.row_numbers().tolist()
        values += [tuple(cell.decode() for cell in row.values()) for row in chunk.batch.to_pylist()]
        dropped += chunk.dropped
    return numbers, values, dropped


def test_plain_rows(csv_file):
    file = csv_file(b"a,b\n1,x\n2,y\n")
    assert file.names() == ["a", "b"]
    assert rows(file) == ([1, 2], [("1", "x"), ("2", "y")], [])


def test_wanted_columns_come_in_the_wanted_order(csv_file):
    file = csv_file(b"a,b,c\n1,2,3\n")
    assert rows(file, ["c", "a"])[1] == [("3", "1")]


def test_gzip_and_byte_order_mark(csv_file):
    file = csv_file(gzip.compress(b"\xef\xbb\xbfa,b\n1,x\n"))
    assert file.names() == ["a", "b"]
    assert rows(file)[1] == [("1", "x")]


def test_header_names_are_trimmed(csv_file):
    file = csv_file(b"a , b\n1,x\n")
    assert file.names() == ["a", "b"]
    assert rows(file)[1] == [("1", "x")]


def test_quoted_cells_keep_separators_quotes_and_newlines(csv_file):
    file = csv_file(b'"a","b, ""c"""\n"1,5","two\nlines"\n2,"say ""hi"""\n')
    assert file.names() == ["a", 'b, "c"']
    expected = [("1,5", "two\nlines"), ("2", 'say "hi"')]
    assert rows(file, ["a", 'b, "c"'])[1] == expected


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_line_ends(csv_file, end):
    assert rows(csv_file(end.join([b"a,b", b"1,x", b"2,y"])))[1] == [("1", "x"), ("2", "y")]


def test_separator_and_names_of_a_file_without_header(csv_file):
    file = csv_file(b"1;x\n2;y", separator=";", columns=("a", "b"))
    assert file.names() == ["a", "b"]
    assert rows(file) == ([1, 2], [("1", "x"), ("2", "y")], [])


def test_comments_and_empty_lines_count_as_no_rows(csv_file):
    file = csv_file(b"\n|intro\na,b\n\n1,x\n|more\n2,y\n\n", comment="|")
    assert rows(file) == ([1, 2], [("1", "x"), ("2", "y")], [])


@pytest.mark.parametrize("columns", [None, ("a", "b")])
def test_rows_with_other_numbers_of_cells_are_dropped_and_told(csv_file, columns):
    header = b"" if columns else b"a,b\n"
    file = csv_file(header + b"1,x\n2,y,z\n3\n4,w\n5,v,\n", columns=columns)
    numbers, values, dropped = rows(file)
    assert (numbers, values) == ([1, 4], [("1", "x"), ("4", "w")])
    assert [(p.row, p.value, p.expected) for p in dropped] == [
        (2, 3, "2 cells"),
        (3, 1, "2 cells"),
        (5, 3, "2 cells"),
    ]
    assert "The row reads '2,y,z'." in dropped[0].hint


@pytest.mark.parametrize("batch_rows", [1, 7, 100_000])
def test_row_numbers_hold_over_blocks(csv_file, batch_rows):
    ragged = {1, 2, 70_000, 150_000, 199_999, 200_000}
    count = 200_000 if batch_rows > 7 else 3_000
    lines = [f"{i},{'x' * 40}" + (",z" if i in ragged else "") for i in range(1, count + 1)]
    data = "\n".join(["a,b", *lines]).encode()
    if count == 200_000:
        assert len(data) > 2 * BLOCK_BYTES
    file = csv_file(data)
    numbers, dropped = [], []
    for chunk in file.chunks(["a"], batch_rows):
        assert chunk.batch.num_rows <= batch_rows
        written = np.array(chunk.batch["a"].to_pylist()).astype(int)
        np.testing.assert_array_equal(chunk.row_numbers(), written)
        numbers += written.tolist()
        dropped += [p.row for p in chunk.dropped]
    assert sorted(numbers + dropped) == list(range(1, count + 1))
    assert set(dropped) == {row for row in ragged if row <= count}


def test_a_header_alone_has_no_rows(csv_file):
    assert rows(csv_file(b"a,b\n")) == ([], [], [])
    assert rows(csv_file(b"a,b")) == ([], [], [])


@pytest.mark.parametrize("data", [b"", b"\n\n", b"\xef\xbb\xbf"])
def test_an_empty_file_is_an_error(csv_file, data):
    with pytest.raises(DataError, match=r"a\.csv: expected a header line, got 'an empty file'"):
        csv_file(data).names()


def test_an_empty_file_without_header_is_an_error(csv_file):
    with pytest.raises(DataError, match="expected rows, got 'an empty file'"):
        rows(csv_file(b"", columns=("a", "b")))


def test_a_header_that_is_not_utf8(csv_file):
    with pytest.raises(DataError, match=r"expected UTF-8 text, got b'a\\xe9.*at offset 1;"):
        csv_file("aé,b\n1,2\n".encode("latin-1")).names()


def test_cells_that_are_not_utf8_are_left_to_the_cast(csv_file):
    (chunk,) = csv_file(b"a,b\n1,\xff\n").chunks(["b"], 10)
    assert chunk.batch["b"].to_pylist() == [b"\xff"]


def test_utf16_is_told(csv_file):
    with pytest.raises(DataError, match=r"UTF-16.*Save the file as UTF-8\."):
        csv_file("a,b\n1,2\n".encode("utf-16")).names()


@pytest.mark.parametrize("end", [-100, -4])
def test_a_truncated_gzip_file_is_told(csv_file, end):
    lines = b"".join(b"%d,%d\n" % (i, i * i) for i in range(500))
    file = csv_file(gzip.compress(b"a,b\n" + lines)[:end])
    with pytest.raises(DataError, match=r"a\.csv: expected a readable CSV file.*Write or copy"):
        rows(file)


def test_a_quote_that_is_never_closed_is_told_with_its_row(csv_file):
    file = csv_file(b'a,b\n1,x\n\n2,"y\n3,z\n')
    with pytest.raises(DataError, match=r'row 2: expected a closing quote, got \'2,"y\\n3,z'):
        rows(file)


def test_a_quote_that_is_never_closed_in_a_long_file(csv_file):
    file = csv_file(b'a,b\n1,x\n2,"y\n' + b"3,z\n" * (BLOCK_BYTES // 2))
    with pytest.raises(DataError, match=r"rows of less than 4 MiB.*never closed"):
        rows(file)


def test_a_quote_within_an_unquoted_cell_is_text(csv_file):
    assert rows(csv_file(b'a,b\n1,5" pipe\n2,y\n'))[1] == [("1", '5" pipe'), ("2", "y")]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_ragged_row_that_is_not_utf8_is_told(csv_file):
    file = csv_file(b"a,b\n1,2\n3,\xe9,4\n")
    message = r"a\.csv row 2: expected 2 cells of UTF-8 text, got 3\. .* at offset 10;"
    with pytest.raises(DataError, match=message):
        rows(file)


def test_utf16_without_header_is_told(csv_file):
    with pytest.raises(DataError, match="UTF-16"):
        rows(csv_file("1,2\n".encode("utf-16"), columns=("a", "b")))
