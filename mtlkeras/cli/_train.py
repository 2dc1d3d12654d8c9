"""`mtlkeras train`."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

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


class Cache(StrEnum):
    """Where prepared rows are kept."""

    memory = "memory"
    disk = "disk"
    none = "none"


class Schedule(StrEnum):
    """How the learning rate goes on."""

    constant = "constant"
    cosine = "cosine"


def _option(text: str, default: Any, **settings: Any) -> Any:
    """Returns an option whose default is that of `TrainOptions`, only shown here.

    `TrainOptions` needs TensorFlow, and `--help` should not wait for it; a test compares.
    """
    return typer.Option(help=f"{text} Default: {default}.", show_default=False, **settings)


def train(
    ctx: typer.Context,
    spec: Annotated[Path, typer.Argument(help="Data spec (YAML).")],
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Run folder to write.", show_default=False)
    ],
    data: DataFolder = None,
    trunk: Annotated[
        str | None, _option("Trunk, such as shared_bottom; `mtlkeras trunks` lists them.", "mmoe")
    ] = None,
    trunk_option: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KEY=VALUE",
            show_default=False,
            help="Argument of the trunk, such as num_experts=4 or units=64,32; repeat for more.",
        ),
    ] = None,
    funnel: Annotated[
        str | None,
        typer.Option(
            show_default=False,
            help="Funnel of the binary tasks that `parent` links in the spec: esmm, escm2, dcmt, "
            "aitm or dbmtl; without one each has a head of its own.",
        ),
    ] = None,
    funnel_option: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KEY=VALUE",
            show_default=False,
            help="Argument of the funnel, such as estimator=ips; repeat for more.",
        ),
    ] = None,
    interaction: Annotated[
        str | None,
        typer.Option(
            show_default=False,
            help="Interaction of encoded features in front of the trunk: fm, deepfm, cross_net or "
            "finalmlp.",
        ),
    ] = None,
    interaction_option: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KEY=VALUE",
            show_default=False,
            help="Argument of the interaction, such as rank=16; repeat for more.",
        ),
    ] = None,
    head: Annotated[
        list[str] | None,
        typer.Option(
            metavar="TASK=NAME",
            show_default=False,
            help="Head of a user and an item for a task: matrix_factorization or two_tower, such "
            "as rating=two_tower; repeat for more.",
        ),
    ] = None,
    head_option: Annotated[
        list[str] | None,
        typer.Option(
            metavar="TASK.KEY=VALUE",
            show_default=False,
            help="Argument of such a head, such as rating.user=user_id,age and "
            "rating.item=item_id; repeat for more.",
        ),
    ] = None,
    encoder: Annotated[
        list[str] | None,
        typer.Option(
            metavar="FEATURE=NAME",
            show_default=False,
            help="Encoder of a feature, or of a kind of features, such as hist_items=din or "
            "category_sequence=sasrec; or table, such as item=low_rank; repeat for more.",
        ),
    ] = None,
    encoder_option: Annotated[
        list[str] | None,
        typer.Option(
            metavar="FEATURE.KEY=VALUE",
            show_default=False,
            help="Argument of an encoder, such as hist_items.units=36,18 or hist_items.gaps=days; "
            "repeat for more.",
        ),
    ] = None,
    tower: Annotated[
        str | None, _option("Widths of the hidden layers of each task, such as 64,32.", "32")
    ] = None,
    weighting: Annotated[
        str | None,
        _option(
            "How task losses or gradients are balanced, such as famo; `mtlkeras weightings` lists "
            "them.",
            "plain sum",
        ),
    ] = None,
    weighting_option: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KEY=VALUE",
            show_default=False,
            help="Argument of the weighting, such as scope=parameters; repeat for more.",
        ),
    ] = None,
    optimizer: Annotated[
        str | None,
        _option(
            "Optimizer: lazy_adam, adagrad, rowwise_adagrad, ftrl or sgd; for embedding tables "
            "and all else.",
            "lazy_adam",
        ),
    ] = None,
    dense_optimizer: Annotated[
        str | None, _option("Another optimizer for all but embedding tables.", "the same")
    ] = None,
    learning_rate: Annotated[
        float | None, _option("Learning rate, at the start where there is a schedule.", 0.001)
    ] = None,
    schedule: Annotated[
        Schedule | None, _option("How the learning rate goes on.", "constant")
    ] = None,
    epochs: Annotated[
        int | None, _option("Times the training rows are gone through, at most.", 3, min=1)
    ] = None,
    batch_size: Annotated[int | None, _option("Rows of one step.", 1024, min=1)] = None,
    steps_per_execution: Annotated[
        int | None, _option("Steps in one call of TensorFlow.", "1 to 32, by the epoch", min=1)
    ] = None,
    seed: Annotated[
        int | None, _option("The same seed gives the same model (on CPU).", 0, min=0)
    ] = None,
    cache: Annotated[
        Cache | None, _option("Where prepared rows are kept between epochs.", "memory")
    ] = None,
    prepared: Annotated[
        Path | None,
        typer.Option(
            show_default=False, help="Folder of rows that `mtlkeras prepare` wrote, to train on."
        ),
    ] = None,
    monitor: Annotated[
        str | None, _option("Logged value that chooses the best epoch.", "val_loss")
    ] = None,
    patience: Annotated[
        int | None,
        _option("Stop after so many epochs without improvement; 0 never stops early.", 2, min=0),
    ] = None,
    task_patience: Annotated[
        int | None,
        typer.Option(
            min=1,
            show_default=False,
            help="Freeze a task out after so many epochs in which its own validation loss did not "
            "improve.",
        ),
    ] = None,
    introduce: Annotated[
        list[str] | None,
        typer.Option(
            metavar="TASK=FROM:FULL",
            show_default=False,
            help="Bring a task in gradually, such as purchase=2:4: it counts from epoch 2 on, and "
            "wholly from epoch 4 on; repeat for more.",
        ),
    ] = None,
    histograms: Annotated[
        bool, typer.Option("--histograms", help="Show weights as histograms in TensorBoard.")
    ] = False,
    monitor_gradients: Annotated[
        int | None,
        typer.Option(
            min=1,
            show_default=False,
            help="Show weights and gradients of the tasks in TensorBoard every so many steps.",
        ),
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace an older run in the output folder.")
    ] = False,
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
        settings["cache"] = None if cache is Cache.none else cache.value
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
