"""Classes as they are written: docstring, constructor and attributes, without importing them.

Importing a trunk takes seconds, for it imports TensorFlow; reading all of them takes a blink.
"""

import ast
from dataclasses import dataclass
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent
# Filled in by builders, or told by Keras: no options that somebody chooses.
FILLED_IN = ("self", "tasks", "num_scenarios")


@dataclass(frozen=True)
class ClassSource:
    """A class as it is written.

    Args:
        name: Its name.
        docstring: Its docstring, without indentation.
        options: Argument of the constructor to its default as written, `None` where it has none.
        attributes: Class attribute to its value, where that is a literal.
        bases: Classes of the project that it inherits from, nearest first.
    """

    name: str
    docstring: str
    options: dict[str, str | None]
    attributes: dict[str, object]
    bases: tuple["ClassSource", ...] = ()


def exported(room: str) -> dict[str, ClassSource]:
    """Returns the classes that a room exports, in the order of its `__all__`.

    Args:
        room: Dotted name below `mtlkeras`, e.g. `"trunks"`.

    Example:
        >>> exported("trunks")["SharedBottom"].options["activation"]
        "'relu'"
    """
    front = PACKAGE.joinpath(*room.split(".")) / "__init__.py"
    homes, names = _imports(front), _literal(front, "__all__") or []
    # Functions and constants are exported too.
    found = {name: _find(homes[name], name) for name in names if name in homes}
    return {name: _source(*place) for name, place in found.items() if place is not None}


def _source(file: Path, node: ast.ClassDef) -> ClassSource:
    lineage = list(_lineage(file, node))
    made_by = next((f for _, each in lineage if (f := _constructor(each)) is not None), None)
    attributes: dict[str, object] = {}
    for _, each in reversed(lineage):
        attributes |= _literals(each.body)
    options = {} if made_by is None else _options(made_by.args)
    bases = tuple(_source(*place) for place in lineage[1:])
    return ClassSource(node.name, ast.get_docstring(node) or "", options, attributes, bases)


def _lineage(file: Path, node: ast.ClassDef):
    """The class and those of the project that it inherits from, nearest first, with their files."""
    yield file, node
    for base in node.bases:
        if isinstance(base, ast.Name):
            place = _find(file, base.id)
            if place is not None:
                yield from _lineage(*place)


def _find(file: Path, name: str) -> tuple[Path, ast.ClassDef] | None:
    """Where a class is defined that a file defines or imports from the project."""
    for node in _tree(file).body:
        if isinstance(node, ast.ClassDef) and node.name == name:
            return file, node
    home = _imports(file).get(name)
    return None if home is None else _find(home, name)


def _imports(file: Path) -> dict[str, Path]:
    """Name to the file of the project that it is imported from."""
    found = {}
    for node in _tree(file).body:
        if isinstance(node, ast.ImportFrom) and node.level:
            folder = file.parents[node.level - 1]
            home = folder.joinpath(*(node.module or "").split("."))
            home = home / "__init__.py" if home.is_dir() else home.with_suffix(".py")
            if home.is_file():
                found |= {alias.asname or alias.name: home for alias in node.names}
    return found


def _constructor(node: ast.ClassDef) -> ast.FunctionDef | None:
    functions = (each for each in node.body if isinstance(each, ast.FunctionDef))
    return next((each for each in functions if each.name == "__init__"), None)


def _options(args: ast.arguments) -> dict[str, str | None]:
    places = [*args.posonlyargs, *args.args]
    defaults = [None] * (len(places) - len(args.defaults)) + list(args.defaults)
    pairs = [*zip(places, defaults, strict=True)]
    pairs += zip(args.kwonlyargs, args.kw_defaults, strict=True)
    return {
        place.arg: None if default is None else ast.unparse(default)
        for place, default in pairs
        if place.arg not in FILLED_IN
    }


def _literal(file: Path, name: str) -> object:
    return _literals(_tree(file).body).get(name)


def _literals(body: list[ast.stmt]) -> dict[str, object]:
    found = {}
    for node in body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            name, value = node.targets[0].id, node.value
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            name, value = node.target.id, node.value
        else:
            continue
        try:
            found[name] = ast.literal_eval(value)
        except ValueError:  # computed
            continue
    return found


@cache
def _tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))
