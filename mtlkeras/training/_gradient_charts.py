"""What TensorBoard shows of weights and gradients of tasks."""

import math
from collections.abc import Sequence

import tensorflow as tf
from tensorboard.compat.proto.summary_pb2 import DATA_CLASS_TENSOR, Summary
from tensorboard.plugins.custom_scalar import layout_pb2, metadata
from tensorboard.plugins.scalar.summary_v2 import scalar_pb
from tensorboard.util.tensor_util import make_tensor_proto

from ._gradient_monitor import Sight
from ._heat_map import heat_map

GRADIENTS = "gradients"
# Chart with a line a task, or a pair of tasks, to a pattern of the scalars in it.
TOGETHER = {
    "weight of each task": ".+/weight$",
    "gradient norm of each task": ".+/gradient_norm$",
    "cosine of each two tasks": f"{GRADIENTS}/cosine_of_.+$",
}


def write_layout() -> None:
    """Writes to the default writer what the dashboard Custom Scalars shows in one chart each."""
    charts = [
        layout_pb2.Chart(title=title, multiline=layout_pb2.MultilineChartContent(tag=[pattern]))
        for title, pattern in TOGETHER.items()
    ]
    layout = layout_pb2.Layout(category=[layout_pb2.Category(title=GRADIENTS, chart=charts)])
    found = metadata.create_summary_metadata()
    found.data_class = DATA_CLASS_TENSOR
    event = Summary()
    event.value.add(
        tag=metadata.CONFIG_SUMMARY_TAG,
        metadata=found,
        tensor=make_tensor_proto(layout.SerializeToString()),
    )
    tf.summary.experimental.write_raw_pb(event.SerializeToString(), step=0)


def write_sight(sight: Sight) -> None:
    """Writes the numbers of one look to the default writer, in one event.

    Args:
        sight: What was seen.
    """
    numbers = {f"{task}/weight": value for task, value in sight.weights.items()}
    numbers |= {f"{task}/gradient_norm": value for task, value in sight.norms.items()}
    for (first, second), value in sight.cosines.items():
        numbers[f"{GRADIENTS}/cosine_of_{first}_and_{second}"] = value
    numbers[f"{GRADIENTS}/conflicting_pairs"] = sight.conflicts
    event = Summary()
    for name, value in numbers.items():
        # What is undefined in this batch has no point.
        if not math.isnan(value):
            event.MergeFrom(scalar_pb(name, value))
    tf.summary.experimental.write_raw_pb(event.SerializeToString(), step=sight.step)


def write_cosines(sights: Sequence[Sight], step: int) -> None:
    """Writes cosines of all pairs over time as a picture to the default writer.

    Args:
        sights: What was seen so far.
        step: Steps done.
    """
    if not sights:
        return
    names = [f"{first} and {second}" for first, second in sights[0].cosines]
    values = list(zip(*(sight.cosines.values() for sight in sights), strict=True))
    picture = heat_map(names, [sight.step for sight in sights], values)
    tf.summary.image(
        f"{GRADIENTS}/cosines",
        picture[None],
        step=step,
        description="Cosines of the gradients of each pair of tasks in shared dense weights, over "
        "the steps looked at. Blue: they agree. Orange: they are in conflict. Grey: one is 0.",
    )
