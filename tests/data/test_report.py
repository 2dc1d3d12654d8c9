from rich.console import Console

from mtlkeras.data import Report, SplitReport

REPORT = Report(
    "shop",
    {
        "train": SplitReport(
            1200, 3, {"click": 1000, "kind": 900}, {"click": 0.25}, {"user": 0.1, "price": 0.0},
            {"user": 0.02},
        ),
        "test": SplitReport(100, 0, {"click": 90, "kind": 80}, {"click": 0.5}, {"user": 0.0,
                            "price": 0.5}, {"user": 0.3}),
    },
)  # fmt: skip


def rows(text):
    cells = [[c.strip() for c in line.strip("│┃").split("│")] for line in text.splitlines()]
    return {row[0]: row[1:] for row in cells if len(row) == 3}


def test_text_holds_every_figure():
    table = rows(str(REPORT))
    assert table["rows"] == ["1,200", "100"]
    assert table["bad rows left out"] == ["3", "0"]
    assert table["click"] == ["1,000 (0.25)", "90 (0.5)"]
    assert table["kind"] == ["900", "80"]
    assert table["user"] == ["10.0% / 2.0%", "0.0% / 30.0%"]
    assert table["price"] == ["0.0% / -", "50.0% / -"]


def test_rich_shows_the_same():
    console = Console(width=100, no_color=True)
    with console.capture() as capture:
        console.print(REPORT)
    assert rows(capture.get()) == rows(str(REPORT))


def test_bad_rows_are_not_mentioned_where_there_are_none():
    assert "bad rows" not in str(Report("shop", {"train": SplitReport(5)}))
