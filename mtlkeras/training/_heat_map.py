"""Numbers from -1 to 1 over time as a picture, drawn without matplotlib."""

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFont

# Orange, white and blue: all who see colours tell them apart.
_LOW, _MIDDLE, _HIGH, _NONE = (217, 95, 2), (255, 255, 255), (31, 90, 166), (200, 200, 200)
_ROW, _WIDTH, _EDGE, _FONT = 24, 560, 10, 14


def heat_map(
    names: Sequence[str], steps: Sequence[int], values: Sequence[Sequence[float]]
) -> np.ndarray:
    """Returns a picture with a row a name and time from left to right, and a scale below.

    Args:
        names: Name of each row.
        steps: Step of each column.
        values: `(names, steps)` from -1 to 1; NaN is grey.

    Returns:
        uint8 `(height, width, 3)`.

    Example:
        >>> heat_map(["a and b"], [1, 2], [[-1.0, 1.0]]).dtype
        dtype('uint8')
    """
    font = ImageFont.load_default(size=_FONT)
    left = 2 * _EDGE + int(max(font.getlength(name) for name in names))
    high = _ROW * len(names)
    size = (left + _WIDTH + 3 * _EDGE, high + 5 * _ROW // 2 + _EDGE)
    picture = Image.new("RGB", size, _MIDDLE)
    draw = ImageDraw.Draw(picture)
    cells = Image.fromarray(colours(np.asarray(values, np.float64)))
    picture.paste(cells.resize((_WIDTH, high), Image.Resampling.NEAREST), (left, _EDGE))
    for row, name in enumerate(names):
        middle = _EDGE + _ROW * row + _ROW // 2
        draw.text((left - _EDGE, middle), name, "black", font, anchor="rm")
        draw.line([(left, middle - _ROW // 2), (left + _WIDTH, middle - _ROW // 2)], _MIDDLE)
    draw.rectangle([left - 1, _EDGE - 1, left + _WIDTH, _EDGE + high], outline=_NONE)
    below = _EDGE + high + _ROW // 2
    draw.text((left, below), f"step {steps[0]}", "black", font, anchor="lm")
    if len(steps) > 1:
        draw.text((left + _WIDTH, below), f"step {steps[-1]}", "black", font, anchor="rm")
    _draw_scale(picture, draw, font, left, below + _ROW)
    return np.asarray(picture)


def colours(values: np.ndarray) -> np.ndarray:
    """Returns the colour of each number, uint8 `(*values.shape, 3)`.

    Args:
        values: Numbers from -1 to 1, or NaN.

    Example:
        >>> colours(np.array([-1.0, 0.0, 1.0, np.nan])).tolist()
        [[217, 95, 2], [255, 255, 255], [31, 90, 166], [200, 200, 200]]
    """
    known = np.nan_to_num(values)[..., None]
    end = np.where(known < 0, _LOW, _HIGH)
    mixed = np.array(_MIDDLE) + np.abs(known) * (end - np.array(_MIDDLE))
    mixed = np.where(np.isnan(values)[..., None], _NONE, mixed)
    return np.rint(mixed).clip(0, 255).astype(np.uint8)


def _draw_scale(picture, draw, font, left: int, top: int) -> None:
    wide = _WIDTH // 3
    shades = Image.fromarray(colours(np.linspace(-1, 1, wide)[None]))
    start = left + (_WIDTH - wide) // 2
    picture.paste(shades.resize((wide, _ROW // 2)), (start, top))
    for x, text, anchor in (
        (start - _EDGE, "conflict -1", "rm"),
        (start + wide + _EDGE, "1 agree", "lm"),
    ):
        draw.text((x, top + _ROW // 4), text, "black", font, anchor=anchor)
