"""Names of the layers of a model."""

from collections.abc import Callable, Iterable
from types import ModuleType

import keras

from .._spelling import hint, meant

Namer = Callable[[str], str]


def namer(taken: Iterable[str]) -> Namer:
    """Gives names of layers that no other layer of the model has.

    Args:
        taken: Names that are given already.

    Example:
        >>> name = namer(["item_embedding"])
        >>> name("item_embedding"), name("user_embedding")
        ('item_embedding_2', 'user_embedding')
    """
    used = set(taken)

    def name(wanted: str) -> str:
        found, count = wanted, 1
        while found in used:
            count += 1
            found = f"{wanted}_{count}"
        used.add(found)
        return found

    return name


def by_name(what: str, name: str, package: ModuleType) -> keras.layers.Layer:
    """Makes an object of a class of a package, with default options, from its name.

    Args:
        what: What it is, for the error.
        name: Name of the class; case, `_` and `-` do not matter.
        package: Package whose `__all__` has the classes.

    Raises:
        ValueError: If there is no such class.

    Example:
        >>> from mtlkeras import trunks
        >>> type(by_name("trunk", "shared_bottom", trunks)).__name__
        'SharedBottom'
    """
    found = meant(name, package.__all__)
    if found is None:
        raise ValueError(
            f"{what} must be one of {', '.join(package.__all__)}, or an object. "
            f"Received: {name!r}.{hint(name, package.__all__)}"
        )
    return getattr(package, found)()
