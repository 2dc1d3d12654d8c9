"""`mtlkeras weightings`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ._described import listed, show
from ._output import console, say_next

if TYPE_CHECKING:
    from mtlkeras._catalogue import Description


def weightings(
    name: Annotated[
        str | None, typer.Argument(help="A weighting, to show all of it.", show_default=False)
    ] = None,
) -> None:
    """List the weightings: what each does, its paper and its options.

    A weighting decides in every step how much each task counts; without one, losses are summed.

    Example: `mtlkeras weightings pcgrad`
    """
    from mtlkeras._catalogue import describe, describe_all

    if name is not None:
        _show(describe(name, "balancing"))
        return
    found = list(describe_all("balancing").values())
    of_losses = [each for each in found if each.kind == "LossWeighting"]
    of_gradients = [each for each in found if each.kind != "LossWeighting"]
    for title, some in (
        ("Weightings of losses: a step costs hardly more", of_losses),
        ("Weightings of gradients: a backward pass for each task", of_gradients),
    ):
        console().print(listed("weighting", title, some))
    say_next(
        ["mtlkeras", "weightings", "pcgrad"],
        ["mtlkeras", "train", "shop.yaml", "--weighting", "famo", "--output", "runs/shop"],
    )


def _show(weighting: Description) -> None:
    show(weighting)
    words = ["mtlkeras", "train", "shop.yaml", "--weighting", weighting.name]
    # RotoGrad has no other scope.
    options = [str(each) for each in weighting.inherited]
    if "scope='representation'" in options:
        words += ["--weighting-option", "scope=parameters"]
    say_next([*words, "--output", "runs/shop"])
