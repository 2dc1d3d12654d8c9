"""How a run is trained."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import keras

from .._spelling import hint
from ._check_options import Cache, Schedule, check_options
from ._named import Named


@dataclass(frozen=True, kw_only=True)
class TrainOptions:
    """How `train` trains: everything but the data.

    Args:
        trunk: Name of a trunk of `mtlkeras.trunks`, or such a layer.
        trunk_options: Arguments of the trunk, for example `{"num_experts": 4}`; for a name only.
        funnel: Name of a funnel of `mtlkeras.heads.funnels`, or such a layer, for the binary tasks
            that `parent` links; None for a head each.
        funnel_options: Arguments of the funnel, for example `{"estimator": "ips"}`; for a name
            only.
        interaction: Name of an interaction of `mtlkeras.interactions`, or such a layer, between
            encoded features and a trunk that takes a vector; None for none.
        interaction_options: Arguments of the interaction, for example `{"rank": 16}`; for a name
            only.
        heads: Task to the name of a head of a user and an item, of `mtlkeras.heads.pairs`, or to
            any head of `mtlkeras.heads`, for example `{"rating": "matrix_factorization"}`.
        head_options: The same to arguments of the head, for example `{"rating": {"user":
            "user_id", "item": "item_id"}}`; for names only.
        encoders: Feature, kind of feature or table to the name of an encoder or table of
            `mtlkeras.encoders`, or to such a layer, for example `{"hist_items": "din"}`.
        encoder_options: The same to arguments of the encoder, for example
            `{"hist_items": {"units": (36,)}}`; for names only.
        tower: Widths of the hidden layers below each task's output.
        weighting: Name of a weighting of `mtlkeras.balancing`, such an object, or None for the
            sum of losses times the spec's task weights.
        weighting_options: Arguments of the weighting, for example `{"scope": "parameters"}`; for
            a name only.
        optimizer: Name of an optimizer of `mtlkeras.optimizers`, or a Keras optimizer (which
            brings its own learning rate), for embedding tables and all else.
        dense_optimizer: Another one for all that is no embedding table; None for the same.
        learning_rate: Learning rate, at the start where there is a schedule.
        schedule: `"constant"`, or `"cosine"` down to 1 % at the last step.
        epochs: Times the training rows are gone through, at most.
        batch_size: Rows of one step.
        steps_per_execution: Steps in one call of TensorFlow, between which nothing is printed or
            stopped; None takes 1 for few steps an epoch, up to 32 for many.
        seed: The same seed on the same machine gives the same weights (on CPU).
        cache: Where prepared rows are kept after the first epoch: `"memory"`, `"disk"`, or None
            to read the source anew each epoch.
        prepared: Folder that `mtlkeras.prepare` wrote: rows come from there, whatever `cache` is.
        monitor: Logged value that chooses the best epoch, such as `val_loss` or
            `val_click_auc`; `loss` where there are no validation rows.
        patience: Stop after so many epochs without improvement; None never stops early.
        task_patience: Freeze a task out after so many epochs in which its own validation loss did
            not improve (see `TaskStopping`); None never does.
        introduce: Task to the epoch from which it counts and the one from which it counts wholly
            (see `Introduce`), for example `{"purchase": (2, 4)}`.
        histograms: Show weights as histograms in TensorBoard (embedding tables left out).
        monitor_gradients: Steps between two looks at weights and gradients of the tasks, shown in
            TensorBoard; None for none.
        projector_rows: Rows of each embedding table shown in TensorBoard's projector.
        overwrite: Replace an older run in the output folder.
        progress: Print what happens.

    Example:
        >>> TrainOptions(trunk="shared_bottom", epochs=5).learning_rate
        0.001
    """

    trunk: str | keras.layers.Layer = "mmoe"
    trunk_options: Mapping[str, Any] = field(default_factory=dict)
    funnel: str | keras.layers.Layer | None = None
    funnel_options: Mapping[str, Any] = field(default_factory=dict)
    interaction: str | keras.layers.Layer | None = None
    interaction_options: Mapping[str, Any] = field(default_factory=dict)
    heads: Named = field(default_factory=dict)
    head_options: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    encoders: Named = field(default_factory=dict)
    encoder_options: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    tower: tuple[int, ...] = (32,)
    weighting: Any = None
    weighting_options: Mapping[str, Any] = field(default_factory=dict)
    optimizer: str | keras.optimizers.Optimizer = "lazy_adam"
    dense_optimizer: str | keras.optimizers.Optimizer | None = None
    learning_rate: float = 1e-3
    schedule: Schedule = "constant"
    epochs: int = 3
    batch_size: int = 1024
    steps_per_execution: int | None = None
    seed: int = 0
    cache: Cache | None = "memory"
    prepared: str | Path | None = None
    monitor: str = "val_loss"
    patience: int | None = 2
    task_patience: int | None = None
    introduce: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    histograms: bool = False
    monitor_gradients: int | None = None
    projector_rows: int = 10_000
    overwrite: bool = False
    progress: bool = True

    def __post_init__(self) -> None:
        check_options(self)

    def as_json(self) -> dict[str, Any]:
        """Returns the options as JSON can hold them; layers as Keras serializes them."""
        content = {f.name: getattr(self, f.name) for f in dataclasses.fields(self)}
        return {name: _plain(value) for name, value in content.items()}


def resolve(options: TrainOptions | None, settings: Mapping[str, Any]) -> TrainOptions:
    """Returns the options with the settings changed.

    Args:
        options: Options, or None for the defaults.
        settings: Name to value of those that differ.

    Raises:
        TypeError: If there is no option of such a name.
    """
    known = [f.name for f in dataclasses.fields(TrainOptions)]
    for name in settings:
        if name not in known:
            raise TypeError(
                f"train() should have options among {', '.join(known)}. Received {name!r}."
                f"{hint(name, known)}"
            )
    return dataclasses.replace(options or TrainOptions(), **settings)


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Path):
        return str(value)
    return keras.saving.serialize_keras_object(value)
