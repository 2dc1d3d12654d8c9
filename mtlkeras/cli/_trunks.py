"""`mtlkeras trunks`."""

from __future__ import annotations

from typing import Annotated

import typer

from ._described import listed, show
from ._output import console, say_next


def trunks(
    name: Annotated[
        str | None, typer.Argument(help="A trunk, to show all of it.", show_default=False)
    ] = None,
) -> None:
    """List the trunks: what each does, its paper and its options.

    A trunk is the part of a model that tasks share, and what sets one architecture apart from
    another.

    Example: `mtlkeras trunks mmoe`
    """
    from mtlkeras._catalogue import describe, describe_all

    if name is not None:
        _show(describe(name))
        return
    found = list(describe_all().values())
    console().print(listed("trunk", "Trunks", [each for each in found if not each.scenarios]))
    scenarios = [each for each in found if each.scenarios]
    if scenarios:
        console().print(listed("trunk", "Trunks that tell scenarios apart", scenarios))
    say_next(
        ["mtlkeras", "trunks", "mmoe"],
        ["mtlkeras", "compare", "shop.yaml", "--trunks", "shared_bottom,mmoe,ple"],
        ["mtlkeras", "train", "shop.yaml", "--trunk", "mmoe", "--output", "runs/shop"],
    )


def _show(trunk) -> None:
    show(trunk)
    words = ["mtlkeras", "train", "shop.yaml", "--trunk", trunk.name]
    first = next((o for o in trunk.options if o.default and o.default.isdigit()), None)
    if first is not None:
        words += ["--trunk-option", f"{first.name}={first.default}"]
    say_next([*words, "--output", "runs/shop"])
