"""From a data spec to a compiled model."""

from collections.abc import Mapping, Sequence
from typing import Any

import keras

from ._building import (
    answer,
    check_memory,
    find_sides,
    interact,
    make_tables,
    namer,
    plan_features,
    reads_apart,
    share,
    split_tables,
    table_memory,
    turn,
    usual_executions,
    weighting_of,
    with_interaction,
    with_tables,
    with_tasks,
)
from ._spelling import check_names
from .data import Preprocessing
from .multi_task_model import MultiTaskModel, Weighting
from .optimizers import PerGroup
from .specs import DataSpec


def build_model(
    spec: DataSpec,
    preprocessing: Preprocessing,
    trunk: keras.layers.Layer | str | None = None,
    *,
    interaction: keras.layers.Layer | str | None = None,
    encoders: Mapping[str, keras.layers.Layer] | None = None,
    tower: Sequence[int] = (32,),
    optimizer: Any = None,
    weighting: Weighting | str | None = None,
    funnel: keras.layers.Layer | str | None = None,
    heads: Mapping[str, keras.layers.Layer] | None = None,
) -> MultiTaskModel:
    """Builds and compiles the model of a data spec: encoders, a shared trunk, a head a task.

    | kind of feature   | encoder by default                             |
    |-------------------|------------------------------------------------|
    | number            | `Number`: the value as preprocessed            |
    | bins, category    | `Bins`, `Category`: a vector of the table      |
    | category_sequence | `MeanPooling`                                  |
    | number_sequence   | `NumberSequence`                               |
    | text              | `Text`: a Transformer encoder                  |
    | image             | `Image`: a small convolutional network         |
    | timestamp         | `Timestamp`: a vector for each calendar part   |

    Embedding tables are as wide as the spec says, else 4, 8, 16 or 32, whichever is nearest to
    `1.6 size^0.56`. Those of one width lie in one variable, `StackedTables`, so that categories
    are looked up and trained at once. Trunks that take a vector get all encoded features side by
    side; trunks that take tokens get a token for each and all tokens of sequences. Heads start
    at the base rates of the training labels.

    With many training rows the model is compiled to execute up to 32 steps in a call, of which
    callbacks hear once. `model.steps_per_execution` may be set before `fit`.

    Args:
        spec: The data spec. It may have fewer features and tasks than that of `preprocessing`.
        preprocessing: Fitted preprocessing, e.g. `load_data(spec).preprocessing`.
        trunk: A trunk of `mtlkeras.trunks`, or its name with default options. Its tasks may be
            left out: then a copy of it gets them. `MMoE()` by default.
        interaction: An interaction of `mtlkeras.interactions`, or its name with default options:
            the trunk reads it in place of the encoded features. It may be left out.
        encoders: Feature name, or kind of feature, to an encoder in place of the default. A
            table that it leaves out is filled in, in a copy of it. Or table name, or feature
            with a table of its own, to a table in place of the default, e.g.
            `{"item": mtlkeras.encoders.QuotientRemainder()}`; rows and width that it leaves out
            are filled in, in a copy of it.
        tower: Widths of the hidden layers of each head.
        optimizer: A Keras optimizer, or the name of one of `mtlkeras.optimizers` or of Keras for
            embedding tables and all else; `PerGroup(LazyAdam(1e-3), LazyAdam(1e-3))` by default.
        weighting: A weighting of `mtlkeras.balancing`, or its name with default options.
        funnel: A funnel of `mtlkeras.heads.funnels` or its name, in place of the heads of binary
            tasks that `parent` links (in a copy that knows them); without one each has its head.
        heads: Task to a head of `mtlkeras.heads` in place of the default. One of a user and an
            item, e.g. `{"rating": MatrixFactorization(user="user_id", item="item_id")}`, reads
            their encoded features; the trunk serves the other tasks.

    Returns:
        The compiled model: a dict of preprocessed features in, `{task: output}` out. The
        preprocessing is attached as `model.preprocessing`.

    Raises:
        ValueError: If a trunk, weighting, encoder or funnel does not fit, the preprocessing lacks
            a feature or task, or embedding tables and optimizer state do not fit into memory.

    Example:
        >>> import pandas as pd
        >>> from mtlkeras import DataSpec, load_data
        >>> spec = DataSpec.from_dict({
        ...     "spec_version": 1, "name": "shop", "split": {"by": "random", "test": 0},
        ...     "features": {"channel": {"type": "category", "vocabulary": ["app", "web"]}},
        ...     "tasks": {"click": {"type": "binary"}, "buy": {"type": "binary"}}})
        >>> labels = {"click": [0, 1, 1, 1] * 25, "buy": [0, 0, 1, 0] * 25}
        >>> frame = pd.DataFrame({"channel": ["app", "web"] * 50, **labels})
        >>> data = load_data(spec, frame)
        >>> model = build_model(spec, data.preprocessing, trunk="shared_bottom")
        >>> sorted(model.output)
        ['buy', 'click']
    """
    check_names("features of the spec", spec.features, preprocessing.inputs, "fitted features")
    check_names("tasks of the spec", spec.tasks, preprocessing.targets, "fitted tasks")
    features = {name: preprocessing.inputs[name] for name in spec.features}
    tasks = list(spec.tasks)
    name = namer([*features, *tasks])

    inputs = {f.name: keras.Input(f.shape, dtype=f.dtype, name=f.name) for f in features.values()}
    if optimizer is None or isinstance(optimizer, str):
        kind = optimizer or "lazy_adam"
        optimizer = PerGroup(embeddings=kind, dense=kind)
    encoders, replaced = split_tables(encoders or {})
    sides = find_sides(heads or {}, spec, features, encoders)
    trunk = with_tasks(trunk, sides.others(tasks), features.get(spec.scenario), name)
    interaction = with_interaction(interaction, trunk, name)
    tokens = trunk is not None and trunk.takes == "tokens"
    plan = plan_features(trunk, spec, features, encoders, replaced, name)
    tables = make_tables(with_tables(plan.features, plan.encoders), plan.tables, name)
    check_memory(table_memory(tables.layers(), optimizer))
    tables.match(plan.vocabulary(preprocessing.vocabulary))
    apart = reads_apart(interaction) or bool(sides)
    encoded, extras = plan.encode(inputs, tables, name, tokens=tokens, apart=apart)
    encoded = interact(interaction, encoded, name)
    shared = share(trunk, encoded, inputs.get(spec.scenario), name, extras)
    weighting = weighting_of(weighting)
    shared = turn(weighting, trunk, shared, name)
    shared |= sides.read(extras.encoded, name)
    answers = answer(shared, spec, preprocessing, tower, funnel, name, heads)

    model = MultiTaskModel(inputs, answers.outputs, name=spec.name)
    model.compile(
        optimizer,
        loss=answers.losses,
        loss_weights={task: spec.tasks[task].weight for task in tasks},
        weighted_metrics=answers.metrics,
        weighting=weighting,
        steps_per_execution=usual_executions(preprocessing, tasks),
    )
    model.preprocessing = preprocessing
    return model
