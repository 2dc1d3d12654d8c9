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


@pytest.fixture
def replaced(monkeypatch: pytest.MonkeyPatch) -> Callable:
    """Puts functions in the place of others, and remembers what they are called with.

    `replaced(owner, name, result)`, a function as the result is asked for it; `replaced.calls`
    has the arguments by name.
    """
    calls = {}

    def replace(owner: object, name: str, result: object) -> None:
        def call(*arguments, **settings):
            calls[name] = (arguments, settings)
            return result(*arguments) if callable(result) else result

        monkeypatch.setattr(owner, name, call, raising=False)

    replace.calls = calls
    return replace
