"""What the classes of a room are, read from their source: no TensorFlow is imported for it."""

from ._description import Description, Option, describe, describe_all
from ._docstrings import Docstring, parse
from ._inherited import inherited
from ._sources import ClassSource, exported

__all__ = [
    "ClassSource",
    "Description",
    "Docstring",
    "Option",
    "describe",
    "describe_all",
    "exported",
    "inherited",
    "parse",
]
