"""Images that cannot be read, found before training: the graph could not name their row."""

import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pyarrow as pa
import tensorflow as tf

from mtlkeras.specs import DataSpec

from ._encode_labels import Fault
from ._transforms import image_roots


def image_faults(spec: DataSpec, cleaned: Mapping[str, pa.Array]) -> list[Fault]:
    """Decodes every image once and returns which cannot be.

    Args:
        spec: The data spec.
        cleaned: Source column to values.
    """
    faults, roots = [], None
    for name, feature in spec.features.items():
        if feature.type != "image":
            continue
        roots = image_roots(spec) if roots is None else roots
        column = feature.column or name
        values = cleaned[column].cast(pa.binary()).fill_null(b"").to_pylist()
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            fine = list(pool.map(lambda v, root=roots.get(name): _decodes(v, root), values))
        bad = ~np.array(fine, bool)
        if bad.any():
            where = f" below {roots[name]}" if name in roots else ""
            expected = f"a JPEG, PNG, GIF or BMP image{where}"
            hint = "Correct the rows or leave the value empty."
            faults.append(Fault(column, bad, expected, hint))
    return faults


def _decodes(value: bytes, root: str | None) -> bool:
    if not value:
        return True
    if root is not None:
        path = Path(value.decode(errors="replace"))
        if path.is_absolute() or ".." in path.parts or not (Path(root) / path).is_file():
            return False
        value = (Path(root) / path).read_bytes()
    try:
        tf.io.decode_image(value, expand_animations=False)
    except tf.errors.InvalidArgumentError:
        return False
    return True
