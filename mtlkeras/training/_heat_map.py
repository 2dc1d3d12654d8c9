"""Numbers from -1 to 1 over time as a picture, drawn without matplotlib."""

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFont

# Orange, white and blue: all who see colours tell them apart.
_LOW, _MIDDLE, _HIGH, _NONE = (217, 95, 2), (255, 255, 255), (31, 90, 166), (200, 200, 200)
_FRAME = (180, 180, 180)
# TensorBoard shows pictures 320 pixels wide, and drops pixels of wider ones.
_WIDTH, _EDGE, _NAME, _STRIP, _GAP, _FONT = 304, 8, 18, 14, 6, 13


def heat_map(
    names: Sequence[str], steps: Sequence[int], values: Sequence[Sequence[float]]
) -> np.ndarray:
    """Returns a picture with a strip a name, time from left to right, and a scale below.

    Args:
        names: Name of each strip, which stands above it.
        steps: Step of each column.
        values: `(names, steps)` from -1 to 1; NaN is grey.

    Returns:
        uint8 `(height, 320, 3)`.

    Example:
        >>> heat_map(["a and b"], [1, 2], [[-1.0, 1.0]]).shape
        (99, 320, 3)
    """
    high = (_NAME + _STRIP + _GAP) * len(names)
    picture = Image.new("RGB", (_WIDTH + 2 * _EDGE, high + 61), _MIDDLE)
    draw = ImageDraw.Draw(picture)
    font = _font_of(names)
    cells = colours(np.asarray(values, np.float64))
    for row, name in enumerate(names):
        top = (_NAME + _STRIP + _GAP) * row + _NAME
        draw.text((_EDGE, top - 5), name, "black", font, anchor="ls")
        strip = Image.fromarray(cells[row : row + 1])
        picture.paste(strip.resize((_WIDTH, _STRIP), Image.Resampling.NEAREST), (_EDGE, top))
        frame = [_EDGE - 1, top - 1, _EDGE + _WIDTH, top + _STRIP]
        draw.rectangle(frame, outline=_FRAME)
    font, below = ImageFont.load_default(size=_FONT), high + _NAME // 2
    draw.text((_EDGE, below), f"step {steps[0]}", "black", font, anchor="lm")
    if len(steps) > 1:
        draw.text((_EDGE + _WIDTH, below), f"step {steps[-1]}", "black", font, anchor="rm")
    _draw_scale(picture, draw, font, below + 2 * _NAME)
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


def _font_of(names: Sequence[str]) -> ImageFont.ImageFont:
    """The font in which all names fit above a strip."""
    for size in range(_FONT, 6, -1):
        font = ImageFont.load_default(size=size)
        if max(map(font.getlength, names)) <= _WIDTH:
            break
    return font


def _draw_scale(picture, draw, font, middle: int) -> None:
    wide = _WIDTH // 3
    shades = Image.fromarray(colours(np.linspace(-1, 1, wide)[None]))
    start = _EDGE + (_WIDTH - wide) // 2
    picture.paste(shades.resize((wide, _STRIP)), (start, middle - _STRIP // 2))
    for x, text, anchor in (
        (start - _GAP, "conflict -1", "rm"),
        (start + wide + _GAP, "1 agree", "lm"),
    ):
        draw.text((x, middle), text, "black", font, anchor=anchor)
