"""Layers, weightings and optimizers by name."""

import inspect
from collections.abc import Mapping
from types import ModuleType
from typing import Any

from .._catalogue import inherited
from .._spelling import hint, named, snake_case


def choices(package: ModuleType, base: type) -> dict[str, type]:
    """Returns name to class of what a package exports: `MMoE` is `"mmoe"`.

    Args:
        package: For example `mtlkeras.trunks`.
        base: What counts; helpers of other types and abstract classes are left out.
    """
    found = (getattr(package, name) for name in package.__all__)
    kinds = [c for c in found if inspect.isclass(c) and issubclass(c, base)]
    return {snake_case(c.__name__): c for c in kinds if not inspect.isabstract(c)}


def make(what: str, name: str, known: Mapping[str, type], options: Mapping[str, Any]) -> Any:
    """Returns an instance of the class of that name.

    Args:
        what: What it is, for the error text.
        name: Its name, for example `"mmoe"`.
        known: Name to class.
        options: Arguments of the constructor.

    Raises:
        ValueError: If there is no such class, or it has no such arguments.
    """
    key = named(what, name, known)
    parameters = parameters_of(known[key])
    for option in options:
        if option not in parameters:
            others = ", ".join(p for p in parameters if p != "tasks")
            among = f"options among {others}" if others else "no options"
            raise ValueError(
                f"`{what}` {key!r} should have {among}. Received {option!r}."
                f"{hint(option, parameters)}"
            )
    # One for several: `units=64` is a stack of one layer.
    alone = {o for o, value in options.items() if isinstance(value, int | float | str)}
    several = {o for o in alone if isinstance(parameters[o].default, tuple)}
    return known[key](**{o: (v,) if o in several else v for o, v in options.items()})


def parameters_of(kind: type) -> dict[str, inspect.Parameter]:
    """Returns name to parameter of what a class takes, what it hands on to its bases included.

    Args:
        kind: The class.

    Example:
        >>> from mtlkeras.balancing import PCGrad
        >>> list(parameters_of(PCGrad))
        ['shuffle', 'seed', 'scope']
    """
    own, *others = (each for each in kind.__mro__ if "__init__" in vars(each))
    # What Keras gives to every layer, such as `dtype`, is no option of a method.
    bases = [each for each in others if each.__module__.startswith("mtlkeras.")]
    options = _named(own)
    return options | inherited(options, map(_named, bases))


def _named(kind: type) -> dict[str, inspect.Parameter]:
    parameters = inspect.signature(kind.__init__).parameters.values()
    stars = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    return {p.name: p for p in parameters if p.kind not in stars and p.name != "self"}
