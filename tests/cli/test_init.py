"""`mtlkeras init`."""

import numpy as np
import pandas as pd
import pytest

from mtlkeras.specs import DataSpec


@pytest.fixture
def rows(tmp_path):
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(
        {
            "price": rng.lognormal(2, 1, 300).round(2),
            "channel": rng.choice(["app", "web"], 300),
            "clicked": rng.integers(0, 2, 300),
            "stars": rng.integers(1, 6, 300),
        }
    )
    (tmp_path / "data").mkdir()
    frame.to_parquet(tmp_path / "data" / "shop.parquet")
    return tmp_path / "data" / "shop.parquet"


def test_writes_a_spec_that_is_valid_and_finds_its_file(run, rows, tmp_path):
    output = tmp_path / "specs" / "shop.yaml"
    result = run("init", rows, "--output", output, "--label", "stars", "--label", "clicked")
    assert result.exit_code == 0, result.output
    spec = DataSpec.from_yaml(output)
    assert set(spec.tasks) == {"stars", "clicked"}
    assert (output.parent / spec.source.train).resolve() == rows.resolve()
    assert "# " in output.read_text()
    assert f"Written to {output}." in result.stdout
    assert f"mtlkeras validate {output}" in result.stdout
    checked = run("validate", output)
    assert checked.exit_code == 0
    assert checked.stderr == ""


def test_prints_the_spec_where_no_output_is_named(run, rows):
    result = run("init", rows, "--label", "clicked")
    assert result.exit_code == 0
    assert "clicked" in DataSpec.from_text(result.stdout).tasks


def test_an_existing_spec_is_kept_unless_overwrite(run, rows, tmp_path):
    output = tmp_path / "shop.yaml"
    output.write_text("mine")
    result = run("init", rows, "-o", output, "--label", "clicked")
    assert result.exit_code == 2
    assert f"{output} exists already" in result.stderr
    assert output.read_text() == "mine"
    assert run("init", rows, "-o", output, "--label", "clicked", "--overwrite").exit_code == 0
    assert "clicked" in DataSpec.from_yaml(output).tasks


def test_what_cannot_be_guessed_from_is_told(run, rows, tmp_path):
    result = run("init", tmp_path / "nowhere.parquet")
    assert result.exit_code == 2
    assert "nowhere.parquet" in result.stderr
    result = run("init", rows, "--label", "clickd")
    assert result.exit_code == 2
    assert "clickd" in result.stderr
    assert "clicked" in result.stderr
    (tmp_path / "broken.parquet").write_bytes(b"PAR1 and no more")
    result = run("init", tmp_path / "broken.parquet")
    assert result.exit_code == 2
    assert "broken.parquet" in result.stderr
    assert "Traceback" not in result.output
