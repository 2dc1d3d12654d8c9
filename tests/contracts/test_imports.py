"""Imports go down the floors, and rooms of one floor never import each other.

A room is a package or a module of `mtlkeras`; the modules of floor 2 and their private packages
are one room. Imports are read from the source, those inside functions and under `TYPE_CHECKING`
included.
"""

import ast
from collections import Counter
from pathlib import Path

import pytest

import mtlkeras
from mtlkeras._rooms import SAVED

PACKAGE = Path(mtlkeras.__file__).parent
FLOORS = [
    {"_figures", "_rooms", "_spelling", "_version"},
    {"_catalogue", "specs"},
    {"_layers"},
    {"balancing", "data", "encoders", "fusion", "heads", "interactions", "optimizers", "trunks"},
    {"models"},
    {"datasets", "evaluation", "serving", "transfer"},
    {"scoring"},
    # A run is evaluated when it ends, and a score fitted that is to be learned.
    {"training"},
    {"cli", "quickstart"},
    {"__main__"},
]
MODELS = {"_building", "_objectives", "builders", "multi_task_model"}
# The top floor may use the package as its users do.
TOP = {"cli", "quickstart"}
HEAVY = {"keras", "tensorflow", "tensorflow_datasets"}
FILES = sorted(PACKAGE.rglob("*.py"))


def name_of(path: Path) -> str:
    return str(path.relative_to(PACKAGE))


def room_of(module: str) -> str:
    """Room of a dotted name below `mtlkeras`."""
    name = module.split(".")[0]
    return "models" if name in MODELS else name


def floor_of(room: str) -> int:
    found = [floor for floor, rooms in enumerate(FLOORS) if room in rooms]
    assert found, f"{room} stands on no floor: say in FLOORS which."
    return found[0]


def imports(path: Path):
    """Names that a file imports, `mtlkeras.` left out of the project's own: `(own, name)`."""
    here = path.relative_to(PACKAGE).with_suffix("").parts
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            modules = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(["mtlkeras", *here[: len(here) - node.level]]) if node.level else ""
            module = ".".join(part for part in (base, node.module) if part)
            # `from .. import trunks` imports a room, `from ..trunks import MMoE` a name of one.
            bare = module == "mtlkeras"
            modules = [f"{module}.{alias.name}" for alias in node.names] if bare else [module]
        else:
            continue
        for module in modules:
            first, _, rest = module.partition(".")
            yield (True, rest) if first == "mtlkeras" else (False, first)


@pytest.mark.parametrize("path", [f for f in FILES if f != PACKAGE / "__init__.py"], ids=name_of)
def test_imports_go_down(path):
    room = room_of(".".join(path.relative_to(PACKAGE).with_suffix("").parts))
    for own, module in imports(path):
        if not own or (room in TOP and not module):
            continue
        assert module, f"{name_of(path)} imports mtlkeras itself; it may import rooms below only."
        other = room_of(module)
        assert other == room or floor_of(other) < floor_of(room), (
            f"{name_of(path)} imports {module}: {room} stands on floor {floor_of(room)} and may "
            f"import rooms below only, {other} stands on floor {floor_of(other)}."
        )


@pytest.mark.parametrize("path", sorted((PACKAGE / "specs").rglob("*.py")), ids=name_of)
def test_specs_import_no_tensorflow(path):
    assert not {module for own, module in imports(path) if not own} & HEAVY


def test_a_room_is_told_from_its_neighbours():
    assert (
        room_of("builders")
        == room_of("_building._names")
        == room_of("multi_task_model")
        == "models"
    )
    assert room_of("heads._binary") == "heads"
    assert room_of("_layers._mlp") == "_layers"


def test_every_room_stands_on_a_floor():
    for path in PACKAGE.iterdir():
        is_room = path.suffix == ".py" or (path / "__init__.py").is_file()
        if is_room and path.name != "__init__.py":
            floor_of(room_of(path.stem))


def test_what_saved_models_name_is_loaded_with_the_package():
    # `_layers` and `_objectives` come with rooms that are.
    loaded = {"_layers", "_objectives", *SAVED}
    holding = {
        path.relative_to(PACKAGE).with_suffix("").parts[0]
        for path in FILES
        if "@keras.saving.register_keras_serializable" in path.read_text(encoding="utf-8")
    }
    assert holding <= loaded
    start = (PACKAGE / "__init__.py").read_text(encoding="utf-8").partition("in sys.modules:")[2]
    assert "load_rooms()" in start


def test_saved_models_name_each_class_once():
    # Keras keeps the class that registers a name last, whatever the model was saved with.
    found = Counter(
        node.name
        for path in FILES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef)
        and any("register_keras_serializable" in ast.unparse(d) for d in node.decorator_list)
    )
    assert found["LowRank"] == 1
    assert [name for name, count in found.items() if count > 1] == []


SOURCE = """
import keras.ops
import mtlkeras.specs
from mtlkeras.data import Preprocessing
from .. import trunks
from ..optimizers import LazyAdam
from ._head import Head
from . import _checks
if TYPE_CHECKING:
    from ..specs import Task
def f():
    import mtlkeras as mtl
"""


def test_every_way_to_import_is_seen(tmp_path, monkeypatch):
    monkeypatch.setitem(globals(), "PACKAGE", tmp_path)
    (tmp_path / "heads").mkdir()
    path = tmp_path / "heads" / "_binary.py"
    path.write_text(SOURCE)
    assert sorted(imports(path)) == [
        (False, "keras"),
        (True, ""),
        (True, "data"),
        (True, "heads"),
        (True, "heads._head"),
        (True, "optimizers"),
        (True, "specs"),
        (True, "specs"),
        (True, "trunks"),
    ]
