"""The rooms whose classes saved models name."""

from importlib import import_module

SAVED = (
    "balancing",
    "encoders",
    "fusion",
    "heads",
    "interactions",
    "multi_task_model",
    "optimizers",
    "trunks",
)


def load_rooms() -> None:
    """Imports them: Keras finds the classes of a saved model that were imported."""
    for room in SAVED:
        import_module(f"mtlkeras.{room}")
