"""Examples in docstrings run, in folders where no other contract runs them."""

import doctest
import importlib
import pkgutil

import pytest

FOLDERS = ("_objectives", "data", "evaluation", "training")
# Its example trains a model, as its tests do.
LEFT_OUT = ("mtlkeras.training._train",)


def modules():
    for folder in FOLDERS:
        package = importlib.import_module(f"mtlkeras.{folder}")
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if module.name not in LEFT_OUT:
                yield module.name


@pytest.mark.parametrize("name", modules())
def test_examples_run(name):
    assert doctest.testmod(importlib.import_module(name)).failed == 0
