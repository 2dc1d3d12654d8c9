"""Sequences whose elements are ids that another column has."""

import pyarrow as pa

from ._features_strings import separator_of
from ._guess import Guess
from ._names import words
from ._profile import Profile


def share_tables(features: dict[str, Guess]) -> None:
    """Gives a sequence of ids and the feature of one such id one table."""
    ids = {n: g for n, g in features.items() if g.entry["type"] == "category"}
    for guess in features.values():
        if guess.entry["type"] != "sequence" or guess.entry.get("of") == "number":
            continue
        elements = _elements(guess.column)
        for name, other in ids.items():
            values = {str(value) for value in other.column.counts}
            common = len(elements & values) / max(1, len(elements))
            if common > 0.5 and len(values) > 20:
                table = "_".join(w for w in words(name) if w not in ("id", "ids")) or "ids"
                table = table if table not in features else f"{table}_table"
                other.entry["table"] = guess.entry["table"] = table
                guess.reason += f"; {100 * common:.0f}% of them are values of {name}"
                break


def _elements(column: Profile) -> set[str]:
    if column.kind == "list":
        flat = column.values.flatten() if isinstance(column.values, pa.ListArray) else ()
        return {str(element) for element in flat.to_pylist()}
    found = separator_of(column)
    return {element for parts in found[1] for element in parts} if found else set()
