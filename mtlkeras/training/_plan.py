"""What a training is about to do."""

import keras

from .._building import table_memory
from ..encoders import StackedTables, Table
from ..specs import DataSpec
from ._options import TrainOptions
from ._projector import embedding_tables

# What a line names where there is one.
PARTS = ("trunk", "interaction", "funnel", "weighting")


def plan(spec: DataSpec, model: keras.Model, options: TrainOptions) -> str:
    """Returns what will be trained and how much memory its tables take, in four lines.

    Args:
        spec: The data spec.
        model: The compiled model.
        options: How it is trained.
    """
    parts = {what: getattr(options, what) for what in PARTS}
    chosen = "".join(f"{_name(p)} {what}, " for what, p in parts.items() if p is not None)
    tables = embedding_tables(model)
    in_tables = sum({id(w): w.shape.num_elements() for t in tables for w in t.weights}.values())
    total = model.count_params()
    layers = [x for x in model._flatten_layers() if isinstance(x, StackedTables | Table)]
    memory = table_memory(layers, model.optimizer)
    return (
        f"{spec.name}: {len(spec.features)} features, {len(spec.tasks)} tasks "
        f"({', '.join(f'{name} {task.type}' for name, task in spec.tasks.items())})\n"
        f"Model: {chosen}{total:,} parameters, {in_tables:,} of them in "
        f"{len(tables)} embedding tables\n"
        f"Memory of tables: {memory}\n"
        f"Training: up to {options.epochs} epochs, batches of {options.batch_size:,}, "
        f"seed {options.seed}"
    )


def hyperparameters(spec: DataSpec, model: keras.Model, options: TrainOptions) -> dict:
    """Returns what the HParams dashboard compares between runs.

    Args:
        spec: The data spec.
        model: The compiled model.
        options: How it is trained.
    """
    given = options.as_json()
    names = ("weighting", "optimizer", "dense_optimizer", "schedule", "learning_rate")
    names = (*names, "batch_size", "epochs", "seed")
    return {
        "data": spec.name,
        "trunk": _name(options.trunk),
        **{name: _short(given[name]) for name in names},
        **{
            part: _name(getattr(options, part))
            for part in ("interaction", "funnel")
            if getattr(options, part) is not None
        },
        **{
            f"{part}.{name}": _short(value)
            for part in PARTS
            for name, value in given[f"{part}_options"].items()
        },
        **{f"head.{task}": _name(layer) for task, layer in options.heads.items()},
        **{f"encoder.{name}": _name(layer) for name, layer in options.encoders.items()},
        **{
            f"encoder.{name}.{option}": _short(value)
            for name, settings in given["encoder_options"].items()
            for option, value in settings.items()
        },
        "parameters": model.count_params(),
    }


def _name(layer: str | keras.layers.Layer) -> str:
    return layer if isinstance(layer, str) else type(layer).__name__


def _short(value: object) -> object:
    return value.get("class_name", str(value)) if isinstance(value, dict) else value
