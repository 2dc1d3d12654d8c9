"""`mtlkeras train`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from . import _train_options as options
from ._names import check_names
from ._options import DataFolder
from ._output import console, say, say_next
from ._parse import (
    HEAD,
    parse_names,
    parse_options,
    parse_options_of,
    parse_ramps,
    parse_widths,
)
from ._tensorflow import import_tensorflow


def train(
    ctx: typer.Context,
    spec: Annotated[Path, typer.Argument(help="Data spec (YAML).")],
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Run folder to write.", show_default=False)
    ],
    data: DataFolder = None,
    trunk: options.Trunk = None,
    trunk_option: options.TrunkOption = None,
    funnel: options.Funnel = None,
    funnel_option: options.FunnelOption = None,
    interaction: options.Interaction = None,
    interaction_option: options.InteractionOption = None,
    head: options.Head = None,
    head_option: options.HeadOption = None,
    encoder: options.Encoder = None,
    encoder_option: options.EncoderOption = None,
    tower: options.Tower = None,
    weighting: options.Weighting = None,
    weighting_option: options.WeightingOption = None,
    optimizer: options.Optimizer = None,
    dense_optimizer: options.DenseOptimizer = None,
    learning_rate: options.LearningRate = None,
    schedule: options.ScheduleOf = None,
    epochs: options.Epochs = None,
    batch_size: options.BatchSize = None,
    steps_per_execution: options.StepsPerExecution = None,
    seed: options.Seed = None,
    cache: options.CacheIn = None,
    prepared: options.Prepared = None,
    monitor: options.Monitor = None,
    patience: options.Patience = None,
    task_patience: options.TaskPatience = None,
    introduce: options.Introduce = None,
    histograms: options.Histograms = False,
    monitor_gradients: options.MonitorGradients = None,
    overwrite: options.Overwrite = False,
) -> None:
    """Train a multi-task model into a run folder.

    The folder holds the spec, the fitted preprocessing, the best model, its metrics and
    TensorBoard's logs, and can be moved anywhere.

    Example: `mtlkeras train shop.yaml --trunk mmoe --trunk-option num_experts=4 --epochs 5
    --output runs/shop`
    """
    settings = {
        "trunk": trunk,
        "trunk_options": parse_options(trunk_option or []) or None,
        "funnel": funnel,
        "funnel_options": parse_options(funnel_option or [], "funnel", "estimator=ips") or None,
        "interaction": interaction,
        "interaction_options": parse_options(interaction_option or [], "interaction", "rank=16")
        or None,
        "heads": parse_names(head or [], HEAD) or None,
        "head_options": parse_options_of(head_option or [], HEAD) or None,
        "encoders": parse_names(encoder or []) or None,
        "encoder_options": parse_options_of(encoder_option or []) or None,
        "tower": None if tower is None else parse_widths(tower),
        "weighting": weighting,
        "weighting_options": parse_options(weighting_option or [], "weighting", "c=0.5") or None,
        "optimizer": optimizer,
        "dense_optimizer": dense_optimizer,
        "learning_rate": learning_rate,
        "schedule": schedule and schedule.value,
        "epochs": epochs,
        "batch_size": batch_size,
        "steps_per_execution": steps_per_execution,
        "seed": seed,
        "prepared": prepared,
        "monitor": monitor,
        "task_patience": task_patience,
        "introduce": parse_ramps(introduce or []) or None,
        "histograms": histograms or None,
        "monitor_gradients": monitor_gradients,
        "overwrite": overwrite or None,
    }
    # What was not given is left to `TrainOptions`; here None means not given.
    settings = {name: value for name, value in settings.items() if value is not None}
    if cache is not None:
        settings["cache"] = None if cache is options.Cache.none else cache.value
    if patience is not None:
        settings["patience"] = patience or None

    # Mistakes in these are told before TensorFlow is imported.
    check_names(trunk=trunk, weighting=weighting)
    from mtlkeras.specs import DataSpec

    loaded = DataSpec.from_yaml(spec, folder=data)
    import_tensorflow(ctx.obj["debug"])
    import mtlkeras as mtl

    run = mtl.train(loaded, output, **settings)
    for split in ("test", "validation"):
        if split in run.evaluation:
            say("", f"The best epoch on the {split} rows:")
            console().print(run.evaluation[split])
            break
    say_next(
        ["tensorboard", "--logdir", output],
        ["mtlkeras", "evaluate", output],
        ["mtlkeras", "export", output, Path("exports") / output.name],
    )
