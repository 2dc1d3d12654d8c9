import json

import numpy as np
import pandas as pd
import pytest
from rich.console import Console

from mtlkeras.evaluation import Evaluation, reliability

COLUMNS = ["task", "kind", "metric", "scenario", "value", "rows"]


@pytest.fixture
def evaluation():
    frame = pd.DataFrame(
        [
            ["click", "binary", "auc", "all", 0.75, 1100],
            ["click", "binary", "auc", "app", 0.8, 1000],
            ["click", "binary", "auc", "web", np.nan, 100],
            ["spend", "amount", "mae", "all", 1234.5, 90],
            ["spend", "amount", "mae", "app", 0.0001, 80],
            ["spend", "amount", "mae", "web", 7.0, 10],
        ],
        columns=COLUMNS,
    )
    return Evaluation(frame, {"click": reliability([0, 1], [0.25, 0.5])})


def test_value_finds_one_value(evaluation):
    assert evaluation.value("spend", "mae") == 1234.5
    assert evaluation.value("click", "auc", "app") == 0.8


def test_value_names_what_there_is(evaluation):
    with pytest.raises(KeyError, match="metric 'rmse' is not in this evaluation; it has 'mae'"):
        evaluation.value("spend", "rmse")
    with pytest.raises(KeyError, match=r"task 'buy' is not.*'click', 'spend'"):
        evaluation.value("buy", "auc")


def test_table_has_scenarios_across(evaluation):
    table = evaluation.table()
    assert table.columns.tolist() == ["all", "app", "web"]
    assert table.loc[("click", "auc"), "app"] == 0.8
    assert np.isnan(table.loc[("click", "auc"), "web"])
    assert table.index.tolist() == [("click", "auc"), ("spend", "mae")]


def test_json_comes_back_the_same(evaluation, tmp_path):
    text = evaluation.to_json(tmp_path / "evaluation.json")
    assert json.loads(text)["metrics"][2]["value"] is None
    for source in (text, tmp_path / "evaluation.json", str(tmp_path / "evaluation.json")):
        again = Evaluation.from_json(source)
        pd.testing.assert_frame_equal(again.frame, evaluation.frame)
        pd.testing.assert_frame_equal(
            again.reliability["click"], evaluation.reliability["click"], check_dtype=False
        )


def test_other_json_is_refused(tmp_path):
    with pytest.raises(ValueError, match="the text should be an evaluation written by"):
        Evaluation.from_json('{"format": "shop"}')
    (tmp_path / "half.json").write_text('{"format"')
    with pytest.raises(ValueError, match=r"half.json should be an evaluation"):
        Evaluation.from_json(tmp_path / "half.json")


def test_text_shows_rows_and_values(evaluation):
    lines = str(evaluation).splitlines()
    assert lines[0].split() == ["task", "metric", "all", "app", "web"]
    assert lines[2].split() == ["click", "rows", "1,100", "1,000", "100"]
    assert lines[3].split() == ["auc", "0.7500", "0.8000", "n/a"]
    assert lines[-1].split() == ["mae", "1,234.5", "1.00e-04", "7.0000"]


def test_rich_and_markdown_and_html_show_the_same(evaluation):
    console = Console(width=100, record=True, file=None, quiet=False)
    with console.capture() as captured:
        console.print(evaluation)
    assert "1,234.5" in captured.get()
    assert "|  | mae | 1,234.5 | 1.00e-04 | 7.0000 |" in evaluation.to_markdown()
    assert "<td>1,234.5</td>" in evaluation._repr_html_()


def test_only_the_largest_scenarios_are_printed():
    rows = [["buy", "binary", "auc", f"shop{i}", 0.5, 100 * (i != 3) + i] for i in range(10)]
    frame = pd.DataFrame([["buy", "binary", "auc", "all", 0.5, 945], *rows], columns=COLUMNS)
    text = str(Evaluation(frame))
    assert "shop9" in text
    assert "shop3" not in text
    assert "Smaller scenarios left out: 4. `.frame` has all of them." in text
    assert len(Evaluation(frame).table().columns) == 11


def shown(evaluation, width):
    console = Console(width=width)
    with console.capture() as captured:
        console.print(evaluation)
    return captured.get()


def test_long_names_of_scenarios_are_broken_and_numbers_are_not(evaluation):
    frame = evaluation.frame.replace({"app": "applicationoftheshop and more"})
    text = shown(Evaluation(frame), 80)
    assert "applicationoft" in text
    assert "1,234.5" in text


def test_narrow_terminals_show_fewer_scenarios(evaluation):
    wide, narrow = shown(evaluation, 60), shown(evaluation, 38)
    assert "web" in wide
    assert "left out" not in wide
    assert "app" in narrow
    assert "web" not in narrow
    assert "Smaller scenarios left out: 1." in " ".join(narrow.split())
    assert "1,234.5" in narrow
