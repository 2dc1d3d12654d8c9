"""CSV files without a header line may come with labels, without, or with a header after all."""

import gzip

import pytest

from mtlkeras.data import DataError
from mtlkeras.serving._header import settle_header
from mtlkeras.specs import DataSpec

COLUMNS = ["order", "price", "clk", "qty"]
NEEDED = ["price", "order"]


def spec_of(**source):
    source = {"format": "csv", "train": "*.csv", "columns": COLUMNS, **source}
    return DataSpec.from_dict(
        {
            "name": "shop",
            "source": source,
            "key": ["order"],
            "features": {
                "price": {"type": "number"},
                "before": {"type": "number", "column": "qty"},
            },
            "tasks": {"click": {"type": "binary", "column": "clk"}},
        }
    )


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("7,2.5,1,3\n", COLUMNS),
        ("7,2.5,3\n", ["order", "price", "qty"]),
        ("qty, price ,order,colour\n3,2.5,7,red\n", None),
        ("\ufefforder,price,qty\n", None),
        ("# a comment\n\n7,2.5,3\n", ["order", "price", "qty"]),
        ('7,"2,5",3\n', ["order", "price", "qty"]),
        ("order,qty,price,clk\n", None),
        ("", COLUMNS),
    ],
)
def test_the_first_line_tells(tmp_path, text, columns):
    (tmp_path / "a.csv").write_text(text, encoding="utf-8")
    settled = settle_header(spec_of(comment="#"), [tmp_path / "*.csv"], [*NEEDED, "qty"])
    assert settled.source.columns == columns


def test_compressed_files_and_other_separators(tmp_path):
    with gzip.open(tmp_path / "a.csv.gz", "wt") as file:
        file.write("7;2.5;3\n")
    settled = settle_header(spec_of(separator=";"), [tmp_path / "a.csv.gz"], [*NEEDED, "qty"])
    assert settled.source.columns == ["order", "price", "qty"]


def test_labels_that_are_read_count_as_columns(tmp_path):
    (tmp_path / "a.csv").write_text("7,2.5,1,3\n")
    kept = [*NEEDED, "qty", "clk"]
    assert settle_header(spec_of(), [tmp_path / "a.csv"], kept).source.columns == COLUMNS


def test_a_line_that_is_none_of_these_is_told(tmp_path):
    (tmp_path / "a.csv").write_text("7,2.5\n")
    text = r"a\.csv row 1: expected 4 cells, or 3 without the labels, got 2\. Write a header line"
    with pytest.raises(DataError, match=text):
        settle_header(spec_of(), [tmp_path / "a.csv"], [*NEEDED, "qty"])


def test_nothing_changes_where_nothing_is_known(tmp_path):
    plain, headed = spec_of(), spec_of(columns=None)
    (tmp_path / "a.csv").write_bytes(b"\xff\xfe7\n")
    (tmp_path / "a.parquet").touch()
    for name in ("nowhere.csv", "a.csv", "a.parquet"):
        assert settle_header(plain, [tmp_path / name], NEEDED) is plain
    assert settle_header(headed, [tmp_path / "a.csv"], NEEDED) is headed
