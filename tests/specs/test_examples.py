"""Every public name shows a runnable example."""

import doctest
import importlib
import inspect
import pkgutil
import typing

import pytest

from mtlkeras import specs

MODULES = [module.name for module in pkgutil.walk_packages(specs.__path__, f"{specs.__name__}.")]


@pytest.mark.parametrize("name", MODULES)
def test_examples_run(name):
    results = doctest.testmod(importlib.import_module(name))
    assert results.failed == 0


@pytest.mark.parametrize("name", specs.__all__)
def test_public_names_have_examples(name):
    item = getattr(specs, name)
    if typing.get_origin(item) is None:  # the unions have no docstring of their own
        assert ">>> " in inspect.getdoc(item)
