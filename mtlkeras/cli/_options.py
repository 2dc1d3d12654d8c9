"""Options that several commands have."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Split(StrEnum):
    """Splits of a data spec."""

    train = "train"
    validation = "validation"
    test = "test"


RunFolder = Annotated[Path, typer.Argument(help="Run folder, written by `mtlkeras train`.")]
DataFolder = Annotated[
    Path | None,
    typer.Option(
        "--data",
        exists=True,
        file_okay=False,
        show_default=False,
        help="Folder that file names in the spec start from; the spec's own if left out.",
    ),
]
