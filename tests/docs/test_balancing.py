"""The page of balancing is up to date with docstrings, and what it shows can be run."""

import json
import re
import shlex
from itertools import chain
from pathlib import Path

import pytest
import typer
import yaml

from docs.balancing import measured
from docs.balancing.__main__ import FOLDER, main
from docs.balancing.methods import methods
from docs.balancing.page import TEXT, gradients, losses, options, page
from mtlkeras._catalogue import describe
from mtlkeras.cli import app
from mtlkeras.specs import DataSpec

HINT = "Run `make docs` and commit what it writes."
PAGE = (FOLDER / "balancing.md").read_text(encoding="utf-8")
README = (FOLDER.parent / "README.md").read_text(encoding="utf-8")
METHODS = methods()
ABOUT_BALANCING = README.partition("\n## Balancing\n")[2].partition("\n## ")[0]


def blocks(text: str, language: str) -> list[str]:
    """Code blocks of a language, `""` for those without."""
    found = re.findall(r"^```(\w*)\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    return [code for name, code in found if name == language]


def rows(table: str, name: str) -> list[str]:
    return [line for line in table.splitlines() if line.startswith(f"| `{name}`")]


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.about.name)
def test_the_page_tells_what_the_docstring_tells(method):
    name = method.about.class_name
    _, _, told = PAGE.partition("\n## Weightings of losses\n")
    lines = "\n".join(rows(told, name)).replace("\\|", "|")
    assert method.about.line in lines, HINT
    for authors, title, year in method.papers:
        assert f'{authors}, "{title}" ({year})' in lines, HINT
    for option in method.about.options:
        assert f"| `{name}` | `{option}` | {option.text} |" in lines or option.name == "scope", HINT


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.about.name)
def test_docstrings_tell_paper_and_scope(method):
    assert method.papers or method.about.class_name == "Static"
    assert bool(method.used) is not method.of_losses, "Say which gradients the paper uses."


def test_the_text_is_that_of_the_page():
    text = re.split(r"\{\w+\}\n", TEXT.read_text(encoding="utf-8"))
    assert len(text) == 5
    for part in text:
        assert part in PAGE, HINT


def test_only_weightings_are_told_of():
    known = {method.about.class_name for method in METHODS}
    tables = "\n".join(table(METHODS, {}) for table in (losses, gradients))
    assert {line.split("`")[1] for line in tables.splitlines()[2:] if "`" in line} == known
    assert set(re.findall(r"^\| `(\w+)` \|", options(METHODS), re.MULTILINE)) < known


def test_what_a_method_costs_is_told_where_it_was_measured():
    def step(kind, method, trunk="shared_bottom", **found):
        return {"kind": kind, "method": method, "trunk": trunk, **found}

    steps = [
        step("loss", "FAMO", ratio={"median": 1.234}),
        step("representation", "PCGrad", ratio={"median": 1.11}),
        step("representation", "PCGrad", "mmoe", ratio={"median": 1.9}),
        step("parameters", "PCGrad", missing="it ended"),
    ]
    costs = measured.costs({"steps": steps})
    assert rows(losses(METHODS, costs), "FAMO")[0].endswith("| 1.23 |")
    assert rows(gradients(METHODS, costs), "PCGrad")[0].endswith("| 1.11 | - |")
    assert measured.costs(None) == {}
    work = {"tasks": 4, "sizes": [100, 100], "batch_size": 1024}
    machine = {"processor": "a processor", "cores": 2}
    told = measured.conditions({"workload": work, "machine": machine, "date": "2026-01-01"})
    assert told.startswith("Costs: 4 tasks, 2 tables, batch 1,024, a shared bottom, on a processor")


def test_gains_are_told_beside_the_plain_sum():
    def spread(*values):
        mean = sum(values) / len(values)
        return {"mean": mean, "low": mean - 0.1, "high": mean + 0.1, "values": list(values)}

    def figures(*gains):
        return {"gain": spread(*gains), "auc_click": spread(0.7), "step_ms": spread(2.0)}

    machine = {"processor": "a processor", "cores": 2}
    methods = {
        "plain sum": figures(0.0, 0.1),
        "FAMO": figures(1.0, 1.1),
        "RLW": figures(-1.0, -0.9),
        "DWA": figures(0.0, 0.2),
    }
    shop = {"tasks": ["click"], "rows": {"train": 1000, "test": 100}, "epochs": 2}
    shop |= {"methods": methods, "single": {"click": spread(0.71)}, "missing": {"MGDA": "ended"}}
    families = {"plain sum": "plain", "MGDA": "representation"}
    families |= dict.fromkeys(("FAMO", "RLW", "DWA"), "losses")
    result = {"machine": machine, "date": "2026-01-01", "seeds": [0, 1], "data": {"shop": shop}}
    result |= {"model": {"units": [32, 16]}, "families": families}
    text = measured.gains(result)
    assert "| single tasks | 0.7100 | | |" in text
    assert "| FAMO | 0.7000 | +1.05 ± 0.10 | 2.0 |\n| DWA | " in text
    assert "| MGDA | - | - | - |" in text
    assert "lies above 0 for FAMO, and below 0 for RLW (of 3 methods" in text


def test_the_page_is_written_without_results(tmp_path):
    main(tmp_path, results=tmp_path)
    text = (tmp_path / "balancing.md").read_text(encoding="utf-8")
    assert text == page(METHODS, None, None, None)
    assert text.endswith(measured.ABSENT)
    assert measured.PARETO in page(METHODS, None, {}, None)
    (tmp_path / "weightings.json").write_text(json.dumps({"quick": True}))
    assert measured.read(tmp_path / "weightings.json") is None


@pytest.mark.slow
def test_the_code_of_the_page_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    space: dict = {}
    found = blocks(PAGE, "python")
    for number, code in enumerate(found):
        exec(compile(code, f"block {number}", "exec"), space)
    assert len(found) == 7
    assert set(space["mixture"].rates) == {"impressions", "purchases"}
    assert sorted(chain(*space["affinity"].groups)) == ["cart", "click", "returned"]
    assert Path("runs/pcgrad").is_dir()


def test_commands_of_the_page_and_of_the_readme_can_be_parsed(tmp_path):
    texts = "".join([*blocks(PAGE, ""), *blocks(ABOUT_BALANCING, "")])
    lines = [shlex.split(line, comments=True) for line in texts.splitlines()]
    program = typer.main.get_command(app)
    parsed = 0
    for words in lines:
        if words[0] != "mtlkeras":
            continue
        context = program.make_context("mtlkeras", words[1:])
        command = program.get_command(context, words[1])
        asked = command.make_context(words[1], words[2:], parent=context).params
        name = asked.get("weighting") or (words[1] == "weightings" and asked["name"])
        assert not name or describe(name, "balancing")
        parsed += 1
    assert parsed >= 8


def test_the_spec_of_the_page_is_one():
    (text,) = blocks(PAGE, "yaml")
    spec = {"spec_version": 1, "name": "shop", "features": {"price": {"type": "number"}}}
    found = DataSpec.from_dict({**spec, **yaml.safe_load(text)})
    assert found.tasks["click"].keep_negatives == 0.1
