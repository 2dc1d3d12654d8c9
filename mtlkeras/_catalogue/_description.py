"""What a class is, for those who choose among many."""

import re
from dataclasses import dataclass

from .._spelling import named, snake_case
from ._docstrings import parse
from ._inherited import inherited
from ._sources import ClassSource, exported

# Class attribute of a trunk to what it asks for.
_TAKES = {
    "takes_scenario": "the scenario: name a category feature under `scenario` in the spec",
    "takes_prior": "features of the prior, where the option `prior` names some",
    "takes_task_features": "features that belong to tasks, apart from the shared ones",
    "takes_own_encodings": "embedding tables of each task's own beside the shared ones",
    "takes_target": "the target item that a sequence is read for",
}
_ONE_OF = {"balancing": "weighting"}  # where the name of a room does not tell
_KINDS = {
    "vector": "all encoded features side by side",
    "tokens": "a token for each feature and all tokens of sequences",
    "category_sequence": "a sequence of categories",
}


@dataclass(frozen=True)
class Option:
    """An argument that somebody may choose.

    Args:
        name: Its name.
        default: Its default as written; `None` where it must be given.
        text: What it means.
    """

    name: str
    default: str | None
    text: str

    def __str__(self) -> str:
        return self.name if self.default is None else f"{self.name}={self.default}"


@dataclass(frozen=True)
class Description:
    """What a class is.

    Args:
        name: Name on the command line, e.g. `"mmoe"`.
        class_name: Name of the class.
        line: What it does.
        paper: Where it comes from.
        paragraphs: The equation and what belongs to it.
        use: When to use it; empty where the docstring does not tell.
        options: What can be chosen.
        inherited: What can be chosen as well, as for others of its kind.
        kind: Name of the class of the project that it derives from; empty where there is none.
        takes: What it asks for.
        scenarios: Whether it tells scenarios apart.
        unseen: What a scenario unseen in training gets; empty where it does not matter.
        example: Code.
    """

    name: str
    class_name: str
    line: str
    paper: str
    paragraphs: tuple[str, ...]
    use: str
    options: tuple[Option, ...]
    inherited: tuple[Option, ...]
    kind: str
    takes: tuple[str, ...]
    scenarios: bool
    unseen: str
    example: str


def describe_all(room: str = "trunks") -> dict[str, Description]:
    """Returns what a room exports, by name, in alphabetical order.

    Args:
        room: Dotted name below `mtlkeras`.

    Example:
        >>> describe_all()["mmoe"].paper
        'MMoE, Ma et al., 2018'
    """
    found = {snake_case(name): source for name, source in exported(room).items()}
    return {name: _description(name, found[name]) for name in sorted(found)}


def describe(name: str, room: str = "trunks") -> Description:
    """Returns what one class is.

    Args:
        name: Its name; case, `_` and `-` do not matter.
        room: Dotted name below `mtlkeras`.

    Raises:
        ValueError: If the room exports no such class.

    Example:
        >>> [str(option) for option in describe("SharedBottom").options][0]
        'units=(128, 64)'
    """
    known = describe_all(room)
    return known[named(_ONE_OF.get(room, room.rpartition(".")[2].removesuffix("s")), name, known)]


def _description(name: str, source: ClassSource) -> Description:
    doc = parse(source.docstring)
    kind = source.attributes.get("takes")
    kinds = [] if kind is None else [_KINDS.get(kind, str(kind).replace("_", " "))]
    more = [text for key, text in _TAKES.items() if source.attributes.get(key)]
    unseen = [text for title, text in doc.sections.items() if "unseen" in title.lower()]
    options = _options(source)
    return Description(
        name=name,
        class_name=source.name,
        line=doc.line,
        paper=doc.paper,
        paragraphs=tuple(doc.paragraphs),
        use=doc.use,
        options=tuple(options.values()),
        inherited=tuple(inherited(options, map(_options, source.bases)).values()),
        kind=source.bases[0].name if source.bases else "",
        takes=(*kinds, *more),
        scenarios=bool(source.attributes.get("takes_scenario")),
        unseen=" ".join(" ".join(unseen).split()),
        example="\n".join(
            re.sub(r"^(>>>|\.\.\.) ?", "", line)
            for line in doc.sections.get("Example", "").splitlines()
            if line.startswith((">>>", "..."))
        ),
    )


def _options(source: ClassSource) -> dict[str, Option]:
    # What a class says itself comes over what its bases say.
    lineage = (*reversed(source.bases), source)
    texts = {
        name: text for each in lineage for name, text in parse(each.docstring).arguments.items()
    }
    given = source.options.items()
    return {name: Option(name, default, texts.get(name, "")) for name, default in given}
