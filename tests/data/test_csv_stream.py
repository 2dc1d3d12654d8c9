"""The bytes of CSV files."""

import gzip

import pytest

from mtlkeras.data._csv_stream import CsvStream, encoding_hint


@pytest.fixture
def write(tmp_path):
    def write(data, name="a.csv"):
        path = tmp_path / name
        path.write_bytes(data)
        return str(path)

    return write


def test_gzip_is_told_by_its_content(write):
    path = write(gzip.compress(b"a,b\n1,2\n"))
    assert CsvStream(path).read() == b"a,b\n1,2\n"


def test_the_byte_order_mark_is_skipped(write):
    assert CsvStream(write(b"\xef\xbb\xbfa,b\n")).read() == b"a,b\n"


@pytest.mark.parametrize("data", [b"", b"a", b"ab\n", b"abc"])
def test_tiny_files(write, data):
    assert CsvStream(write(data)).read() == data


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_is_refused(write, encoding):
    with pytest.raises(OSError, match="is UTF-16"):
        CsvStream(write("\ufeffa,b".encode(encoding)))


@pytest.mark.parametrize("comment", [None, "#"])
@pytest.mark.parametrize("size", [1, 7, 64])
def test_answers_are_as_long_as_asked_for(write, size, comment):
    data = b"".join(b"%d,x\n" % i for i in range(50))
    stream = CsvStream(write(data), comment)
    answers = []
    while answer := stream.read(size):
        answers.append(answer)
    assert b"".join(answers) == data
    assert {len(answer) for answer in answers[:-1]} <= {size}


@pytest.mark.parametrize("size", [1, 3, 1000])
def test_comment_lines_are_left_out_but_not_from_quoted_cells(write, size):
    data = b'# one "\na,b\n# two\n1,"x\n# no comment\n"\n2,#c\n  # neither\n#'
    stream = CsvStream(write(data), "#")
    text = b""
    while answer := stream.read(size):
        text += answer
    assert text == b'a,b\n1,"x\n# no comment\n"\n2,#c\n  # neither\n'
    assert stream.quotes == 2


def test_comments_of_several_letters(write):
    assert CsvStream(write(b"|1x3 Cross\n|2\n1,2\n"), "|1x3").read() == b"|2\n1,2\n"


def test_quotes_are_counted(write):
    stream = CsvStream(write(b'"a","b"\n"c'))
    stream.read()
    assert stream.quotes == 5


@pytest.mark.parametrize(
    ("data", "offset"),
    [
        (b"ab\xffcd", 2),
        ("é".encode() + b"\xe9,", 2),
        (b"x" * (1 << 20) + b"\xff", 1 << 20),
        # two bytes of one character fall into different blocks
        (b"x" * ((1 << 20) - 1) + "é".encode() + b"y\xff", (1 << 20) + 2),
        (b"abc\xc3", 3),
    ],
)
def test_encoding_hint_tells_the_offset_of_the_first_wrong_byte(write, data, offset):
    assert f"at offset {offset};" in encoding_hint(write(data))


def test_encoding_hint_of_gzip_counts_unpacked_bytes(write):
    hint = encoding_hint(write(gzip.compress(b"abc\xff")))
    assert "at offset 3 of the unpacked file" in hint
