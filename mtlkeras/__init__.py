"""Multi-task, multi-scenario learning on e-commerce data with the Keras functional API.

Public names load on first use, so that `import mtlkeras.specs` needs no TensorFlow. Where Keras is
imported already, all is loaded at once: Keras then finds the classes that saved models name.
"""

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

from ._rooms import load_rooms
from ._version import __version__

_MODULES = (
    "balancing",
    "data",
    "datasets",
    "encoders",
    "evaluation",
    "fusion",
    "heads",
    "interactions",
    "optimizers",
    "scoring",
    "serving",
    "specs",
    "training",
    "trunks",
)
_HOMES = {
    "DataError": "data",
    "DataSpec": "specs",
    "MultiTaskModel": "multi_task_model",
    "Preprocessing": "data",
    "SpecError": "specs",
    "TensorBoard": "training",
    "TrainOptions": "training",
    "build_model": "builders",
    "compare": "training",
    "evaluate": "evaluation",
    "evaluate_affinity": "evaluation",
    "export_saved_model": "serving",
    "fit_score": "scoring",
    "guess_spec": "specs",
    "load_data": "data",
    "load_export": "serving",
    "load_run": "training",
    "load_split": "data",
    "plot_calibration": "evaluation",
    "plot_gradients": "training",
    "plot_history": "evaluation",
    "predict": "serving",
    "prepare": "data",
    "search_exponents": "scoring",
    "train": "training",
}

__all__ = ["__version__", *_MODULES, *_HOMES]

if TYPE_CHECKING:
    from . import (
        balancing,
        data,
        datasets,
        encoders,
        evaluation,
        fusion,
        heads,
        interactions,
        optimizers,
        scoring,
        serving,
        specs,
        training,
        trunks,
    )
    from .builders import build_model
    from .data import DataError, Preprocessing, load_data, load_split, prepare
    from .evaluation import evaluate, evaluate_affinity, plot_calibration, plot_history
    from .multi_task_model import MultiTaskModel
    from .scoring import fit_score, search_exponents
    from .serving import export_saved_model, load_export, predict
    from .specs import DataSpec, SpecError, guess_spec
    from .training import (
        TensorBoard,
        TrainOptions,
        compare,
        load_run,
        plot_gradients,
        train,
    )


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return import_module(f".{name}", __name__)
    if name in _HOMES:
        return getattr(import_module(f".{_HOMES[name]}", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)


if "keras" in sys.modules:
    load_rooms()
