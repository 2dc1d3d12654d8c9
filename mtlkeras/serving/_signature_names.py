"""Column names of any kind as input names of SavedModel signatures.

TensorFlow takes the input names of a signature from the names of graph operations and so bends
what is no identifier: "Review Text" would be served as "Review_Text", and two columns that bend
to the same name cannot be exported. So the graph is traced with stand-ins for such names, which
are then replaced by the columns' own names in the SavedModel's protocol buffer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from tensorflow.core.protobuf import saved_model_pb2

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


def stand_ins(names: Iterable[str]) -> dict[str, str]:
    """Returns for each name the one it is traced with: itself where TensorFlow keeps it."""
    names = list(names)
    taken = {name.lower() for name in names}
    result: dict[str, str] = {}
    seen: set[str] = set()
    for name in names:
        # Operation names differ by more than case, therefore "Price" beside "price" needs one.
        if _PLAIN.fullmatch(name) and name.lower() not in seen and name != "self":
            seen.add(name.lower())
            result[name] = name
            continue
        number = len(result)
        while f"column_{number}" in taken:
            number += 1
        taken.add(f"column_{number}")
        result[name] = f"column_{number}"
    return result


def restore_names(export: Path, signature: str, names: dict[str, str]) -> None:
    """Replaces the stand-ins among a signature's input names by the names they stand for.

    Args:
        export: Folder of the SavedModel.
        signature: Name of the signature.
        names: Name to stand-in, from `stand_ins`.
    """
    back = {stand_in: name for name, stand_in in names.items() if stand_in != name}
    if not back:
        return
    file = export / "saved_model.pb"
    model = saved_model_pb2.SavedModel.FromString(file.read_bytes())
    for graph in model.meta_graphs:
        inputs = graph.signature_def[signature].inputs
        for key in [key for key in inputs if key in back]:
            inputs[back[key]].CopyFrom(inputs[key])
            del inputs[key]
        # The same names once more, for `tf.saved_model.load(...).signatures[...]`.
        nodes = graph.object_graph_def.nodes
        signatures = next(
            nodes[child.node_id] for child in nodes[0].children if child.local_name == "signatures"
        )
        for child in signatures.children:
            if child.local_name == signature:
                keywords = nodes[child.node_id].bare_concrete_function.argument_keywords
                keywords[:] = [back.get(key, key) for key in keywords]
    file.write_bytes(model.SerializeToString(deterministic=True))
