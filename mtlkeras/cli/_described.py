"""What the catalogue says of trunks and weightings, on the screen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.box import SIMPLE, SIMPLE_HEAD
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from ._output import console, say

if TYPE_CHECKING:
    from mtlkeras._catalogue import Description


def listed(what: str, title: str, described: Sequence[Description]) -> Table:
    """Returns a table with a line each.

    Args:
        what: What each of them is.
        title: Title of the table.
        described: Those to list.
    """
    table = Table(title=title, box=SIMPLE_HEAD, title_justify="left", pad_edge=False)
    table.add_column(what, no_wrap=True, style="bold")
    table.add_column("what it does (paper)", ratio=3)
    table.add_column("options", ratio=2)
    for each in described:
        line = Text.assemble(each.line.removesuffix("."), (f" ({each.paper})", "dim"))
        options = Text(", ".join(map(str, (*each.options, *each.inherited))), style="dim")
        table.add_row(Text(each.name), line if each.paper else Text(each.line), options)
    return table


def show(each: Description) -> None:
    """Prints one in full.

    Args:
        each: What is shown.
    """
    out = console()
    paper = f"  ({each.paper})" if each.paper else ""
    out.print(Text.assemble((each.name, "bold"), f"  {each.class_name}{paper}"))
    out.print(Text(each.line))
    for paragraph in each.paragraphs:
        out.print()
        for line in lines_of(paragraph):
            out.print(Text(line))
    for heading, text in (("When", each.use), ("Unseen scenarios", each.unseen)):
        if text:
            out.print(f"\n[bold]{heading}[/]")
            out.print(Padding(Text(text), (0, 2)))
    if each.takes:
        out.print("\n[bold]Takes[/]")
    for text in each.takes:
        out.print(Padding(Text(text), (0, 2)))
    options = (*each.options, *each.inherited)
    out.print("\n[bold]Options[/]" if options else "\nIt has no options.\n")
    if options:
        table = Table(box=SIMPLE, show_header=False, pad_edge=False)
        table.add_column(no_wrap=True)
        table.add_column(ratio=1)
        for option in options:
            table.add_row(Text(str(option)), Text(option.text))
        out.print(table)
    out.print("[bold]Example[/]")
    say(*(f"  {line}" for line in each.example.splitlines()))


def lines_of(paragraph: str) -> list[str]:
    """A paragraph as one line, or as several where each of its lines is an equation.

    Args:
        paragraph: As it is written.
    """
    lines = paragraph.splitlines()
    if all(line.startswith("`") for line in lines):
        return lines
    return [" ".join(lines)]
