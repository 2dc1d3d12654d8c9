"""The options of `mtlkeras train`."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

# What `--help` shows together.
MODEL, BALANCING, FITTING = "Model", "Balance between tasks", "Fitting"
ROWS, WATCHING = "Rows", "Watching in TensorBoard"


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


Trunk = Annotated[
    str | None,
    _option(
        "Trunk, such as shared_bottom; `mtlkeras trunks` lists them.",
        "mmoe",
        rich_help_panel=MODEL,
    ),
]
TrunkOption = Annotated[
    list[str] | None,
    typer.Option(
        metavar="KEY=VALUE",
        show_default=False,
        help="Argument of the trunk, such as num_experts=4 or units=64,32; repeat for more.",
        rich_help_panel=MODEL,
    ),
]
Funnel = Annotated[
    str | None,
    typer.Option(
        show_default=False,
        help="Funnel of the binary tasks that `parent` links in the spec: esmm, escm2, dcmt, "
        "aitm or dbmtl; without one each has a head of its own.",
        rich_help_panel=MODEL,
    ),
]
FunnelOption = Annotated[
    list[str] | None,
    typer.Option(
        metavar="KEY=VALUE",
        show_default=False,
        help="Argument of the funnel, such as estimator=ips; repeat for more.",
        rich_help_panel=MODEL,
    ),
]
Interaction = Annotated[
    str | None,
    typer.Option(
        show_default=False,
        help="Interaction of encoded features in front of the trunk: fm, deepfm, cross_net or "
        "finalmlp.",
        rich_help_panel=MODEL,
    ),
]
InteractionOption = Annotated[
    list[str] | None,
    typer.Option(
        metavar="KEY=VALUE",
        show_default=False,
        help="Argument of the interaction, such as rank=16; repeat for more.",
        rich_help_panel=MODEL,
    ),
]
Head = Annotated[
    list[str] | None,
    typer.Option(
        metavar="TASK=NAME",
        show_default=False,
        help="Head of a user and an item for a task: matrix_factorization or two_tower, such "
        "as rating=two_tower; repeat for more.",
        rich_help_panel=MODEL,
    ),
]
HeadOption = Annotated[
    list[str] | None,
    typer.Option(
        metavar="TASK.KEY=VALUE",
        show_default=False,
        help="Argument of such a head, such as rating.user=user_id,age and "
        "rating.item=item_id; repeat for more.",
        rich_help_panel=MODEL,
    ),
]
Encoder = Annotated[
    list[str] | None,
    typer.Option(
        metavar="FEATURE=NAME",
        show_default=False,
        help="Encoder of a feature, or of a kind of features, such as hist_items=din or "
        "category_sequence=sasrec; or table, such as item=low_rank; repeat for more.",
        rich_help_panel=MODEL,
    ),
]
EncoderOption = Annotated[
    list[str] | None,
    typer.Option(
        metavar="FEATURE.KEY=VALUE",
        show_default=False,
        help="Argument of an encoder, such as hist_items.units=36,18 or hist_items.gaps=days; "
        "repeat for more.",
        rich_help_panel=MODEL,
    ),
]
Tower = Annotated[
    str | None,
    _option(
        "Widths of the hidden layers of each task, such as 64,32.",
        "32",
        rich_help_panel=MODEL,
    ),
]
Weighting = Annotated[
    str | None,
    _option(
        "How task losses or gradients are balanced, such as famo; `mtlkeras weightings` lists "
        "them.",
        "plain sum",
        rich_help_panel=BALANCING,
    ),
]
WeightingOption = Annotated[
    list[str] | None,
    typer.Option(
        metavar="KEY=VALUE",
        show_default=False,
        help="Argument of the weighting, such as scope=parameters; repeat for more.",
        rich_help_panel=BALANCING,
    ),
]
Optimizer = Annotated[
    str | None,
    _option(
        "Optimizer: lazy_adam, adagrad, rowwise_adagrad, ftrl or sgd; for embedding tables "
        "and all else.",
        "lazy_adam",
        rich_help_panel=FITTING,
    ),
]
DenseOptimizer = Annotated[
    str | None,
    _option(
        "Another optimizer for all but embedding tables.",
        "the same",
        rich_help_panel=FITTING,
    ),
]
LearningRate = Annotated[
    float | None,
    _option(
        "Learning rate, at the start where there is a schedule.",
        0.001,
        rich_help_panel=FITTING,
    ),
]
ScheduleOf = Annotated[
    Schedule | None,
    _option(
        "How the learning rate goes on.",
        "constant",
        rich_help_panel=FITTING,
    ),
]
Epochs = Annotated[
    int | None,
    _option(
        "Times the training rows are gone through, at most.",
        3,
        min=1,
        rich_help_panel=FITTING,
    ),
]
BatchSize = Annotated[
    int | None,
    _option(
        "Rows of one step.",
        1024,
        min=1,
        rich_help_panel=FITTING,
    ),
]
StepsPerExecution = Annotated[
    int | None,
    _option(
        "Steps in one call of TensorFlow.",
        "1 to 32, by the epoch",
        min=1,
        rich_help_panel=FITTING,
    ),
]
Seed = Annotated[
    int | None,
    _option(
        "The same seed gives the same model (on CPU).",
        0,
        min=0,
        rich_help_panel=FITTING,
    ),
]
CacheIn = Annotated[
    Cache | None,
    _option(
        "Where prepared rows are kept between epochs.",
        "memory",
        rich_help_panel=ROWS,
    ),
]
Prepared = Annotated[
    Path | None,
    typer.Option(
        show_default=False,
        help="Folder of rows that `mtlkeras prepare` wrote, to train on.",
        rich_help_panel=ROWS,
    ),
]
Monitor = Annotated[
    str | None,
    _option(
        "Logged value that chooses the best epoch.",
        "val_loss",
        rich_help_panel=FITTING,
    ),
]
Patience = Annotated[
    int | None,
    _option(
        "Stop after so many epochs without improvement; 0 never stops early.",
        2,
        min=0,
        rich_help_panel=FITTING,
    ),
]
TaskPatience = Annotated[
    int | None,
    typer.Option(
        min=1,
        show_default=False,
        help="Freeze a task out after so many epochs in which its own validation loss did not "
        "improve.",
        rich_help_panel=BALANCING,
    ),
]
Introduce = Annotated[
    list[str] | None,
    typer.Option(
        metavar="TASK=FROM:FULL",
        show_default=False,
        help="Bring a task in gradually, such as purchase=2:4: it counts from epoch 2 on, and "
        "wholly from epoch 4 on; repeat for more.",
        rich_help_panel=BALANCING,
    ),
]
Histograms = Annotated[
    bool,
    typer.Option(
        "--histograms",
        help="Show weights as histograms in TensorBoard.",
        rich_help_panel=WATCHING,
    ),
]
MonitorGradients = Annotated[
    int | None,
    typer.Option(
        min=1,
        show_default=False,
        help="Show weights and gradients of the tasks in TensorBoard every so many steps.",
        rich_help_panel=WATCHING,
    ),
]
Overwrite = Annotated[
    bool, typer.Option("--overwrite", help="Replace an older run in the output folder.")
]
