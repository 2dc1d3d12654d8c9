"""The page: its text, with tables of methods and of what was measured."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from . import measured
from .methods import Method

TEXT = Path(__file__).parent / "text.md"
Costs = Mapping[tuple[str, str], float]


def page(
    found: Sequence[Method],
    balancing: Mapping | None,
    pareto: Mapping | None,
    weightings: Mapping | None,
) -> str:
    """Returns the page as Markdown.

    Args:
        found: All weightings.
        balancing: Result of `python -m benchmarks balancing`, `None` where there is none.
        pareto: Result of `python -m benchmarks pareto`, `None` where there is none.
        weightings: Result of `python -m benchmarks weightings`, `None` where there is none.
    """
    costs = measured.costs(balancing)
    toys = "" if pareto is None else measured.PARETO
    parts = (measured.conditions(balancing), toys, measured.gains(weightings))
    tables = {
        "losses": losses([each for each in found if each.of_losses], costs),
        "gradients": gradients([each for each in found if not each.of_losses], costs),
        "options": options(found),
        "measured": "\n".join(filter(None, parts)),
    }
    text = TEXT.read_text(encoding="utf-8")
    for name, table in tables.items():
        text = text.replace(f"{{{name}}}\n", table)
    return text


def losses(found: Sequence[Method], costs: Costs) -> str:
    """Returns the table of weightings of losses.

    Args:
        found: Those weightings.
        costs: What was measured.
    """
    rows = [
        (_name(each), each.about.line, _papers(each), _options(each), _cost(each, "loss", costs))
        for each in found
    ]
    return _table(("", "what it does", "paper", "options", "cost"), rows, right=1)


def gradients(found: Sequence[Method], costs: Costs) -> str:
    """Returns the table of weightings of gradients.

    Args:
        found: Those weightings.
        costs: What was measured.
    """
    scopes = ("representation", "parameters")
    rows = [
        (
            _name(each),
            each.about.line,
            _papers(each),
            each.used,
            _options(each),
            *(_cost(each, scope, costs) for scope in scopes),
        )
        for each in found
    ]
    heads = ("", "what it does", "paper", "gradients in the paper", "options")
    return _table((*heads, "cost, representation", "cost, parameters"), rows, right=2)


def options(found: Sequence[Method]) -> str:
    """Returns the table of all options but `scope`, which all weightings of gradients have.

    Args:
        found: All weightings.
    """
    rows = [
        (f"`{each.about.class_name}`", f"`{option}`", option.text)
        for each in found
        for option in each.about.options
        if option.name != "scope"
    ]
    return _table(("weighting", "option", "what it is"), rows)


def _name(method: Method) -> str:
    mark = "\\*" if method.about.kind == "Aggregator" else ""
    return f"`{method.about.class_name}`{mark}"


def _papers(method: Method) -> str:
    papers = [f'{authors}, "{title}" ({year})' for authors, title, year in method.papers]
    return "; ".join(papers) or "-"


def _options(method: Method) -> str:
    own = [f"`{option}`" for option in method.about.options if option.name != "scope"]
    return ", ".join(own) or "-"


def _cost(method: Method, kind: str, costs: Costs) -> str:
    found = costs.get((method.about.class_name, kind))
    return "-" if found is None else f"{found:.2f}"


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]], right: int = 0) -> str:
    """A table of Markdown, its last columns to the right."""
    marks = ["---"] * (len(heads) - right) + ["--:"] * right
    lines = [heads, marks, *([cell.replace("|", "\\|") for cell in row] for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
