"""A runner of commands inside the test's process."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from mtlkeras.cli import app

SPEC = """\
spec_version: 1
name: shop
source: {format: parquet, train: rows.parquet}
features:
  price: {type: number}
  channel: {type: category, vocabulary: [app, web]}
tasks:
  click: {type: binary, column: clk}
"""


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Callable:
    """Runs a command; its result has `exit_code`, `stdout` and `stderr`."""
    monkeypatch.setenv("COLUMNS", "200")

    def run(*words: object):
        return CliRunner().invoke(app, [str(word) for word in words])

    return run


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    path = tmp_path / "shop.yaml"
    path.write_text(SPEC)
    return path
