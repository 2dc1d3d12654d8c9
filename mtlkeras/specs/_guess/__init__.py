"""Guesses a commented spec from data, for a person to correct."""

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa


def guess_spec(
    path: "str | os.PathLike | pd.DataFrame | pa.Table",
    *,
    labels: Sequence[str] | None = None,
    name: str | None = None,
    folder: str | os.PathLike | None = None,
) -> str:
    """Guesses a data spec from a file's first 50,000 rows.

    Args:
        path: A CSV (plain or gzip) or Parquet file; also a pandas DataFrame or Arrow table.
        labels: Columns that are labels for certain; others are found by name and content.
        name: Name of the data set; the file's where left out.
        folder: Folder that the spec will lie in, for the path to the file that goes into it;
            the working folder where left out.

    Returns:
        YAML text with the reason for each guess as a comment. `DataSpec.from_text` reads it.

    Raises:
        SpecError: The file cannot be read, a label is no column of it, or no label was found.

    Example:

    >>> import pandas as pd
    >>> from mtlkeras.specs import DataSpec
    >>> frame = pd.DataFrame({"price": [1.5, 2.5, 9.5] * 9, "clicked": [0, 1, 0] * 9})
    >>> spec = DataSpec.from_text(guess_spec(frame, name="shop"))
    >>> spec.features["price"].type, spec.tasks["clicked"].type
    ('number', 'binary')
    """
    # Only here, so that reading a spec needs no Arrow.
    from ._compose import compose
    from ._sample import take_sample
    from ._text import write_guess

    sample = take_sample(path, name, folder)
    return write_guess(compose(sample, tuple(labels or ())))
