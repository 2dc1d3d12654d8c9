"""Prepared rows packed into few matrices, so that a batch is few copies.

All float32 values of a row lie side by side in one matrix, all int32 ids in a second, all image
bytes in a third: cutting a batch takes one row-wise copy a matrix instead of one a column.
Sequences keep a padded matrix each, cut to the longest of the batch.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import tensorflow as tf

MATRICES = ("float32", "int32", "uint8")


@dataclass(frozen=True)
class Slot:
    """Where one tensor lies.

    Args:
        part: 0 features, 1 labels, 2 sample weights.
        name: Key in that dict.
        dtype: dtype of the tensor.
        shape: Shape without the batch axis; `None` first for a sequence.
        start: First column in the dtype's matrix; for a sequence, the column of its length in
            the int32 matrix.
    """

    part: int
    name: str
    dtype: str
    shape: tuple[int | None, ...]
    start: int

    @property
    def is_sequence(self) -> bool:
        """Whether the tensor has a matrix of its own."""
        return None in self.shape

    @property
    def width(self) -> int:
        """Columns in the dtype's matrix."""
        return 0 if self.is_sequence else int(np.prod(self.shape, dtype=int))

    @property
    def key(self) -> str:
        """Name of the matrix that holds the tensor."""
        return f"sequence_{self.name}" if self.is_sequence else self.dtype


def plan_slots(element_spec: tuple[dict, dict, dict]) -> tuple[list[Slot], dict[str, int]]:
    """Returns the place of each tensor, and the width of each matrix.

    Args:
        element_spec: Specs of features, labels and weights, with batch axis.
    """
    slots, widths = [], dict.fromkeys(MATRICES, 0)
    for part, specs in enumerate(element_spec):
        for name, spec in specs.items():
            shape = tuple(spec.shape.as_list()[1:])
            dtype = spec.dtype.name
            matrix = "int32" if None in shape else dtype
            slot = Slot(part, name, dtype, shape, widths[matrix])
            widths[matrix] += 1 if slot.is_sequence else slot.width
            slots.append(slot)
    return slots, widths


def pack(slots: list[Slot], widths: Mapping[str, int], element: tuple) -> dict[str, np.ndarray]:
    """Returns the matrices of some prepared rows.

    Args:
        slots: From `plan_slots`.
        widths: From `plan_slots`.
        element: Features, labels and weights as tensors.
    """
    rows = int(next(iter(element[2].values())).shape[0])
    packed = {dtype: np.zeros((rows, width), dtype) for dtype, width in widths.items() if width}
    for slot in slots:
        values = element[slot.part][slot.name].numpy()
        if slot.is_sequence:
            packed[slot.key] = values
            filled = values[..., 1] if values.ndim == 3 else values
            packed["int32"][:, slot.start] = (filled != 0).sum(axis=1)
        else:
            stop = slot.start + slot.width
            packed[slot.key][:, slot.start : stop] = values.reshape(rows, slot.width)
    return packed


def take(
    slots: list[Slot], arrays: Mapping[str, np.ndarray], rows: np.ndarray | slice
) -> dict[str, np.ndarray]:
    """Returns the matrices of a batch, sequences cut to its longest.

    Args:
        slots: From `plan_slots`.
        arrays: All rows.
        rows: Which rows.
    """
    batch = {name: arrays[name][rows] for name in MATRICES if name in arrays}
    for slot in slots:
        if slot.is_sequence:
            longest = max(1, int(batch["int32"][:, slot.start].max()))
            batch[slot.key] = arrays[slot.key][rows, :longest]
    return batch


def unpacker(slots: list[Slot]) -> Callable[[dict[str, tf.Tensor]], tuple[dict, dict, dict]]:
    """Returns the graph function that takes a batch's matrices apart."""

    def unpack(batch: dict[str, tf.Tensor]) -> tuple[dict, dict, dict]:
        parts: tuple[dict, dict, dict] = ({}, {}, {})
        for slot in slots:
            values = batch[slot.key]
            if not slot.is_sequence:
                values = values[:, slot.start : slot.start + slot.width]
                values = tf.reshape(values, [-1, *slot.shape])
            parts[slot.part][slot.name] = values
        return parts

    return unpack


def packed_signature(slots: list[Slot], widths: Mapping[str, int]) -> dict[str, tf.TensorSpec]:
    """Returns the specs of what `take` returns."""
    signature = {d: tf.TensorSpec([None, width], d) for d, width in widths.items() if width}
    for slot in slots:
        if slot.is_sequence:
            signature[slot.key] = tf.TensorSpec([None, *slot.shape], slot.dtype)
    return signature
